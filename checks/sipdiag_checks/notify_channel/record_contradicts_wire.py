"""The platform's record says one thing and the wire another."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.WARNING,
    owner=Owner.PLATFORM,
    refs=("RFC 3515 2.4.2", "RFC 3515 2.4.5"),
    refuted_by="a record that claims what the wire shows",
)
def record_contradicts_wire(transfer: Transfer, record: CallRecord | None) -> Iterator[Finding]:
    """The call record contradicts the wire

    The platform's record claims that the transfer succeeded while the REFER was refused, or that it failed while the
    target is reported to have answered. What people see in the platform is then not what happened to the caller.

    Bad:

        record failed transfer_timed_out
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK

    Good:

        record succeeded
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    refer = transfer.decisive
    if record is None or not record.calls:
        return
    last = record.calls[-1]
    said = str(last.result or record.error or record.outcome)
    claim, at = f" ({said[:_LONGEST]})" if said else "", last.where
    if refer is None:
        yield from _nothing_sent(transfer, last, claim)
        return
    yield from _other_codes(transfer, refer, last)
    if last.succeeded and refer.refused and refer.final is not None:
        yield Finding(
            "the record says that the transfer succeeded{claim}, and the REFER was answered {status} {reason}",
            claim=Text(claim),
            status=refer.status,
            reason=Text(refer.final.message.reason or ""),
            at=at,
            stage=Stage.ACCEPTED,
            because=[Because("what the wire shows", at=refer.final.frame)],
            fix="believe the wire: take a transfer for done on a final NOTIFY with 2xx only, and report the code of a refused REFER",
        )
    report = transfer.final_notify
    if last.succeeded is False and report is not None and report.taken and failure(transfer) is None:
        if report.status is None or report.status >= 300:
            return
        yield Finding(
            "the record says that the transfer failed{claim}, and NOTIFY reported {status} {reason}, which the {who} took",
            claim=Text(claim),
            status=report.status,
            reason=Text(report.reason),
            who=Word("transferor"),
            at=at,
            because=[Because("what the wire shows", at=report.at)],
            fix="ask the platform why it did not count this NOTIFY; the caller may have reached the target all the same",
        )


_LONGEST = 160  # characters of a record's own words


def _nothing_sent(transfer: Transfer, last: ToolCall, claim: str) -> Iterator[Finding]:
    """A REFER that the record tells of, and none in a leg that was seen from its start to its end."""
    leg = transfer.leg
    answer = last.told.answer
    if leg is None or not leg.coverage.whole or transfer.targets or not (answer or last.succeeded):
        return
    if last.method not in (None, "refer"):
        return  # another method needs none
    told = f" answered {answer.value}" if answer else ""
    yield Finding(
        "the record tells of a REFER{told}{claim}, and none is in this call: it was sent on another leg, or never"
        if answer
        else "the record says that the transfer succeeded{claim}, and no REFER is in this call: it was sent on another leg, or never",
        told=Word(told),
        claim=Text(claim),
        at=answer.where or last.where,
        stage=Stage.EMITTED,
        because=[Because("this call was seen from here", at=leg.first.frame), Because("to here", at=leg.last.frame)],
        fix="capture the leg between the platform and its peer, which the record speaks of",
    )


def _other_codes(transfer: Transfer, refer: Transaction, last: ToolCall) -> Iterator[Finding]:
    """Codes that the record tells, where the messages have others."""
    answer, report, failed = last.told.answer, last.told.report, failure(transfer)
    if answer.value is not None and refer.final is not None and _class(answer.value) != _class(refer.status):
        yield Finding(
            "the record says that the REFER was answered {told}, and on the wire it was answered {status} {reason}",
            told=answer.value,
            status=refer.status,
            reason=Text(refer.final.message.reason or ""),
            at=answer.where or last.where,
            stage=Stage.ACCEPTED,
            because=[Because("what the wire shows", at=refer.final.frame)],
            fix="believe the wire, and see that record and capture are of the same transfer",
        )
    if report.value is not None and failed is not None and report.value != failed.status:
        yield Finding(
            "the record says that the new call ended with {told}, and on the wire it failed with {status} {reason}",
            told=report.value,
            status=failed.status,
            reason=Text(failed.reason),
            at=report.where or last.where,
            stage=Stage.TARGET_REACHED,
            because=[Because("what the wire shows", at=failed.at)],
            fix="believe the wire, and see that record and capture are of the same transfer",
        )


def _class(status: int | None) -> int | None:
    """200 and 202 say the same; every refusal says something of its own."""
    return 2 if status is not None and status < 300 else status
