"""The transferee never says how the new call went."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.hangups import moved_party_left, peer_left
from sipdiag.facts.new_call import answered_from, failure
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.timers import FIRST_NOTIFY
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.stages import Answer
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3515 2.4.4", "RFC 6665 4.2.2"),
    refuted_by="a NOTIFY whose sipfrag is final",
)
def no_final_notify(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The outcome of the transfer is never reported

    The REFER was accepted, and no NOTIFY with a final status line followed: none at all, or only provisional ones.
    The transferor cannot know what became of the call. Where both sides agreed that no NOTIFY is sent (Refer-Sub:
    false, nosub), silence is as agreed. Where the caller hung up before the target answered, nobody is to blame.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        +20s agent -> caller BYE
        caller -> agent 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    if not transfer.accepted or transfer.no_subscription or transfer.acceptance is None or transfer.decisive is None:
        return
    if transfer.final_notify is not None or transfer.leg is None:
        return
    failed = failure(transfer)
    if failed is not None:
        return  # the new call was seen to fail: that is what broke the transfer
    byes = transfer.leg.byes
    silence = transfer.absent_outcome(within=None if transfer.notifies else FIRST_NOTIFY)
    if byes and byes[0].order < transfer.acceptance.order:
        return
    if silence.unknown or (not byes and _not_due(transfer, transfer.leg.coverage.until)):
        lossy = silence.why in ("capture-lossy", "capture-encrypted")
        needs = "a capture without gaps" if lossy else "a capture that goes on until the call has ended"
        yield CannotTell(needs=needs, at=transfer.acceptance.frame, collect="capture")
        return
    if silence.answer is Answer.NO:
        return
    if byes and sender(transfer, byes[0]) is Party.TRANSFEROR:
        answered = answered_from(transfer)
        if _at_once(transfer, byes[0]) or (answered is not None and answered > byes[0].order):
            return  # the transferor did not wait for it, or left before there was an outcome to tell
    left, gone = _gave_up(transfer), peer_left(transfer)
    if left is not None and not _answered(transfer):
        yield Finding(
            "the party that was to be transferred hung up before the outcome was known",
            at=left.at,
            because=[Because("the REFER was accepted: {status}", at=transfer.acceptance.frame, status=transfer.status)],
            severity=Severity.WARNING,
            blameless=True,
            fix="nothing to mend: shorten the wait for {target} if callers often give up",
            target=transfer.wanted,
        )
        return
    if gone is not None and not _answered(transfer):
        yield Finding(
            "the other side hung up before any final NOTIFY: its caller gave up, or it ends the leg instead of a report",
            at=gone.at,
            because=[Because("the REFER was accepted: {status}", at=transfer.acceptance.frame, status=transfer.status)],
            severity=Severity.WARNING,
            blameless=True,
            fix="capture the other legs of whoever took the REFER as well: they show who hung up first",
        )
        yield CannotTell(
            needs="the other legs of whoever took the REFER: the caller hung up, or the target answered and nobody told",
            at=gone.at,
            collect="capture",
        )
        return
    last = transfer.notifies[-1] if transfer.notifies else None
    ended_by = sender(transfer, byes[0]).value if byes else None
    yield Finding(
        "the REFER was answered {status}, and {what}{end}",
        status=transfer.status,
        what=Word(
            f"the last NOTIFY says {last.status}" if last is not None and last.status else "no NOTIFY ever followed"
        ),
        end=Word(f"; then the {ended_by} sent BYE" if ended_by is not None else "; no NOTIFY is on the way at its end"),
        at=last.at if last is not None else transfer.acceptance.frame,
        because=[
            Because("the REFER was accepted: {status}", at=transfer.acceptance.frame, status=transfer.status),
            *([Because("BYE before any final NOTIFY", at=byes[0].at)] if byes else []),
        ],
        fix="ask whoever accepted the REFER to send NOTIFY with the final status of the new call, "
        "and let the transferor stop waiting after a time limit",
    )


def _answered(transfer: Transfer) -> bool:
    return answered_from(transfer) is not None


def _gave_up(transfer: Transfer) -> Transaction | None:
    """The BYE of the moved party on another leg, before this leg was ended."""
    bye = next((b for b in transfer.byes() if sender(transfer, b) is not Party.TRANSFEROR), None)
    return moved_party_left(transfer, bye) if bye is not None else None


def _not_due(transfer: Transfer, until: float | None) -> bool:
    """Whether the new call still rings where the input ends, or was answered too shortly before for the report to show."""
    target = transfer.target
    if target is None or (target.status is not None and target.leg.answer is None):
        return False
    answered = target.leg.answer.time if target.leg.answer is not None else None
    return answered is None or (until is not None and until - answered < FIRST_NOTIFY)


def _at_once(transfer: Transfer, bye: Transaction) -> bool:
    """Whether the transferor hung up before a NOTIFY could come."""
    waited = elapsed(transfer.acceptance.frame if transfer.acceptance is not None else None, bye.at)
    return waited is not None and waited < FIRST_NOTIFY
