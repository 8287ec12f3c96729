"""NOTIFY and REFER are not matched by the Event id."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.notify import Notify
from sipdiag.facts.timers import BYE_AFTER_NOTIFY
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "bye-before-final-notify",
        "notify-not-routed-by-proxy",
        "notify-rejected-by-transferor",
        "no-final-notify",
        "transferor-did-not-bye",
    ),
    refs=("RFC 3515 2.4.6",),
    refuted_by="a 2xx to the final NOTIFY",
)
def notify_event_id_mismatch(transfer: Transfer) -> Iterator[Finding]:
    """The Event id of the NOTIFY fits no REFER

    `Event: refer;id=` must be the CSeq of the REFER (or be absent for the first one). Here it is another number, or
    the transferor keeps another: that of a REFER that was challenged and sent again. The transferor refuses the
    NOTIFY, or takes it and does not act on it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK  Event: refer;id=93809823
        agent -> caller 481 Subscription does not exist

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
    if transfer.leg is None or transfer.decisive is None or failure(transfer) is not None:
        return
    for n in transfer.notifies:
        refused = n.transaction.refused and not n.transaction.challenged
        fault = _fault(transfer, n)
        if fault is None or not (refused or _ignored(transfer, n)) or _took(transfer, n):
            continue
        words, owner = fault
        yield Finding(
            "NOTIFY has Event: {event}, and {why}; {answer}",
            event=Text(n.message.get("Event") or ""),
            cseq=transfer.decisive.cseq,
            why=Word(words.format(cseq=transfer.decisive.cseq)),
            answer=Word(
                f"it was answered {n.transaction.status}" if refused else "the transferor acts as if it had not come"
            ),
            at=n.at,
            because=[Because("the REFER with CSeq {cseq}", at=transfer.decisive.at, cseq=transfer.decisive.cseq)],
            owner=owner,
            fix="write and expect the CSeq of the accepted REFER as id in Event: refer;id={cseq}; only the first REFER of a"
            " dialog may do without",
        )
        return


def _fault(transfer: Transfer, notify: Notify) -> tuple[str, Owner] | None:
    """What is wrong with the id of a NOTIFY, in words, and who can change it."""
    event, decisive, leg = notify.message.event, transfer.decisive, transfer.leg
    if event is None or decisive is None or leg is None:
        return None
    accepted = {a.cseq for a in transfer.attempts if a.succeeded} or {a.cseq for a in transfer.attempts}
    if event.id is None:
        refers = [
            r for r in leg.requests("REFER", transfer.transferor) if r.succeeded and r.order < notify.transaction.order
        ]
        return (
            ("several REFERs are under way: only an id tells which is meant", Owner.CARRIER)
            if len(refers) > 1
            else None
        )
    if not event.id.isdigit() or len(event.id) > 10 or int(event.id) not in accepted:
        return "the accepted REFER has CSeq {cseq}", Owner.CARRIER
    if len(transfer.attempts) > 1:
        return (
            "that is the CSeq of the accepted REFER: the transferor kept the one of an earlier attempt",
            Owner.PLATFORM,
        )
    return None


def _ignored(transfer: Transfer, notify: Notify) -> bool:
    """Whether the transferor took a report of success with 2xx and kept its leg all the same."""
    event = notify.message.event
    if transfer.leg is None or event is None or event.id is None or not notify.taken:
        return False
    accepted = {str(a.cseq) for a in transfer.attempts}
    if event.id in accepted or notify.status is None or not 200 <= notify.status < 300:
        return False
    kept = transfer.leg.absent(
        lambda h: h.message.method == "BYE", after=notify.transaction.first, within=BYE_AFTER_NOTIFY
    )
    return kept.yes and not any(b.order < notify.transaction.order for b in transfer.leg.byes)


def _took(transfer: Transfer, notify: Notify) -> bool:
    """Whether the transferor took another NOTIFY with the same Event: then the id is not what it objects to."""
    event = notify.message.get("Event")
    return any(n is not notify and n.taken and n.message.get("Event") == event for n in transfer.notifies)
