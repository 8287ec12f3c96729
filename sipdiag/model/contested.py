"""New calls that several transfers would explain: calls moved to one queue at one time look alike."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.target_leg import TargetLeg
from sipdiag.model.same import same_number_or_user


@dataclass(frozen=True, slots=True)
class Claim:
    """The new legs that a transfer's REFER would explain. `side` is who sent it, on which `leg`."""

    leg: Leg
    side: Side | None
    targets: tuple[TargetLeg, ...]


def settled(claims: Sequence[Claim]) -> list[tuple[TargetLeg, ...]]:
    """The new legs of each transfer, in the order of their REFERs, each leg given to one of those that claim it.

    The likeliest has it: whose Replaces or caller it bears, then who waits for one. Where several are as likely, it may
    be that of each, and is certain for none.
    """
    found: list[list[TargetLeg]] = [[] for _ in claims]
    shares = [Fraction(0)] * len(claims)  # of new legs: one that may be that of two transfers is half a leg for each
    by_leg: dict[int, list[tuple[int, TargetLeg]]] = defaultdict(list)
    for n, claim in enumerate(claims):
        for target in claim.targets:
            by_leg[id(target.leg)].append((n, target))
    for rivals in sorted(by_leg.values(), key=lambda r: r[0][1].leg.invites[0].order):
        likeliest = _likeliest(rivals, claims, found, shares)
        for n, target in likeliest:
            found[n].append(target if len(likeliest) == 1 else _shared(target))
            shares[n] += Fraction(1, len(likeliest))
    return [tuple(legs) for legs in found]


def _likeliest(
    rivals: list[tuple[int, TargetLeg]],
    claims: Sequence[Claim],
    found: Sequence[list[TargetLeg]],
    shares: Sequence[Fraction],
) -> list[tuple[int, TargetLeg]]:
    if len(rivals) == 1:
        return rivals
    best = max(_bears(claims[n], target) for n, target in rivals)
    rivals = [(n, target) for n, target in rivals if _bears(claims[n], target) == best]
    waiting = [(n, target) for n, target in rivals if shares[n] < 1]
    again = [(n, target) for n, target in rivals if found[n] and _ended_before(found[n][-1], target)]
    return waiting or again or rivals[-1:]


def _shared(target: TargetLeg) -> TargetLeg:
    return replace(target, signals=(*target.signals, "may be that of another transfer"), certain=False)


def _bears(claim: Claim, target: TargetLeg) -> tuple[bool, bool, bool]:
    """How much of a transfer a new leg bears: more than its target, which others may have too."""
    moved = claim.leg.uri_of(claim.side.other) if claim.side is not None else None
    caller = target.leg.invites[0].message.from_
    return target.certain, "Replaces as in Refer-To" in target.signals, same_number_or_user(moved, caller)


def _ended_before(earlier: TargetLeg, later: TargetLeg) -> bool:
    """Whether a new leg had failed when the next was placed, which may be another try."""
    final = earlier.invite.final
    return earlier.invite.refused and final is not None and final.order < later.leg.invites[0].order
