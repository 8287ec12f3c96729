"""Which trunk carried the call of a transfer: by number, address, port or domain, else what the records or the case leave."""

from __future__ import annotations

import ipaddress
from collections.abc import Sequence
from typing import TYPE_CHECKING

from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.facts.profile import within
from sipdiag.facts.record import CallRecord
from sipdiag.model.hostport import host_of
from sipdiag.model.lines import Lines
from sipdiag.model.same import digits, same_number
from sipdiag.platforms.profiles import profile

if TYPE_CHECKING:
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.transfer import Transfer
    from sipdiag.model.binding import Binding
    from sipdiag.sip.header import NameAddr

_PORT = 5060  # RFC 3261 19.1.2
_FIRST = 12  # hops of a leg that are looked at: the answer to its INVITE is among them


def trunks_of(
    transfer: Transfer, trunks: Sequence[Trunk], binding: Binding, rule: TransferRule | None
) -> list[tuple[Trunk, str]]:
    """The trunks that carried a transfer's call, each with the reason as `Binding.link` takes it.

    There are two only where they are both sides of one line, and none where nothing tells which. `rule` is given where
    the transfer is its prediction: then they are the rule's.
    """
    if rule is not None:
        return [(t, "document") for t in binding.linked(rule, Trunk)]
    if not trunks:
        return []
    hosts = _signalling_hosts(transfer)
    numbers = _call_numbers(transfer)
    by_address = [t for t in trunks if any(_address_is(e, hosts) for e in t.each) and not _foreign(t, transfer)]
    by_number = [t for t in trunks if any(same_number(str(own), n) for own in (t.number, *t.numbers) for n in numbers)]
    if not Lines(by_address).one(by_address):
        by_address = _told_apart(by_address or trunks, transfer) or by_address
    both = [t for t in by_number if t in by_address]
    if both:
        return [(both[0], "number")] if len(both) == 1 else []
    if len(by_number) == 1:
        return [
            (t, "number" if t is by_number[0] else "address")
            for t in Lines([*by_number, *by_address]).along(by_number, by_address)
        ]
    if by_address and Lines(by_address).one(by_address):
        return [(t, "address") for t in by_address]
    recorded = list({id(t): t for r in binding.linked(transfer, CallRecord) for t in binding.linked(r, Trunk)}.values())
    if recorded and Lines(recorded).one(recorded):
        return [(t, "record") for t in recorded]
    if len(trunks) == 1 and not by_address and not by_number and not _contradicted(trunks[0], hosts, transfer):
        return [(trunks[0], "only-one")]
    return []


def _told_apart(trunks: Sequence[Trunk], transfer: Transfer) -> list[Trunk]:
    """Those of several trunks that take calls at a place of the call, or whose own domain its INVITE names."""
    places, domains = _places(transfer), _domains(transfer)
    by_place = [t for t in trunks if (str(t.listens).lower(), t.port.value or _PORT) in places]
    by_domain = by_place or [t for t in trunks if _address_is(t, domains)]
    if by_domain:
        return by_domain
    users = {n.uri.user for n in _named(transfer) if n.uri is not None and n.uri.user}
    return [t for t in trunks if t.id in users and not any(e.address for e in t.each)]  # an endpoint that registers


def _legs(transfer: Transfer) -> list[Leg]:
    return [leg for leg in (transfer.leg, *transfer.other_legs) if leg is not None]


def _signalling_hosts(transfer: Transfer) -> set[str]:
    """The hosts, in lower case, that messages of the call came from or went to, and those that they name on their way.

    Without any message, those of the connections that were seen.
    """
    legs = _legs(transfer)
    hosts = {e.host.lower() for leg in legs for h in leg.hops for e in (h.source, h.destination) if e is not None}
    for leg in legs:
        for hop in leg.hops[:_FIRST]:
            m = hop.message
            names = [
                n.uri.host for n in (m.contact, *m.routes, *m.record_routes) if n is not None and n.uri is not None
            ]
            hosts.update(n.lower() for n in (*names, *(v.host for v in m.vias), *([m.uri.host] if m.uri else [])) if n)
    if not legs:
        hosts |= {e.host for c in transfer.around.connections for e in (c.client, c.server)}
        hosts |= {c.tls.server_name.lower() for c in transfer.around.connections if c.tls and c.tls.server_name}
    return hosts


def _places(transfer: Transfer) -> set[tuple[str, int]]:
    """The hosts and ports that exchanged messages or name themselves in Via or Contact, for systems with several of one host."""
    found = set()
    for hop in (h for leg in _legs(transfer) for h in leg.hops[:_FIRST]):
        found |= {(e.host.lower(), e.port) for e in (hop.source, hop.destination) if e is not None and e.port}
        found |= {(v.host.lower(), v.port or _PORT) for v in hop.message.vias if v.host}
        contact = hop.message.contact
        if contact is not None and contact.uri is not None and contact.uri.host:
            found.add((contact.uri.host.lower(), contact.uri.port or _PORT))
    return found


def _domains(transfer: Transfer) -> set[str]:
    """The hosts in From and To of the INVITEs: a carrier writes the domain of its trunk there, and its addresses elsewhere."""
    return {n.uri.host.lower() for n in _named(transfer) if n.uri is not None and n.uri.host}


def _named(transfer: Transfer) -> list[NameAddr]:
    names = (n for leg in _legs(transfer) for t in leg.invites[:1] for n in (t.message.from_, t.message.to))
    return [n for n in names if n is not None]


def _call_numbers(transfer: Transfer) -> set[str]:
    return {n for leg in _legs(transfer) for n in numbers_of(leg)}


def numbers_of(leg: Leg) -> set[str]:
    """The numbers, as `digits` gives them, in From, To and the request-URI of a leg's first INVITE."""
    found = set()
    for t in leg.invites[:1]:
        for name in (t.message.from_, t.message.to):
            if name is not None and name.uri is not None:
                found.add(digits(name.uri.user or name.uri.number))
        if t.message.uri is not None:
            found.add(digits(t.message.uri.user))
    return {n for n in found if n}


def _address_is(trunk: Trunk, hosts: set[str]) -> bool:
    """Whether a trunk's own address names one of these hosts."""
    host = host_of(str(trunk.address))
    return bool(host) and host in hosts


def _contradicted(trunk: Trunk, hosts: set[str], transfer: Transfer) -> bool:
    """Whether host or transport of the only trunk cannot be those of the call."""
    seen = {h for h in hosts if _is_ip(h)}
    own = {host_of(str(e.address)) for e in trunk.each if e.address} | (
        {str(trunk.listens)} if trunk.listens else set()
    )
    if own and seen and all(map(_is_ip, own)) and own.isdisjoint(seen):
        return True
    if _foreign(trunk, transfer):
        return True
    used = {
        t.replace("wss", "tls").replace("ws", "tcp")
        for t in (transfer.leg.transports if transfer.leg is not None else ())
    }
    wanted = {str(t) for t in trunk.transports} if trunk.transports_of == "both" else set()
    return bool(used and wanted) and not used & wanted


def _foreign(trunk: Trunk, transfer: Transfer) -> bool:
    """Whether a call's parties are named by domains, and by none of a carrier's or of its trunk.

    A trunk leads to the host of a platform, as those of all its customers do: that tells nothing.
    """
    known = profile(trunk.provider) if trunk.provider is not None else None
    if known is None:
        return False
    own, names = host_of(str(trunk.address)), {d for d in _domains(transfer) if not _is_ip(d) and "." in d}
    return bool(names) and own not in names and not any(within(n, known.hosts) for n in names)


def _is_ip(text: str) -> bool:
    try:
        ipaddress.ip_address(text.strip("[]"))
    except ValueError:
        return False
    return True
