"""The way that requests of a dialog have to take, and the one that they took (RFC 3261 12.1, 12.2, 16.12)."""

from __future__ import annotations

from collections.abc import Sequence

from sipdiag.dataclass import dataclass
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.header import NameAddr
from sipdiag.sip.uri import Uri


@dataclass(frozen=True, slots=True)
class RouteSet:
    """The proxies that a side's requests have to pass, the nearest first, and whose Record-Route says so."""

    proxies: tuple[NameAddr, ...]
    told: Hop


def route_set(leg: Leg, side: Side) -> RouteSet | None:
    """The route set of a side. None where no answer to the INVITE was seen.

    The callee takes the Record-Route of the INVITE in order, the caller that of the 2xx in reverse. The 2xx repeats
    what the INVITE had, so it tells both; but where the INVITE was seen at its last hop, the callee goes by that.
    """
    answer, invite = leg.answer, leg.invite
    if answer is None or invite is None:
        return None
    if side is Side.CALLER:
        return RouteSet(answer.message.record_routes[::-1], answer)
    last = invite.hops[-1]
    maker = invite.answerer or answer
    at_callee = last.destination is None or maker.source is None or last.destination.host == maker.source.host
    told = last if at_callee and last.message.record_routes else maker
    return RouteSet(told.message.record_routes, told)


def place(uri: Uri | None) -> tuple[str, int] | None:
    """Host and port of a URI, as two of them compare."""
    if uri is None or not uri.host:
        return None
    return uri.host_key, uri.effective_port


def follows(routes: Sequence[NameAddr], wanted: Sequence[NameAddr], passed: int) -> bool:
    """Whether Route values lead along a route set of which `passed` proxies may have been passed already.

    Further proxies before the route set do no harm: an outbound proxy that did not record its route.
    """
    have = [place(r.uri) for r in routes]
    want = [place(r.uri) for r in wanted]
    for skipped in range(min(passed, len(want)) + 1):
        rest = want[skipped:]
        if not rest or have[-len(rest) :] == rest:
            return True
    return False


def strict_first(wanted: Sequence[NameAddr]) -> bool:
    """Whether the first proxy is a strict router, which takes the Request-URI for itself (RFC 3261 12.2.1.1)."""
    return bool(wanted) and wanted[0].uri is not None and wanted[0].uri.param("lr") is None


def far_host(leg: Leg, side: Side) -> set[str]:
    """The addresses at which a side is known: its packets' source, its Contacts and the host of its Via."""
    found = set()
    address = leg.address(side)
    if address is not None:
        found.add(address.host)
    contact = leg.contact(side)
    if contact is not None and contact[0].uri is not None:
        found.add(contact[0].uri.host_key)
    return found


def own_hosts(transfer: Transfer) -> set[str]:
    """The addresses of the transferor: where its REFER left from, and what its Contact and first Via say."""
    refer, leg = transfer.decisive, transfer.leg
    if refer is None or leg is None or transfer.transferor is None:
        return set()
    found = far_host(leg, transfer.transferor)
    message = refer.message
    if message.contact is not None and message.contact.uri is not None:
        found.add(message.contact.uri.host_key)
    if message.vias:
        origin = message.vias[-1]
        found |= {origin.host.lower(), *([origin.received] if origin.received else [])}
    return found


def returned(transfer: Transfer, refer: Transaction) -> Hop | None:
    """The sighting at which a REFER went back to the party that had sent it."""
    start = refer.first.source
    own = {start.host} if start is not None else own_hosts(transfer)
    for hop in refer.hops[1:]:
        back = hop.destination is not None and hop.destination.host in own
        if back and hop.source is not None and hop.source.host not in own:
            return hop
        received = hop.destination is None and hop.sent is False and refer.first.sent is True
        if received and hop.frame.input == refer.first.frame.input:
            return hop
    return None
