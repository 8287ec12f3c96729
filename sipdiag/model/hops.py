"""From messages to hops and transactions: what was sent again, what was forwarded, what answers what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import replace

from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.places import Frame
from sipdiag.raw import Packet
from sipdiag.sip.message import Message, parse_message

Key = tuple[str, str, int, str]  # Call-ID, From tag, CSeq number, method


def hops(packets: Iterable[Packet]) -> list[Hop]:
    """Every message once for each passage between two addresses; copies of the same bytes there are folded.

    What several inputs saw was sent once: the n-th sighting in one of them is the n-th in each other. Messages without
    Call-ID or CSeq cannot be told apart and are left out.
    """
    seen: dict[tuple[object, ...], int] = {}
    again: Counter[tuple[int, str]] = Counter()  # further sightings of a message in each input
    found: list[tuple[Packet, Message, list[Frame], list[Frame]]] = []
    for packet in packets:
        message = parse_message(packet.data)
        if not message.call_id or message.cseq is None:
            continue
        # Asked of every message later on, when what was split of it may be forgotten.
        _ = message.status, message.from_tag, message.to_tag, message.branch
        key = (packet.data, packet.source, packet.destination, packet.sent)
        at = seen.setdefault(key, len(found))
        if at == len(found):
            found.append((packet, message, [], []))
            continue
        first, _, copies, elsewhere = found[at]
        again[at, packet.frame.input] += 1
        sightings = again[at, packet.frame.input] + (first.frame.input == packet.frame.input)
        (elsewhere if sightings <= len(copies) + 1 else copies).append(packet.frame)
    return [
        Hop(
            message,
            p.frame,
            order,
            p.source,
            p.destination,
            p.transport or _by_via(message),
            p.sent,
            tuple(copies),
            tuple(elsewhere),
        )
        for order, (p, message, copies, elsewhere) in enumerate(found)
    ]


def _by_via(message: Message) -> str | None:
    """The transport by the top Via, where the input does not tell: whoever sent the message wrote it (RFC 3261, 18.1.1)."""
    return message.vias[0].transport.lower() if message.vias else None


def transactions(all_hops: Iterable[Hop]) -> list[Transaction]:
    """Requests with their paths and answers, in order of their first sighting.

    Requests that differ in branch only are one request, forwarded; so are those that a middlebox re-sent over the same
    hop with changed bytes. A response belongs to the request with its Call-ID, From tag and CSeq.
    """
    requests: dict[Key, list[Hop]] = defaultdict(list)
    responses: dict[Key, list[Hop]] = defaultdict(list)
    for hop in all_hops:
        message = hop.message
        cseq = message.cseq
        if cseq is None or not message.call_id:
            continue
        key = (message.call_id, message.from_tag or "", cseq.number, cseq.method)
        (requests if message.is_request else responses)[key].append(hop)
    found = []
    for key, sent in requests.items():
        for group in _apart(key, sent, responses.get(key, [])):
            answers = (
                responses.get(key, []) if group is sent else [r for r in responses.get(key, []) if _answers(r, group)]
            )
            found.append(Transaction(key[3], key[0], key[1], key[2], tuple(_fold(group)), tuple(_fold(answers))))
    return sorted(found, key=lambda t: t.order)


def _apart(key: Key, sent: list[Hop], answers: list[Hop]) -> list[list[Hop]]:
    """One group for each request.

    ACKs of a failed and of a successful attempt share a key but not a To tag. A request that its sender repeats after
    it was answered, with a new branch and the same CSeq, is another one (and a fault of its own).
    """
    if key[3] == "ACK":
        by_tag: dict[str, list[Hop]] = defaultdict(list)
        for hop in sent:
            by_tag[hop.message.to_tag or ""].append(hop)
        return list(by_tag.values())
    if not answers or len(sent) == 1:
        return [sent]
    groups = [[sent[0]]]
    begun = {sent[0].message.branch: groups[0]}
    closed = {r.message.branch: r.order for r in reversed(answers) if (r.message.status or 0) >= 200}
    for hop in sent[1:]:
        first = groups[-1][0]
        if _repeated(first, hop) and closed.get(first.message.branch, hop.order) < hop.order:
            groups.append([hop])
            begun[hop.message.branch] = groups[-1]
        else:
            home = next((begun[v.branch] for v in hop.message.vias if v.branch in begun), groups[-1])
            home.append(hop)
    return [sent] if len(groups) == 1 else groups


def _repeated(first: Hop, hop: Hop) -> bool:
    """Whether a request goes the same way as an earlier one, from its sender anew."""
    if hop.message.branch == first.message.branch or len(hop.message.vias) != len(first.message.vias):
        return False
    return (hop.source, hop.destination, hop.sent) == (first.source, first.destination, first.sent)


def _answers(response: Hop, group: list[Hop]) -> bool:
    return any(h.message.branch == response.message.branch for h in group)


def _fold(group: list[Hop]) -> list[Hop]:
    """Fold hops that repeat an earlier one between the same addresses with the same branch and status.

    A repeated message need not be equal byte for byte: a stack may stamp a time on each copy.
    """
    if len(group) < 2 or len({hop.message.status for hop in group}) == len(group):
        return group
    first: dict[tuple[object, ...], int] = {}
    folded: list[Hop] = []
    for hop in group:
        m = hop.message
        key = (m.branch, m.status, m.to_tag, hop.source, hop.destination, hop.sent, len(m.vias))
        at = first.get(key)
        if at is None or m.branch is None:
            first[key] = len(folded)
            folded.append(hop)
            continue
        kept = folded[at]
        copies = (*kept.copies, hop.frame, *hop.copies)
        folded[at] = replace(kept, copies=copies, elsewhere=(*kept.elsewhere, *hop.elsewhere))
    return folded
