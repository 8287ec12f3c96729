from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.delivery import undelivered
from sipdiag.facts.dialog_state import last_cseq
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word

_OUT_OF_ORDER = (400, 481, 482, 500)


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-rejected", "refer-outside-dialog", "refer-unanswered", "refer-while-reinvite-pending"),
    refs=("RFC 3261 12.2.1.1", "RFC 3261 12.2.2"),
    refuted_by="a CSeq above that of every earlier request of the same side",
)
def refer_cseq_out_of_order(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The CSeq of the REFER is not higher than the last one

    Within a dialog each side counts its requests upwards. A request whose CSeq is lower than that of the one before is
    answered 500, or dropped as a copy of something old.

    Bad:

        call
        agent -> caller INVITE  CSeq: 310 INVITE
        caller -> agent 200 OK
        agent -> caller ACK
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | CSeq: 205 REFER
        caller -> agent 500 Server Internal Error

    Good:

        call
        agent -> caller INVITE  CSeq: 310 INVITE
        caller -> agent 200 OK
        agent -> caller ACK
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | CSeq: 311 REFER
        caller -> agent 202 Accepted
    """
    refer, leg = transfer.decisive, transfer.leg
    if refer is None or leg is None:
        return
    before = last_cseq(leg, refer)
    if before is None or before.cseq < refer.cseq:
        return
    said = refusal(transfer, _OUT_OF_ORDER)
    dropped = said is None and undelivered(transfer) is not None
    because = [Because("{method} had CSeq {number}", at=before.at, method=Word(before.method), number=before.cseq)]
    if said is not None:
        because.append(Because("REFER answered {status} {reason}", at=said.at, status=said.status, reason=said.reason))
    yield Finding(
        "REFER has CSeq {cseq}, which is not above {number} of the {method} before it",
        cseq=refer.cseq,
        number=before.cseq,
        method=Word(before.method),
        at=refer.at,
        because=because,
        fix="count CSeq upwards over all requests of the dialog: the REFER needs {number} + 1 or more",
        severity=None if said is not None or dropped else Severity.WARNING,
        stage=Stage.DELIVERED if dropped else None,
    )
