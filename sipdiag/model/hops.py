"""From messages to hops and transactions: what was sent again, what was forwarded, what answers what."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import Any

from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.places import Frame
from sipdiag.raw import Packet
from sipdiag.sip.glance import Glance, closer, glance
from sipdiag.sip.message import Message, recent_message

Key = tuple[str, str, int, str]  # Call-ID, From tag, CSeq number, method


def hops(packets: Sequence[Packet]) -> list[Hop]:
    """Every message once for each passage between two addresses; copies of the same bytes there are folded.

    What several inputs saw was sent once: the n-th sighting in one of them is the n-th in each other. Messages without
    Call-ID or CSeq cannot be told apart and are left out.
    """
    seen: dict[tuple[object, ...], int] = {}
    again: Counter[tuple[int, str]] = Counter()  # further sightings of a message in each input
    copies: dict[int, list[Frame]] = defaultdict(list)
    elsewhere: dict[int, list[Frame]] = defaultdict(list)
    found: list[Hop] = []
    known: dict[str | None, Any] = {}
    shared = _shared(packets)
    for packet in packets:
        key = (packet.data, packet.source, packet.destination, packet.sent)
        at = seen.get(key)
        if at is None:
            look = glance(packet.data) or closer(recent_message(packet.data))
            if look is not None:
                seen[key] = len(found)
                found.append(_hop(packet, look, len(found), known, shared))
            continue
        again[at, packet.frame.input] += 1
        sightings = again[at, packet.frame.input] + (found[at].frame.input == packet.frame.input)
        (elsewhere if sightings <= len(copies[at]) + 1 else copies)[at].append(packet.frame)
    for at in copies.keys() | elsewhere.keys():
        found[at] = replace(found[at], copies=tuple(copies[at]), elsewhere=tuple(elsewhere[at]))
    return found


def _shared(packets: Iterable[Packet]) -> frozenset[str]:
    """The hosts that speak to themselves from one port to another: several parties run there."""
    ends = ((p.source, p.destination) for p in packets)
    return frozenset(a.host for a, b in ends if a is not None and b is not None and a.host == b.host and a != b)


def _hop(packet: Packet, look: Glance, order: int, known: dict[str | None, Any], shared: frozenset[str]) -> Hop:
    """What a packet shows; `known` holds the texts that other messages have as well, so that each is kept once."""
    same = known.setdefault
    told = packet.source is None or packet.source != packet.destination  # else both were masked alike
    return Hop(
        packet.data,
        packet.frame,
        order,
        same(look.call_id, look.call_id),
        look.cseq,
        same(look.from_tag, look.from_tag),
        same(look.to_tag, look.to_tag),
        look.is_request,
        look.status,
        same(look.branch, look.branch),
        packet.source if told else None,
        packet.destination if told else None,
        packet.transport or _by_via(recent_message(packet.data)),
        packet.sent,
        shared=shared,
    )


def _by_via(message: Message) -> str | None:
    """The transport by the top Via, where the input does not tell: whoever sent the message wrote it (RFC 3261, 18.1.1)."""
    return message.vias[0].transport.lower() if message.vias else None


def transactions(all_hops: Iterable[Hop]) -> list[Transaction]:
    """Requests with their paths and answers, as `exchanges` has them."""
    return exchanges(all_hops)[0]


def exchanges(all_hops: Iterable[Hop]) -> tuple[list[Transaction], tuple[Hop, ...]]:
    """Requests with their paths and answers, in order of their first sighting.

    Requests that differ in branch only are one request, forwarded; so are those that a middlebox re-sent over the same
    hop with changed bytes. A response belongs to the request with its Call-ID, From tag and CSeq; those
    whose request is not among the messages come second.
    """
    requests: dict[Key, list[Hop]] = defaultdict(list)
    responses: dict[Key, list[Hop]] = defaultdict(list)
    for hop in all_hops:
        key = (hop.call_id, hop.from_tag or "", hop.cseq.number, hop.cseq.method)
        (requests if hop.is_request else responses)[key].append(hop)
    found = []
    for key, sent in requests.items():
        for group in _apart(key, sent, responses.get(key, [])):
            answers = (
                responses.get(key, []) if group is sent else [r for r in responses.get(key, []) if _answers(r, group)]
            )
            found.append(Transaction(key[3], key[0], key[1], key[2], tuple(_fold(group)), tuple(_fold(answers))))
    alone = [r for key, answers in responses.items() if key not in requests for r in answers]
    return sorted(found, key=lambda t: t.order), tuple(sorted(alone, key=lambda r: r.order))


def _apart(key: Key, sent: list[Hop], answers: list[Hop]) -> list[list[Hop]]:
    """One group for each request.

    ACKs of a failed and of a successful attempt share a key but not a To tag. A request that its sender repeats after
    it was answered, with a new branch and the same CSeq, is another one (and a fault of its own).
    """
    if key[3] == "ACK":
        by_tag: dict[str, list[Hop]] = defaultdict(list)
        for hop in sent:
            by_tag[hop.to_tag or ""].append(hop)
        return list(by_tag.values())
    if not answers or len(sent) == 1:
        return [sent]
    groups = [[sent[0]]]
    begun = {sent[0].branch: groups[0]}
    closed = {r.branch: r.order for r in reversed(answers) if (r.status or 0) >= 200}
    for hop in sent[1:]:
        first = groups[-1][0]
        if _repeated(first, hop) and closed.get(first.branch, hop.order) < hop.order:
            groups.append([hop])
            begun[hop.branch] = groups[-1]
        else:
            home = next((begun[v.branch] for v in hop.message.vias if v.branch in begun), groups[-1])
            home.append(hop)
    return [sent] if len(groups) == 1 else groups


def _repeated(first: Hop, hop: Hop) -> bool:
    """Whether a request goes the same way as an earlier one, from its sender anew."""
    if hop.branch == first.branch or len(hop.message.vias) != len(first.message.vias):
        return False
    return (hop.source, hop.destination, hop.sent) == (first.source, first.destination, first.sent)


def _answers(response: Hop, group: list[Hop]) -> bool:
    return any(h.branch == response.branch for h in group)


def _fold(group: list[Hop]) -> list[Hop]:
    """Fold hops that repeat an earlier one between the same addresses with the same branch and status.

    A repeated message need not be equal byte for byte: a stack may stamp a time on each copy.
    """
    if len(group) < 2 or len({hop.status for hop in group}) == len(group):
        return group
    first: dict[tuple[object, ...], int] = {}
    folded: list[Hop] = []
    for hop in group:
        vias = len(hop.message.vias)
        key = (hop.branch, hop.status, hop.to_tag, hop.source, hop.destination, hop.sent, vias)
        at = first.get(key)
        if at is None or hop.branch is None:
            first[key] = len(folded)
            folded.append(hop)
            continue
        kept = folded[at]
        copies = (*kept.copies, hop.frame, *hop.copies)
        folded[at] = replace(kept, copies=copies, elsewhere=(*kept.elsewhere, *hop.elsewhere))
    return folded
