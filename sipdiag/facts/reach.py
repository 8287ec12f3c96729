"""Whether the address in a Contact can be reached from where requests are sent to it."""

from __future__ import annotations

from ipaddress import ip_address, ip_network

from sipdiag.dataclass import dataclass
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop
from sipdiag.raw import Endpoint
from sipdiag.sip.header import NameAddr

# Not routed on the Internet: RFC 1918, RFC 6598 (carrier-grade NAT), RFC 3927, RFC 4193, RFC 4291 2.5.6.
_PRIVATE = tuple(
    ip_network(n)
    for n in (
        "10.0.0.0/8",
        "172.16.0.0/12",
        "192.168.0.0/16",
        "100.64.0.0/10",
        "169.254.0.0/16",
        "fc00::/7",
        "fe80::/10",
    )
)
_NOWHERE = (ip_network("127.0.0.0/8"), ip_network("::1/128"), ip_network("0.0.0.0/32"), ip_network("::/128"))


@dataclass(frozen=True, slots=True)
class BadContact:
    """A Contact that its party cannot be reached at: what it says, what is wrong, and the message that gave it."""

    contact: NameAddr
    why: str
    given: Hop
    really: Endpoint | None


def kind_of(host: str) -> str | None:
    """`loopback`, `private`, or None for an address that may be reached from anywhere, and for a name.

    >>> kind_of("10.1.2.3"), kind_of("127.0.0.1"), kind_of("203.0.113.9"), kind_of("pbx.example")
    ('private', 'loopback', None, None)
    >>> kind_of("localhost")
    'loopback'
    """
    if host.rstrip(".") == "localhost" or host.rstrip(".").endswith((".localhost", ".localdomain")):
        return "loopback"  # RFC 6761, 6.3
    try:
        address = ip_address(host)
    except ValueError:
        return None
    if any(address.version == n.version and address in n for n in _NOWHERE):
        return "loopback" if address.is_loopback else "unspecified"
    return "private" if any(address.version == n.version and address in n for n in _PRIVATE) else None


def _direct(leg: Leg, side: Side) -> bool:
    """Whether nothing in the way passed on what a side sent."""
    return all(len(t.message.vias) <= 1 for t in leg.transactions if leg.side_of(t) is side)


def bad_contact(leg: Leg, side: Side, contact: NameAddr, given: Hop) -> BadContact | None:
    """What is wrong with a Contact of a side, by the address that its packets really come from.

    Only a Contact that differs from that address is at fault, for who is addressed as he sends can be reached so.
    Behind a proxy, and over TCP with its passing ports, only the kind of address tells.
    """
    if contact.uri is None or not contact.uri.host:
        return None
    host, port = contact.uri.host_key, contact.uri.effective_port
    really = _seen_at(leg, side)
    kind = kind_of(host)
    if kind in ("loopback", "unspecified") and (really is None or really.host != host):
        return BadContact(contact, f"a {kind} address" if kind == "loopback" else f"an {kind} address", given, really)
    if really is None or not contact.uri.is_ip:
        return None
    if really.host != host:
        if kind == "private" and kind_of(really.host) is None:
            return BadContact(contact, "a private address", given, really)
        return None
    same = contact.uri.transport in (None, "udp") and contact.uri.scheme == "sip"
    other_port = really.port is not None and really.port != port
    if other_port and same and set(leg.transports) == {"udp"} and _direct(leg, side):
        return BadContact(contact, f"port {port}, where nothing of it came from", given, really)
    return None


def _seen_at(leg: Leg, side: Side) -> Endpoint | None:
    """Where a side's packets came from: as captured, else as the first hop noted it in `received` (RFC 3261 18.2.1)."""
    address = leg.address(side)
    if address is not None:
        return address
    for t in leg.transactions:
        for message in (t.message, *(r.message for r in t.responses)):
            if leg.side_of(t) is side and message.vias and message.vias[-1].received:
                return Endpoint(message.vias[-1].received, message.vias[-1].rport)
    return None
