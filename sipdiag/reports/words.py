"""The sentences of a report that are not a check's own: summaries, places, roles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.facts.config import TransferRule
from sipdiag.patterns import pattern
from sipdiag.places import Place, Where
from sipdiag.stages import Answer, Outcome, Severity, Stage
from sipdiag.values import Text

if TYPE_CHECKING:
    from sipdiag.facts.transfer import Transfer
    from sipdiag.reports.report import Report
    from sipdiag.reports.show import Show
    from sipdiag.verdict import Verdict

_PLACE = pattern(r"(\d+:\d+): ")

EVIDENCE = {
    "capture-starts-mid-call": "the input begins inside the call",
    "capture-ends-mid-call": "the input ends before the call does",
    "capture-encrypted": "SIP runs inside TLS and no keys were given",
    "capture-one-leg-only": "only one leg is in the input, and what would tell may be on another",
    "capture-lossy": "packets or fragments are missing in the input",
    "capture-has-no-sip": "the input holds no SIP",
}

NEEDS = {
    "capture-starts-mid-call": "a capture that starts before the call (sipdiag explain collect-capture)",
    "capture-ends-mid-call": "a capture that goes on until the call has ended (sipdiag explain collect-capture)",
    "capture-encrypted": "the TLS keys, with --keylog (sipdiag explain collect-tls-keys)",
    "capture-one-leg-only": "a capture on the other side of whoever took the REFER, or of the B2BUA in between (sipdiag explain collect-capture)",
    "capture-lossy": "all messages of both directions: a capture without loss, larger snap length, and the clause that keeps IP fragments (sipdiag explain collect-capture)",
    "capture-has-no-sip": "a capture of the signalling (sipdiag explain collect-capture)",
}

NEEDS_SHORT = {
    "capture-starts-mid-call": "the input begins inside the call",
    "capture-ends-mid-call": "the input ends before that would show",
    "capture-encrypted": "encrypted, no keys given",
    "capture-one-leg-only": "on a leg that is not in the input",
    "capture-lossy": "packets are missing",
}


def place(report: Report, where: Where | None, show: Show) -> str:
    """A place in a few words: `agent.yaml:31:22`, `frame 41`, `trace.txt:120`; with the file where several were read."""
    if where is None:
        return ""
    source = report.input(where.input)
    name = show(Text(report.names[source.id])) if source is not None else ""
    if isinstance(where, Place):
        parts = [name, *(str(n) for n in (where.line, where.column) if n is not None)]
        return ":".join(parts)
    several = sum(1 for i in report.inputs if i.kind in ("capture", "trace")) > 1
    if where.number is not None:
        return f"{name} frame {where.number}" if several else f"frame {where.number}"
    if not several and where.line is not None:
        return f"line {where.line}"
    return f"{name}:{where.line}" if where.line is not None else name


# What a stage that was answered yes rules out.
_RULED_OUT = {
    Stage.CONFIGURED: "a rule that sends no REFER",
    Stage.ELIGIBLE: "a call that cannot be transferred",
    Stage.EMITTED: "a REFER never sent",
    Stage.DELIVERED: "a REFER lost on the way",
    Stage.ACCEPTED: "a refused REFER",
    Stage.TARGET_REACHED: "a target not reached",
}


def ruled_out(report: Report, verdict: Verdict, show: Show) -> str:
    """What did not break a transfer, each with the message that shows it."""
    told = [
        f"{words} ({place(report, verdict.ladder[stage].at[0], show)})"
        for stage, words in _RULED_OUT.items()
        if verdict.ladder[stage].answer is Answer.YES and verdict.ladder[stage].at
    ]
    return " · ".join(told)


def left_out(report: Report) -> list[str]:
    """What counts for nothing or is not told, as counts: nothing disappears silently."""
    suppressed = [f.suppressed.kind for f in report.findings if f.suppressed is not None]
    suppressed += [s.kind for s in report.forgiven.values()]
    known = suppressed.count("baseline")
    counts = (
        (len(suppressed) - known, "suppressed"),
        (known, "in the baseline"),
        (report.below, "below --min-severity"),
        (report.passed_over, "files passed over" if report.passed_over != 1 else "file passed over"),
    )
    return [f"{n} {words}" for n, words in counts if n]


def tally(report: Report) -> str:
    """How many checks there are, and what became of them."""
    counts = (
        f"{len(report.passed)} ok",
        plural(report.counted(Severity.ERROR), "error"),
        plural(report.counted(Severity.WARNING), "warning"),
        f"{len(report.not_run)} not run",
        f"{len({c[0] for c in report.cannot_tell})} cannot tell",
    )
    return f"{report.checks_total} checks: {', '.join(counts)}"


def spared(report: Report, verdict: Verdict) -> str:
    """Why a failed transfer does not count, where it does not."""
    kept = report.forgiven_by(verdict)
    if kept is None:
        return ""
    until = f", until {kept.until}" if kept.until else ""
    return kept.reason + until if kept.kind == "baseline" else f"suppressed ({kept.kind}{until}): {kept.reason}"


def file_name(path: str) -> str:
    """The last part of a path: enough to know a file by, and no folder of its owner.

    >>> file_name("cases/a/agent.json"), file_name("-")
    ('agent.json', 'standard input')
    """
    return "standard input" if path == "-" else path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def summary(verdict: Verdict, show: Show) -> str:
    """One sentence on what became of a transfer."""
    transfer = verdict.transfer
    refer = transfer.decisive
    answer = refer.final if refer is not None else transfer.answered
    values: dict[str, object] = {
        "to": transfer.wanted if transfer.refer_to is not None else None,
        "said": Text(verdict.said) if verdict.said else None,
        "status": transfer.status,
        "reason": Text(answer.message.reason or "") if answer is not None else "",
        "target": transfer.target_status,
        "when": transfer.since_refer(transfer.target_at) if transfer.target_at is not None else None,
    }
    sentence = _sentence(verdict)
    if values["status"] is None:  # the answer to the REFER was not captured
        sentence = sentence.replace(" ({status})", "")
    return show.sentence(sentence, values).replace(" ()", "")


_CALL_STATES = {
    "confirmed": " while the call stood",
    "failed": ": the call failed",
    "cancelled": ": the call was cancelled",
    "unknown": "; whether the call was answered is not known",
}
_WAYS = {"reinvite": "by re-INVITE", "second-leg": "by a second call of the transferor"}


def _sentence(verdict: Verdict) -> str:
    transfer, result = verdict.transfer, verdict.outcome
    if result is Outcome.NOT_EMITTED:
        if transfer.call is None and transfer.wire and "record" not in transfer.asked_for_in:
            return "no call was set up, so no REFER could be sent"
        if transfer.call is None:
            return "a transfer was asked for, and no REFER was sent" + (": {said}" if verdict.said else "")
        return (
            "a transfer was meant, and no REFER was sent"
            + _CALL_STATES[transfer.call.state]
            + ("; the record says: {said}" if verdict.said else "")
        )
    if result is Outcome.NOT_DELIVERED:
        return "the REFER to {to} was sent and reached nobody who could act on it"
    if result is Outcome.REJECTED and verdict.told is not None:
        return "the platform's record says that the REFER was refused" + (": {said}" if verdict.said else "")
    if result is Outcome.REJECTED and not transfer.attempts:
        return "a REFER that is not in this input was refused: {status} {reason}"
    if result is Outcome.REJECTED:
        return "the REFER to {to} was refused: {status} {reason}"
    if result is Outcome.TARGET_FAILED:
        if transfer.attempts and _passed_on(transfer):
            return "the REFER was accepted ({status}) and passed on, and the far end refused it"
        if transfer.attempts and transfer.target_status is None:
            return "the REFER was accepted ({status}), and the new call to {to} did not come about"
        if transfer.attempts:
            return "the REFER was accepted ({status}), and the new call to {to} failed with {target}"
        if transfer.shown_by is not None:
            return "a NOTIFY reports on a REFER that is not in this input: the new call failed with {target}"
        if verdict.told is not None:
            return "the platform's record says that the new call failed" + (": {said}" if verdict.said else "")
        return "the second call failed with {target}"
    if result is Outcome.BROKEN:
        reached = verdict.ladder[Stage.TARGET_REACHED].answer
        known = {
            Answer.YES: "the target answered",
            Answer.UNKNOWN: "whether the target answered is not known",
            Answer.NO: "the target did not answer",
        }
        if verdict.told is not None:
            return (
                "the platform's record says that the REFER was accepted, and the procedure broke after it; "
                + known[reached]
            )
        return "the REFER was accepted ({status}), the procedure broke after it; " + known[reached]
    if result is Outcome.COMPLETED and transfer.shown_by is not None and not transfer.attempts:
        return "the call was transferred; the REFER is not in this input, and a NOTIFY reports on it"
    if result is Outcome.COMPLETED:
        return (
            "the call was transferred to {to}"
            if transfer.attempts
            else f"the call was handed over {_WAYS.get(transfer.method, 'in another way')}, without a REFER"
        )
    if result is Outcome.FAILED:
        return "the platform's record says that the transfer failed, and nothing shows at which stage" + (
            ": {said}" if verdict.said else ""
        )
    if result is Outcome.PREDICTED_FAIL:
        return "as configured, this rule cannot send a working REFER"
    if result is Outcome.PREDICTED_OK:
        warned = any(f.severity is Severity.WARNING for f in verdict.findings)
        if verdict.ladder[Stage.CONFIGURED].answer is Answer.NO:
            return "as configured, this rule transfers without REFER" + (
                "; there are warnings" if warned else ", and nothing speaks against it"
            )
        return f"as configured, {'no error' if warned else 'nothing'} speaks against this rule"
    return _unknown(verdict)


def _passed_on(transfer: Transfer) -> bool:
    """Whether the far end refused what a B2BUA had accepted."""
    from sipdiag.facts.refusal import refused_beyond

    return refused_beyond(transfer) is not None


def _unknown(verdict: Verdict) -> str:
    transfer = verdict.transfer
    if verdict.told is not None and verdict.ladder[Stage.TARGET_REACHED].answer is Answer.YES:
        return "the platform's record says that the target answered; no message in this input shows it"
    if verdict.told is not None and verdict.ladder[Stage.ACCEPTED].answer is Answer.YES:
        return (
            "the platform's record says that the REFER was accepted; what became of the new call is not in this input"
        )
    if transfer.attempts and transfer.accepted:
        return "the REFER to {to} was accepted ({status}); what became of the new call is not in this input"
    if transfer.attempts:
        return "a REFER to {to} was sent; its answer is not in this input"
    if transfer.shown_by is not None and verdict.ladder[Stage.TARGET_REACHED].answer is Answer.YES:
        return "a NOTIFY reports on a REFER that is not in this input, and that the target answered; what became of the legs is not in it"
    if transfer.shown_by is not None:
        return "a NOTIFY reports on a REFER that is not in this input; what became of the new call is not in it either"
    if transfer.answered is not None:
        return "a REFER that is not in this input was answered {status}; what followed is not in it either"
    if transfer.torn is not None:
        return "a REFER was sent, of which only the beginning is in this input"
    if verdict.ladder[Stage.CONFIGURED].answer is Answer.NO:
        return "the platform's record says that it transferred without REFER; nothing in this input shows the target"
    return "a transfer was meant; this input does not show whether a REFER was sent"


def transfer_target(transfer: Transfer) -> str | None:
    """The Refer-To as written, or whom another method called."""
    if transfer.refer_to is not None:
        return transfer.refer_to.raw
    if transfer.target is not None:
        return transfer.target.invite.message.uri_text
    return None


def nothing_seen(report: Report) -> str:
    """What is said where no transfer is reported: that none was asked for, as far as the inputs could be read."""
    calls, closed = report.calls_total, sum(i.unread for i in report.inputs)
    inside = f"{closed} connection{'s' if closed != 1 else ''} inside TLS"
    cut = sum(i.torn for i in report.inputs)
    torn = f"{plural(cut, 'message')} cut off too early to be read" if cut else ""
    if not calls:
        if closed:
            return f"No call could be read: calls and transfers may be in {inside}."
        if torn:
            return f"No call could be read: calls and transfers may be in the {torn}."
        return "No call and no transfer in these inputs."
    rules = sum(len(b.subjects(TransferRule)) for b in report.binding.values())
    seen = "was seen" if torn else "was asked for"
    words = f"{calls} call{'s' if calls != 1 else ''}, no transfer {seen} in {'any of them' if calls != 1 else 'it'}."
    if closed:
        words += f" More calls, and transfers, may be in {inside} that could not be read."
    if torn:
        words += f" More calls, and transfers, may be in the {torn}."
    if rules:
        words += f" {rules} transfer rule{'s' if rules != 1 else ''} could have sent one."
    return words


def capital(text: str) -> str:
    """With its first letter in upper case, the others as they are."""
    return text[:1].upper() + text[1:]


def placed(problem: str) -> tuple[str, str]:
    """The place with which the problem of a document begins, and the rest; no place where it has none.

    >>> placed("3:14: expected a key"), placed("the file is empty")
    (('3:14', 'expected a key'), ('', 'the file is empty'))
    """
    found = _PLACE.match(problem)
    return (found[1], problem[found.end() :]) if found is not None else ("", problem)


def plural(count: int, word: str) -> str:
    """
    >>> plural(1, "message"), plural(2, "message")
    ('1 message', '2 messages')
    """
    return f"{count} {word}{'' if count == 1 else 's'}"
