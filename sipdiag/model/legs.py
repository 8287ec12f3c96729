"""From transactions to legs: one Call-ID, and the tags that were seen together."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sipdiag.facts.coverage import Coverage
from sipdiag.facts.leg import Leg, Side, unrepeated
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.model.lacking import lacks_a_message
from sipdiag.model.same import same_number_or_user
from sipdiag.raw import LEFT_OUT, Connection, Endpoint, Lost
from sipdiag.sip.header import TargetDialog

_OUTSIDE_CALLS = frozenset({"REGISTER", "OPTIONS", "PUBLISH", "SUBSCRIBE", "MESSAGE"})


class InputSpan:
    """How far an input reaches, what it lost, and which connections it saw end: what coverage is judged by.

    The pairs of hosts between which something was lost or ended are kept by host: a case may have thousands of each.
    """

    __slots__ = ("_closed", "_lost", "left_out", "until")

    def __init__(
        self, until: float | None = None, lost: Sequence[Lost] = (), connections: Sequence[Connection] = ()
    ) -> None:
        self.until = until
        self._closed = _pairs((c.client, c.server) for c in connections if c.closed is not None and c.messages)
        self._lost = _pairs((item.source, item.destination) for item in lost)
        self.left_out = any(item.why == LEFT_OUT for item in lost)  # somebody cut the text, and nobody can tell of what

    def closed_between(self, hosts: set[str]) -> bool:
        """Whether a connection with SIP ended between two of these hosts."""
        return _any_between(self._closed, hosts)

    def lost_between(self, hosts: set[str]) -> bool:
        """Whether octets were lost between two of these hosts, or of one where the other is not known."""
        return _any_between(self._lost, hosts)


def _pairs(ends: Iterable[tuple[Endpoint | None, Endpoint | None]]) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for one, other in ends:
        first, second = one or other, other or one
        if first is not None and second is not None:
            found.setdefault(first.host, set()).add(second.host)
    return found


def _any_between(pairs: Mapping[str, set[str]], hosts: set[str]) -> bool:
    return any(not others.isdisjoint(hosts) for host in hosts if (others := pairs.get(host)) is not None)


def legs(transactions: Iterable[Transaction], spans: Mapping[str, InputSpan], alone: Iterable[Hop] = ()) -> list[Leg]:
    """Group transactions into legs. A request whose tags fit none keeps the leg of its Call-ID where there is just one.

    `alone` are the responses whose requests are not in the input.
    """
    unasked: dict[str, list[Hop]] = defaultdict(list)
    for hop in alone:
        unasked[hop.call_id].append(hop)
    by_call_id: dict[str, list[Transaction]] = defaultdict(list)
    for t in transactions:
        by_call_id[t.call_id].append(t)
    found: list[Leg] = []
    for call_id, group in by_call_id.items():
        for part in _by_tags(group):
            found.append(_leg(call_id, part, spans, unasked.get(call_id, ())))
    return sorted(_with_theirs_beside(found), key=lambda leg: leg.first.order)


def _with_theirs_beside(found: list[Leg]) -> list[Leg]:
    """Put the REFERs that stand in a dialog of their own, and name their call by Target-Dialog (RFC 4538), to that call."""
    apart = [leg for leg in found if not leg.invites and any(_target(t) for t in leg.requests("REFER"))]
    if not apart:
        return found
    calls: dict[str, list[Leg]] = defaultdict(list)
    for leg in found:
        if leg.invites:
            calls[leg.call_id].append(leg)
    joined: dict[int, Leg] = {}
    taken: set[int] = set()
    for leg in apart:
        refer = next(t for t in leg.requests("REFER") if _target(t))
        home = _named(refer, calls)
        side = None if home is None else _sender(joined.get(id(home), home), refer)
        if home is None or side is None:
            continue
        before = joined.get(id(home), home)
        tags = {refer.from_tag: side} | {r.to_tag: side.other for r in refer.responses if r.to_tag}
        together = sorted((*before.transactions, *leg.transactions), key=lambda t: t.order)
        joined[id(home)] = replace(before, transactions=tuple(together), beside={**before.beside, **tags})
        taken.add(id(leg))
    return [joined.get(id(leg), leg) for leg in found if id(leg) not in taken]


def _target(refer: Transaction) -> TargetDialog | None:
    return refer.message.target_dialog if not refer.to_tag else None


def _named(refer: Transaction, calls: Mapping[str, Sequence[Leg]]) -> Leg | None:
    """The leg that a REFER names: by Call-ID, and by a tag where several have it."""
    target = _target(refer)
    legs = calls.get(target.call_id, ()) if target is not None else ()
    if target is None or len(legs) < 2:
        return legs[0] if legs else None
    tags = {target.local_tag, target.remote_tag}
    return next((leg for leg in legs if leg.caller_tag in tags or tags & set(leg.callee_tags)), None)


def _sender(leg: Leg, refer: Transaction) -> Side | None:
    """The end of a leg that sent a REFER beside it, by its address, else by its user."""
    for side in Side:
        place = leg.place(side)
        if place is not None and place == refer.first.origin and place != leg.place(side.other):
            return side
    return next((side for side in Side if same_number_or_user(leg.uri_of(side), refer.message.from_)), None)


def _by_tags(group: list[Transaction]) -> list[list[Transaction]]:
    """Split a Call-ID's transactions where a B2BUA used one Call-ID on both of its legs with different tags."""
    parent: dict[str, str] = {}

    def root(tag: str) -> str:
        while parent.setdefault(tag, tag) != tag:
            parent[tag] = parent[parent[tag]]
            tag = parent[tag]
        return tag

    for t in group:
        for hop in (t.first, *t.responses):
            if hop.from_tag and hop.to_tag:
                parent[root(hop.to_tag)] = root(hop.from_tag)
    parts: dict[str, list[Transaction]] = defaultdict(list)
    for t in group:
        parts[root(t.from_tag)].append(t)
    started = [tag for tag, part in parts.items() if any(t.method == "INVITE" and not t.to_tag for t in part)]
    if len(started) == 1:
        home = started[0]
        return (
            [sorted((t for part in parts.values() for t in part), key=lambda t: t.order)]
            if home
            else list(parts.values())
        )
    return list(parts.values())


def _leg(call_id: str, part: list[Transaction], spans: Mapping[str, InputSpan], alone: Sequence[Hop]) -> Leg:
    part = sorted(part, key=lambda t: t.order)
    setup = next((t for t in part if t.method == "INVITE" and not t.to_tag), None)
    first = setup or part[0]
    caller = first.from_tag if setup is not None else _said_to_call(part, alone) or first.from_tag
    callee: dict[str, None] = {}
    for hop in [h for t in part for h in (t.first, *t.responses)]:
        if hop.from_tag == caller and hop.to_tag:
            callee[hop.to_tag] = None
        elif hop.to_tag == caller and hop.from_tag and setup is None:
            callee[hop.from_tag] = None
    if first.to_tag and first.to_tag != caller:
        callee[first.to_tag] = None
    if setup is None and first.from_tag and first.from_tag != caller:
        callee[first.from_tag] = None
    coverage = _coverage(part, setup, spans)
    if coverage.lossless and lacks_a_message(part, setup, alone):
        coverage = replace(coverage, lossless=False)
    return Leg(call_id, caller, tuple(callee), tuple(part), coverage)


def _said_to_call(part: list[Transaction], alone: Sequence[Hop]) -> str | None:
    """The tag of the caller by the first answer to an INVITE that is not in the input itself."""
    tags = {tag for t in part for tag in (t.from_tag, t.to_tag)}
    answers = (h for h in alone if h.cseq.method == "INVITE" and h.order < part[0].order)
    return next((h.from_tag for h in answers if h.from_tag in tags), None)


def _coverage(part: list[Transaction], setup: Transaction | None, spans: Mapping[str, InputSpan]) -> Coverage:
    hops = [h for t in part for h in (*t.hops, *t.responses)]
    inputs = {f.input for h in hops for f in (h.frame, *h.elsewhere)}
    known = [s for i, s in spans.items() if i in inputs]
    times = [h.time for h in hops if h.time is not None]
    untils = [s.until for s in known if s.until is not None]
    hosts = {e.host for h in hops for e in (h.source, h.destination) if e is not None}
    until = max(untils or times, default=None)
    tried = [t for t in part if t.method == "INVITE" and not t.to_tag]
    failed = bool(tried) and all(t.refused for t in tried) and not unrepeated(tried[-1], until)
    bye = any(t.method == "BYE" for t in part)
    closed = any(s.closed_between(hosts) for s in known)
    lost = any(s.left_out or s.lost_between(hosts) for s in known)
    return Coverage(
        starts=setup is not None or (part[0].method == "REFER" and not part[0].to_tag),
        ends=bye or failed or closed,
        lossless=not lost and not _one_way(part),
        until=until,
        timed=len(times) == len(hops),
    )


def _one_way(part: Sequence[Transaction]) -> bool:
    """Whether the input holds one direction of a dialog only, as from a mirror port that copies one.

    A To tag in a request was made by the other end, so that it did speak; what it said proves nothing by not being here.
    """
    ways = {(h.origin, h.goal) for t in part for h in (*t.hops, *t.responses)}
    return any(t.to_tag for t in part) and not any(_opposite(one, other) for one in ways for other in ways)


def _opposite(one: tuple[str | None, str | None], other: tuple[str | None, str | None]) -> bool:
    """Whether one message may have gone the way back of another; an end that a log does not tell may be either."""
    if one == other:
        return one[0] == one[1]
    return all(a is None or b is None or a == b for a, b in zip(one, reversed(other), strict=True))


def is_call(leg: Leg) -> bool:
    """Whether a leg belongs to a call: it has an INVITE, requests that only a call can have, or a report on a REFER."""
    methods = {t.method for t in leg.transactions}
    if "INVITE" in methods:
        return True
    if "NOTIFY" in methods and any(_reports(t) for t in leg.transactions):
        return True
    return bool(methods - _OUTSIDE_CALLS - {"NOTIFY"}) and bool(
        methods & {"ACK", "BYE", "REFER", "INFO", "UPDATE", "PRACK"}
    )


def _reports(t: Transaction) -> bool:
    """Whether a request reports on a REFER. Of those that cannot, there may be very many."""
    if t.method != "NOTIFY" or b"refer" not in t.first.data.lower():
        return False
    event = t.message.event
    return event is not None and event.package == "refer"
