from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.delivery import undelivered
from sipdiag.facts.refusal import refusal
from sipdiag.facts.timers import FIRST_NOTIFY
from sipdiag.facts.transfer import Transfer

_FOR_IT = (400, 403, 421, 481, 500)


@check(
    stage=Stage.DELIVERED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-unanswered", "refer-rejected", "no-final-notify"),
    refs=("RFC 3515 2.2", "RFC 3261 8.1.1.8", "RFC 6665 3.1"),
    refuted_by="a Contact in the REFER",
)
def refer_missing_contact(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER has no Contact

    A REFER starts a subscription, and its receiver sends the NOTIFYs to the Contact of the REFER. Without one it has
    nowhere to send them: many stacks drop such a REFER or answer 400.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | -Contact
        +0.5s again
        +1s again
        +2s again
        +4s agent -> caller BYE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        +0.5s again
        +1s again
        +2s again
        +4s agent -> caller BYE
    """
    refer = transfer.decisive
    if refer is None or refer.message.header("Contact") is not None:
        return
    proof = undelivered(transfer)
    said = refusal(transfer)
    because = [Because("the REFER without Contact", at=refer.at)]
    stage, severity = Stage.DELIVERED, Severity.WARNING
    if proof is not None and proof.kind != "unreachable":
        severity = Severity.ERROR
    elif said is not None:
        stage = Stage.ACCEPTED
        because.append(Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason))
        if said.status == _FOR_IT[0] or said.says("contact"):
            severity = Severity.ERROR
    elif transfer.accepted and not transfer.notifies and not transfer.no_subscription:
        silence = transfer.absent_notify(within=FIRST_NOTIFY)
        if silence is not None and silence.yes:
            stage, severity = Stage.COMPLETED, Severity.ERROR
    yield Finding(
        "REFER without Contact, and nobody knows where to send its NOTIFYs",
        at=refer.at,
        because=because[1:],
        fix="add Contact with a reachable URI of the transferring side to the REFER",
        stage=stage,
        severity=severity,
    )
