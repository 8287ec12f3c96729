"""One message as it came to a box in the way, and as it left it: what two captures beside the box, or one on it, show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from sipdiag.facts.call import Join
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer

MOST = 12  # crossings of one transfer
_MOST_HOPS = 100  # of one request that are looked at; more are those of a loop


@dataclass(frozen=True, slots=True)
class Crossing:
    """One message on both sides of a box. `by` tells in words why both are held to be one message."""

    came: Hop
    left: Hop
    by: str
    carried_out: bool = False  # what came is the REFER, and what left is the INVITE that it asked for

    @property
    def anew(self) -> bool:
        """Whether the box is a B2BUA: it made a message of its own, in another dialog."""
        came, left = self.came.message, self.left.message
        return came.call_id != left.call_id or came.from_tag != left.from_tag or came.to_tag != left.to_tag


def crossings(transfer: Transfer, joins: Mapping[int, Sequence[Join]]) -> list[Crossing]:
    """The messages of a transfer that were seen on both sides of a box: REFER, NOTIFY, and the INVITEs to the target.

    What a proxy forwards keeps its dialog, and its branch is the next in the Via below; a B2BUA's messages are paired as
    its legs were joined (`joins`, by the `id` of the first leg of each pair). At most `MOST`, in order of time.
    """
    found = [c for t in _requests(transfer) for c in _forwarded(t)]
    found += _relayed_refers(transfer)
    found += _relayed_notifies(transfer)
    found += _relayed_invites(transfer, joins)
    found += _carried_out(transfer)
    return sorted(found, key=lambda c: c.came.order)[:MOST]


def _requests(transfer: Transfer) -> Iterator[Transaction]:
    yield from (*transfer.attempts, *transfer.relayed)
    yield from (n.transaction for n in (*transfer.notifies, *transfer.relayed_notifies))
    yield from (t.invite for t in transfer.targets)


def _forwarded(t: Transaction) -> Iterator[Crossing]:
    """Each sighting of one request with the one before the box that sent it."""
    hops = t.hops[:_MOST_HOPS]
    for left in hops:
        for by, same in (
            ("the Via of the one is the second of the other", _is_next_via),
            ("same branch, sent by another address", _is_rewritten),
            ("same dialog and CSeq, sent by who had received it", _is_sent_on),
        ):
            came = next((h for h in reversed(hops) if h is not left and same(h, left)), None)
            if came is not None:
                yield Crossing(came, left, by)
                break


def _is_next_via(came: Hop, left: Hop) -> bool:
    vias = left.message.vias
    return len(vias) > 1 and came.branch is not None and vias[1].branch == came.branch


def _is_rewritten(came: Hop, left: Hop) -> bool:
    """By a box that is no SIP element: an application layer gateway behind which the addresses are others."""
    same = came.branch is not None and came.branch == left.branch
    return (
        same
        and came.order < left.order
        and came.origin != left.origin
        and len(came.message.vias) == len(left.message.vias)
    )


def _is_sent_on(came: Hop, left: Hop) -> bool:
    if came.order > left.order or came.branch == left.branch:
        return False
    ends = {came.origin, came.goal, left.origin, left.goal}
    return came.goal == left.origin is not None or (None not in ends and len(ends) == 4)


def _relayed_refers(transfer: Transfer) -> Iterator[Crossing]:
    known = list(transfer.attempts)
    for refer in transfer.relayed:
        before = [t for t in known if t.order < refer.order]
        if before:
            source = next((t for t in reversed(before) if _handed(t, refer)), before[-1])
            yield Crossing(source.hops[-1], refer.first, "same Refer-To on another leg of the call")
        known.append(refer)


def _relayed_notifies(transfer: Transfer) -> Iterator[Crossing]:
    """Each NOTIFY to the transferor with the last one before it, on another leg, that reports the same."""
    waiting = list(transfer.relayed_notifies)
    for notify in transfer.notifies:
        earlier = [n for n in waiting if n.status == notify.status and n.transaction.order < notify.transaction.order]
        if earlier:
            waiting.remove(earlier[0])
            yield Crossing(
                earlier[0].transaction.hops[-1], notify.transaction.first, "same report on another leg of the call"
            )


def _relayed_invites(transfer: Transfer, joins: Mapping[int, Sequence[Join]]) -> Iterator[Crossing]:
    """The INVITE of each leg to the target with the one of the leg that a B2BUA places for it."""
    for join in (j for t in transfer.targets for j in joins.get(id(t.leg), ())):
        first, second = join.first.invite, join.second.invite
        if first is not None and second is not None:
            yield Crossing(first.hops[-1], second.first, _why(join.signals))


def _carried_out(transfer: Transfer) -> Iterator[Crossing]:
    """The REFER as it came to whoever acts on it, with the INVITE that was sent for it."""
    refer = transfer.relayed[-1] if transfer.relayed else transfer.decisive
    target = next((t for t in transfer.targets if t.certain), None)
    if refer is not None and target is not None:
        yield Crossing(refer.hops[-1], target.invite.first, ", ".join(target.signals), carried_out=True)


def _handed(came: Transaction, left: Transaction) -> bool:
    return came.hops[-1].goal is not None and came.hops[-1].goal == left.first.origin


def _why(signals: Sequence[str]) -> str:
    return ", ".join(signals) or "joined legs"
