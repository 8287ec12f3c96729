"""Answer the seven stages of a transfer. Pure: facts in, answers out.

Where both columns of the table hold, the answer is no; all that the table does not say is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.facts.timers import EARLY_SUCCESS
from sipdiag.facts.told import told
from sipdiag.facts.visible import had_to_be_visible, hidden
from sipdiag.places import elapsed
from sipdiag.stages import Answer, Severity, Stage

if TYPE_CHECKING:
    from sipdiag.facts.config import TransferRule, Trunk
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.record import CallRecord
    from sipdiag.facts.transaction import Hop
    from sipdiag.facts.transfer import Transfer
    from sipdiag.places import Where


@dataclass(frozen=True, slots=True)
class Step:
    """One stage's answer, the places that prove it, and a few words of why."""

    answer: Answer
    at: tuple[Where, ...] = ()
    words: str = ""
    values: Mapping[str, object] | None = None


@dataclass(frozen=True, slots=True)
class Bite:
    """An error or warning that bites a transfer at a stage, as far as the ladder needs to know it."""

    check: str
    stage: Stage
    severity: Severity
    at: Where | None


Ladder = dict[Stage, Step]
UNKNOWN = Step(Answer.UNKNOWN)


def climb(
    transfer: Transfer,
    *,
    rule: TransferRule | None = None,
    trunk: Trunk | None = None,
    records: Sequence[CallRecord] = (),
    bites: Sequence[Bite] = (),
) -> Ladder:
    """The answers of all stages, from what was seen and from the findings that bite at a stage."""
    errors = [b for b in bites if b.severity is Severity.ERROR]
    own = _seen(transfer, rule, trunk, errors)
    attempt = told(transfer, records)
    if attempt is None:
        return own
    from sipdiag.model.recorded import by_record  # only where a record alone tells

    return own | by_record(attempt, _target_reached(transfer))


def _seen(transfer: Transfer, rule: TransferRule | None, trunk: Trunk | None, errors: Sequence[Bite]) -> Ladder:
    return {
        Stage.CONFIGURED: _configured(rule, errors),
        Stage.ELIGIBLE: _eligible(transfer, trunk, errors),
        Stage.EMITTED: _emitted(transfer, errors),
        Stage.DELIVERED: _delivered(transfer, errors),
        Stage.ACCEPTED: _accepted(transfer, errors),
        Stage.TARGET_REACHED: _told_or_bitten(transfer, errors),
        Stage.COMPLETED: _completed(transfer, errors),
    }


def _bite(errors: Sequence[Bite], stage: Stage) -> Step | None:
    found = [b for b in errors if b.stage is stage]
    if not found:
        return None
    return Step(Answer.NO, tuple(b.at for b in found if b.at is not None)[:3], found[0].check)


def _configured(rule: TransferRule | None, errors: Sequence[Bite]) -> Step:
    bitten = _bite(errors, Stage.CONFIGURED)
    other_method = rule is not None and rule.literal and rule.wants_refer is False
    if bitten is not None and not other_method:
        return bitten
    if rule is None or not rule.literal:
        return UNKNOWN
    if rule.wants_refer is False:
        return Step(
            Answer.NO,
            (rule.method.where or rule.where,),
            "the rule selects {method}",
            {"method": rule.effective_method},
        )
    if rule.wants_refer:
        return Step(Answer.YES, (rule.method.where or rule.where,), "the rule sends a REFER")
    return UNKNOWN


def _eligible(transfer: Transfer, trunk: Trunk | None, errors: Sequence[Bite]) -> Step:
    bitten = _bite(errors, Stage.ELIGIBLE)
    if bitten is not None:
        return bitten
    if transfer.call is not None:
        if transfer.call.confirmed is False and not transfer.attempts:
            leg = transfer.leg or transfer.call.main
            at = (leg.ended.frame,) if leg.ended is not None else (leg.first.frame,)
            return Step(Answer.NO, at, "the call was never confirmed")
        own = transfer.moved or transfer.leg
        if own is not None and own.confirmed:
            at = (own.answer.frame,) if own.answer is not None else (own.first.frame,)
            return Step(Answer.YES, at, "the call is SIP and confirmed")
        return UNKNOWN
    if trunk is not None and trunk.is_sip is False:
        return Step(Answer.NO, (trunk.leg.where or trunk.where,), "the call is not SIP")
    if not transfer.wire and trunk is not None and trunk.is_sip:
        return Step(Answer.YES, (trunk.leg.where or trunk.where,), "the trunk is SIP")
    return UNKNOWN


def _emitted(transfer: Transfer, errors: Sequence[Bite]) -> Step:
    if transfer.attempts:
        return Step(Answer.YES, tuple(a.at for a in transfer.attempts), "a REFER was sent")
    if transfer.shown_by is not None:
        return Step(Answer.YES, (transfer.shown_by.at,), "a NOTIFY reports on it")
    if transfer.answered is not None:
        return Step(Answer.YES, (transfer.answered.frame,), "an answer to it was seen")
    if transfer.torn is not None:
        return Step(Answer.YES, (transfer.torn,), "the beginning of a REFER was seen")
    bitten = _bite(errors, Stage.EMITTED)
    if not transfer.wire:
        return bitten or UNKNOWN
    leg = transfer.leg
    if leg is not None:
        legs = [leg, *transfer.other_legs]
        whole = [x for x in legs if x.coverage.whole]
        gap = next((x.coverage.gap for x in legs if x.coverage.gap), None)
        if transfer.beyond:
            return bitten or Step(Answer.UNKNOWN, (), gap or "capture-one-leg-only")
        if (transfer.transferor is not None and leg.coverage.whole) or len(whole) == len(legs):
            return _none_sent(leg)
        if transfer.call is not None and transfer.call.confirmed is False:
            return Step(Answer.NO, (leg.first.frame,), "the call was never answered, so no REFER could be sent in it")
        return bitten or Step(Answer.UNKNOWN, (), gap or "")
    return bitten or UNKNOWN


def _none_sent(leg: Leg) -> Step:
    """No REFER, with how long the call stood."""
    answered = leg.answer.frame if leg.answer is not None else None
    stood = elapsed(answered, leg.ended.frame if leg.ended is not None else None)
    words = "no REFER in {seconds} s between answer and end" if stood is not None else "no REFER in the whole dialog"
    return Step(Answer.NO, (answered or leg.first.frame, leg.last.frame), words, {"seconds": stood})


def _delivered(transfer: Transfer, errors: Sequence[Bite]) -> Step:
    refer = transfer.decisive
    shown = transfer.shown_by
    if shown is not None:
        return Step(Answer.YES, (shown.at,), "a NOTIFY reports on it")
    if transfer.answered is not None and (refer is None or transfer.accepted_unseen):
        return Step(Answer.YES, (transfer.answered.frame,), "it was answered {status}", {"status": transfer.status})
    if refer is None:
        return UNKNOWN
    bitten = _bite(errors, Stage.DELIVERED)
    if bitten is not None:
        return bitten
    if refer.status == 483:
        return Step(Answer.NO, (refer.at,), "it ran in a circle until 483")
    from sipdiag.facts.delivery import undelivered  # not needed where nothing was sent

    proof = undelivered(transfer)
    if proof is not None:
        return Step(Answer.NO, proof.at, proof.words)
    if refer.final is not None:
        return Step(Answer.YES, (refer.final.frame,), "it was answered {status}", {"status": refer.status})
    placed = next((t for t in transfer.targets if t.certain), None)
    if placed is not None:
        return Step(Answer.YES, (placed.invite.at,), "the new call was placed")
    return UNKNOWN


def _accepted(transfer: Transfer, errors: Sequence[Bite]) -> Step:
    refer = transfer.decisive
    if refer is None and not transfer.wire and transfer.asked_for_in == ("config",):
        return _bite(errors, Stage.ACCEPTED) or UNKNOWN  # a prediction: what is bound to the rule answers
    if transfer.shown_by is not None:
        return Step(Answer.YES, (transfer.shown_by.at,), "a NOTIFY reports on it")
    if transfer.answered is not None and (refer is None or transfer.accepted_unseen):
        return _by_answer(transfer.answered)
    if refer is None or refer.final is None:
        return UNKNOWN
    if refer.succeeded:
        return Step(Answer.YES, (refer.final.frame,), "{status}", {"status": refer.status})
    from sipdiag.facts.leg import unrepeated

    bitten = any(b.stage is Stage.ACCEPTED for b in errors)
    if not bitten and transfer.leg is not None and unrepeated(refer, transfer.leg.coverage.until):
        return Step(Answer.UNKNOWN, (refer.final.frame,), "capture-ends-mid-call")
    return Step(
        Answer.NO,
        (refer.final.frame,),
        "{status} {reason}",
        {"status": refer.status, "reason": refer.final.message.reason},
    )


def _by_answer(answered: Hop) -> Step:
    """Of a REFER that is not in the input. One that was challenged may have been sent again, and be just as unseen."""
    status, at = answered.status or 0, (answered.frame,)
    if status in (401, 407):
        return Step(Answer.UNKNOWN, at)
    answer = Answer.YES if status < 300 else Answer.NO
    return Step(answer, at, "{status} {reason}", {"status": status, "reason": answered.message.reason})


def _told_or_bitten(transfer: Transfer, errors: Sequence[Bite]) -> Step:
    """What the wire tells of the new call; where it tells nothing, what an error that bites here proves."""
    told = _target_reached(transfer)
    return told if told.answer is not Answer.UNKNOWN else _bite(errors, Stage.TARGET_REACHED) or told


def _target_reached(transfer: Transfer) -> Step:
    visible = transfer.target
    if not transfer.sent and visible is None:
        return UNKNOWN
    if visible is not None and visible.certain and visible.invite.final is not None:
        at = (visible.invite.final.frame,)
        told = transfer.final_notify
        if transfer.given_up and told is not None:
            return Step(Answer.NO, (told.at, *at), "the sipfrag says {status}", {"status": told.status})
        if visible.answered:
            return Step(Answer.YES, at, "the target answered")
        pending = [t for t in transfer.targets if t.status is None]
        if not pending:
            return Step(Answer.NO, at, "the new call got {status}", {"status": visible.status})
    final = transfer.final_notify
    if final is None or final.status is None:
        if visible is not None and visible.answered:
            return Step(Answer.YES, (visible.leg.first.frame,), "a new call was answered")
        return Step(Answer.UNKNOWN, (), _untold(transfer))
    if final.status >= 300:
        return Step(Answer.NO, (final.at,), "the sipfrag says {status}", {"status": final.status})
    acceptance = transfer.acceptance
    gap = elapsed(acceptance.frame if acceptance else None, final.at)
    unseen = visible is None and had_to_be_visible(transfer)
    if gap is not None and gap < EARLY_SUCCESS and unseen:
        return Step(
            Answer.UNKNOWN, (final.at,), "success was claimed at once, with no new call where it had to be visible"
        )
    return Step(Answer.YES, (final.at,), "the sipfrag says {status}", {"status": final.status})


def _untold(transfer: Transfer) -> str:
    """The `evidence` slug for why nothing tells of the new call of an accepted REFER."""
    if not transfer.accepted or transfer.leg is None:
        return ""
    if transfer.target is not None:
        return transfer.target.leg.coverage.gap or ""
    if hidden(transfer):
        return "capture-encrypted"
    return transfer.leg.coverage.gap or "capture-one-leg-only"


def _completed(transfer: Transfer, errors: Sequence[Bite]) -> Step:
    bitten = _bite(errors, Stage.COMPLETED)
    if bitten is not None:
        return bitten
    reached = _target_reached(transfer)
    if reached.answer is not Answer.YES:
        return UNKNOWN
    if transfer.leg is None:
        return UNKNOWN
    if not transfer.sent:
        joined = transfer.method in ("reinvite", "second-leg", "conference")
        return Step(Answer.YES, reached.at, "by {method}", {"method": transfer.method}) if joined else UNKNOWN
    own = transfer.moved or transfer.leg
    if not own.holds_call:
        return Step(Answer.YES, reached.at, "the REFER was sent outside any call, so there is no leg to release")
    byes = own.byes
    if transfer.with_focus and not byes:
        return Step(Answer.YES, reached.at, "the peer is a conference, whose members stay")
    if byes:
        return Step(Answer.YES, (byes[0].at,), "the transferor's leg was released")
    return Step(Answer.UNKNOWN, (), "capture-ends-mid-call")
