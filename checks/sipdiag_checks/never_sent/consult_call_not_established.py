from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.attended import attended_asked
from sipdiag.facts.config import TransferRule
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text

_LONGEST = 2000


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("allow-lacks-refer", "transfer-type-not-refer", "target-busy", "target-declined", "target-no-answer"),
    refs=("RFC 5589 7", "RFC 3891 4"),
    refuted_by="a 2xx to the INVITE of the consultation call before the transfer was asked for",
)
def consult_call_not_established(transfer: Transfer, rule: TransferRule | None) -> Iterator[Finding | CannotTell]:
    """An attended transfer was asked for without a consultation call

    The REFER of an attended transfer names the dialog of the consultation call in Replaces. That call was never placed
    or not answered yet, so there was no dialog to name, and no REFER was sent.

    Bad:

        call
        log attended transfer requested to 2002
        leg2: agent -> target INVITE sip:2002@example.com
        leg2: target -> agent 180 Ringing
        log error: dialog undefined
        +5s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        call
        leg2: agent -> target INVITE sip:2002@example.com
        leg2: target -> agent 200 OK
        leg2: agent -> target ACK
        log attended transfer requested to 2002
        +5s caller -> agent BYE
        agent -> caller 200 OK
    """
    leg = transfer.leg
    if transfer.sent or leg is None or not leg.confirmed:
        return
    line = attended_asked(transfer)
    wanted = rule is not None and rule.effective_method == "attended-refer"
    if line is None and not (wanted and transfer.targets):
        return
    others = [t.leg for t in transfer.targets] + [x for x in transfer.other_legs if x.invite is not None]
    if any(other.confirmed or (other.confirmed is None and other.invite is None) for other in others):
        return
    if transfer.consultation is not None and transfer.consultation.confirmed:
        return
    tried = next((t.invite for t in transfer.targets), None)
    because = []
    if line is not None:
        because.append(Because("asked for in the log: {line}", at=line.frame, line=Text(line.text[:_LONGEST])))
    if tried is not None:
        because.append(Because("the consultation call: {status}", at=tried.at, status=tried.status or "not answered"))
    yield Finding(
        "attended transfer asked for, and there was no dialog to name in Replaces: the consultation call was {state}",
        state=Text("never answered" if tried is not None else "never placed"),
        at=tried.at if tried is not None else line.frame if line is not None else leg.first.frame,
        because=because,
        fix="place the consultation call and wait for its 200 and ACK before asking for the attended transfer",
    )
