"""The messages of a transfer or call as lanes and arrows: what every drawing of a ladder is made from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sipdiag.dataclass import dataclass
from sipdiag.facts.call import Call
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame
from sipdiag.sip.message import Message
from sipdiag.stages import Severity
from sipdiag.values import Address, Host, Text
from sipdiag.verdict import Verdict

MOST_ARROWS = 2000  # of one drawing; the rest is counted


@dataclass(frozen=True, slots=True)
class Lane:
    """A vertical line: an address, or the end of a log that does not tell its own. `role` may be empty."""

    key: str
    label: Address | Host | Text
    role: str = ""


@dataclass(frozen=True, slots=True)
class Arrow:
    """One message from lane to lane. `copies` counts its retransmissions; `leg` numbers the legs from 1."""

    source: int
    target: int
    label: Text
    hop: Hop
    leg: int
    copies: int = 0
    note: str = ""
    severity: Severity | None = None
    check: str = ""

    @property
    def frame(self) -> Frame:
        return self.hop.frame


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drawing: its title's parts, lanes from left to right, arrows from top to bottom. `left_out` counts the rest."""

    lanes: tuple[Lane, ...]
    arrows: tuple[Arrow, ...]
    legs: tuple[Leg, ...]
    left_out: int = 0


def of_transfer(verdict: Verdict) -> Drawing:
    """All legs of a transfer, with the messages that its findings cite marked."""
    t = verdict.transfer
    marks: dict[tuple[str, int | None, int | None], tuple[Severity, str]] = {}
    for found in verdict.findings:
        at = found.finding.at
        if isinstance(at, Frame):
            key = (at.input, at.number, at.line)
            if key not in marks or marks[key][0] < found.severity:
                marks[key] = (found.severity, found.check.id)
    return _draw(t.legs, _roles(t), marks)


def of_call(call: Call) -> Drawing:
    return _draw(list(call.legs), {}, {})


def _draw(
    legs: Sequence[Leg],
    roles: dict[str, str],
    marks: dict[tuple[str, int | None, int | None], tuple[Severity, str]],
) -> Drawing:
    legs = list({id(leg): leg for leg in legs}.values())
    hops = sorted(((h, n) for n, leg in enumerate(legs, 1) for h in leg.hops), key=lambda pair: pair[0].order)
    lanes: dict[str, Lane] = {}
    drawn: list[tuple[str, str, Hop, int]] = []
    senders = {id(hop): side for leg in legs for hop, side in _senders(leg)}
    for hop, n in hops:
        source, target = _ends(hop, legs[n - 1], senders.get(id(hop)))
        for key, label in (source, target):
            if key not in lanes:
                lanes[key] = Lane(key, label, roles.get(key, ""))
        drawn.append((source[0], target[0], hop, n))
    order = {key: i for i, key in enumerate(_left_to_right(lanes, drawn))}
    arrows = []
    for source_key, target_key, hop, n in drawn[:MOST_ARROWS]:
        severity, check = marks.get((hop.frame.input, hop.frame.number, hop.frame.line), (None, ""))
        arrows.append(
            Arrow(
                order[source_key],
                order[target_key],
                label_of(hop.message),
                hop,
                n,
                len(hop.copies),
                note_of(hop.message),
                severity,
                check,
            )
        )
    placed = tuple(sorted(lanes.values(), key=lambda lane: order[lane.key]))
    return Drawing(placed, tuple(arrows), tuple(legs), max(0, len(drawn) - MOST_ARROWS))


def _senders(leg: Leg) -> Iterator[tuple[Hop, Side]]:
    """Who made each message, where the tags tell."""
    for t in leg.transactions:
        side = leg.side_of(t)
        if side is not None:
            yield from ((hop, side) for hop in t.hops)
            yield from ((hop, side.other) for hop in t.responses)


def _believed(leg: Leg, side: Side) -> tuple[str, Host | Text]:
    """The lane of a side in a text that tells no addresses: where the side says that it is to be reached."""
    said = {s: contact[0].uri.host for s in Side if (contact := leg.contact(s)) and contact[0].uri}
    host = said.get(side)
    if host is None or said.get(side.other) == host:
        return f"{side.value} of {leg.call_id}", Text(f"the {side.value}")
    return host, Host(host)


def _ends(
    hop: Hop, leg: Leg, sender: Side | None
) -> tuple[tuple[str, Address | Host | Text], tuple[str, Address | Host | Text]]:
    if hop.source is None and hop.destination is None and hop.sent is None and sender is not None:
        return _believed(leg, sender), _believed(leg, sender.other)
    own = ("log", Text("the log's writer"))
    source: tuple[str, Address | Text] = (hop.source.host, Address(hop.source.host)) if hop.source else own
    target: tuple[str, Address | Text] = (
        (hop.destination.host, Address(hop.destination.host)) if hop.destination else own
    )
    if source[0] == target[0] == "log":
        peer = ("peer", Text("its peer"))
        return (own, peer) if hop.sent is not False else (peer, own)
    return source, target


def _left_to_right(lanes: Iterable[str], drawn: Sequence[tuple[str, str, Hop, int]]) -> list[str]:
    """Neighbours stand beside each other: a lane goes next to the one it first talks to."""
    placed: list[str] = []
    for source, target, _, _ in drawn:
        if source not in placed and target not in placed:
            placed += [source, target] if source != target else [source]
        elif source not in placed:
            at = placed.index(target)
            placed.insert(0 if at == 0 else len(placed), source)
        elif target not in placed:
            at = placed.index(source)
            placed.insert(0 if at == 0 and len(placed) > 1 else len(placed), target)
    return placed + [lane for lane in lanes if lane not in placed]


def _roles(t: Transfer) -> dict[str, str]:
    roles: dict[str, str] = {}
    if t.leg is not None and t.transferor is not None:
        for side, word in ((t.transferor, "transferor"), (t.transferor.other, "transferee")):
            address = t.leg.address(side)
            roles.setdefault(address.host if address is not None else _believed(t.leg, side)[0], word)
    for target in t.targets:
        destination = target.invite.hops[-1].destination
        if destination is not None:
            roles.setdefault(destination.host, "target")
    return roles


def label_of(message: Message) -> Text:
    """A method, or a code with its reason; for a NOTIFY of a transfer with the status it reports."""
    if message.is_request:
        label = message.method or "?"
        if label == "NOTIFY" and message.sipfrag is not None:
            return Text(f"NOTIFY {message.sipfrag.code}")
        if label == "INVITE" and message.to_tag:
            return Text("re-INVITE")
        return Text(label)
    return Text(f"{message.status} {message.reason or ''}".strip())


def note_of(message: Message) -> str:
    """What the arrow's label leaves out and a reader of transfers wants: media direction of an offer or answer."""
    if message.sdp is None:
        return ""
    directions = {m.direction for m in message.sdp.media if m.direction != "sendrecv"}
    return "SDP " + "/".join(sorted(directions)) if directions else "SDP"
