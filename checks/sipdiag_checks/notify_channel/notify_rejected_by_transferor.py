"""The transferor refuses the report on its own transfer."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure, goes_on
from sipdiag.facts.parties import Party, answerer, sender
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.message import Message
from sipdiag.values import Text, Token, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("no-final-notify",),
    refs=("RFC 3515 2.4.4", "RFC 6665 4.1.3"),
    refuted_by="a 2xx to the NOTIFY",
)
def notify_rejected_by_transferor(transfer: Transfer) -> Iterator[Finding]:
    """The transferor refuses the NOTIFY

    The party that sent the REFER answers the NOTIFY of its transfer with an error: it does not take the method, or
    has forgotten the subscription. The outcome does not reach it. Where the NOTIFY has other tags than the REFER's
    dialog, 481 is the right answer, and the fault is the notifier's.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 405 Method Not Allowed

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
    if not transfer.accepted or failure(transfer) is not None:
        return
    refused = next((n for n in reversed(transfer.notifies) if n.transaction.refused), None)
    if refused is None or refused.transaction.challenged or refused.transaction.final is None:
        return
    if any(n.transaction.succeeded and n.final for n in transfer.notifies):
        return
    who = answerer(transfer, refused.transaction)
    # After a BYE the transferor has no dialog in which to take it (RFC 5589, 6.1 lets it go): nothing hangs on it any more.
    left = any(b.order < refused.transaction.order for b in transfer.byes(transfer.transferor))
    named = Word(who.value if who is not Party.UNKNOWN else "transferor")
    report = refused.status if refused.status is not None else Word("without a status")
    severity = Severity.WARNING if left and goes_on(transfer, refused.at) else Severity.ERROR
    refer = transfer.decisive
    foreign = _foreign_tag(refer, refused.message) if refer is not None and refused.transaction.status == 481 else None
    if refer is not None and foreign is not None:
        header, tag = foreign
        yield Finding(
            "NOTIFY {report} has the tag {tag} in {header}, which the dialog of the REFER has not, and the {who} answers"
            " {status} {reason}: the outcome is lost",
            tag=Token(tag),
            header=Word(header),
            who=named,
            report=report,
            status=refused.transaction.status,
            reason=Text(refused.transaction.final.message.reason or ""),
            at=refused.at,
            because=[
                Because("the REFER", at=refer.at),
                Because("the answer to the NOTIFY", at=refused.transaction.final.frame),
            ],
            owner=sender(transfer, refused.transaction).owner or Owner.CARRIER,
            severity=severity,
            fix="send NOTIFY in the dialog of the REFER: its Call-ID, in To the tag that the REFER has in From, in From the"
            " own tag of that dialog",
        )
        return
    yield Finding(
        "the {who} answers NOTIFY {report} with {status} {reason}: the outcome is lost",
        who=named,
        report=report,
        status=refused.transaction.status,
        reason=Text(refused.transaction.final.message.reason or ""),
        at=refused.transaction.final.frame,
        because=[Because("the NOTIFY", at=refused.at)],
        owner=who.owner or Owner.PLATFORM,
        severity=severity,
        fix="accept NOTIFY with 200 while the REFER's subscription lives, keep the dialog until the final one, "
        "and list NOTIFY in Allow",
    )


def _foreign_tag(refer: Transaction, notify: Message) -> tuple[str, str] | None:
    """The first tag of a NOTIFY that neither end of the REFER's dialog gave, and the header it stands in."""
    theirs = {refer.message.to_tag, *(r.to_tag for r in refer.responses)} - {None}
    if notify.to_tag != refer.from_tag:
        return "To", notify.to_tag or ""
    return ("From", notify.from_tag or "") if theirs and notify.from_tag not in theirs else None
