"""The prerequisites that people are told to verify, each with what became of it: transport, URI, call, rule, trunk, headers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.facts.record import CallRecord
from sipdiag.stages import Answer, Severity, Stage

if TYPE_CHECKING:
    from sipdiag.reports.report import Report
    from sipdiag.verdict import Verdict

# Which checks speak of which prerequisite. A check that is not named here belongs to none of them.
PREREQUISITES: dict[str, tuple[str, ...]] = {
    "transport": (
        "transport-not-supported", "transport-mismatch", "tcp-connection-refused", "tls-handshake-failed",
        "no-connection-for-transport", "signalling-connection-closed",
    ),
    "URI": (
        "refer-to-missing-scheme", "refer-to-missing-domain", "refer-to-missing-user", "refer-to-malformed",
        "refer-to-missing-angle-brackets", "number-format-not-e164", "transfer-target-not-a-uri",
        "refer-to-uri-form-rejected-by-trunk",
    ),
    "call is SIP": ("call-leg-not-sip", "call-not-answered", "inbound-uri-without-user"),
    "rule matches": (
        "transfer-type-not-refer", "transfer-rule-mismatch", "transfer-rule-invalid-combination",
        "transfer-tool-missing", "transfer-tool-not-called", "transfer-mode-missing-in-config",
        "transfer-suppressed-by-option",
    ),
    "trunk allows REFER": (
        "trunk-refer-disabled", "carrier-does-not-support-refer", "refer-refused-by-policy", "allow-lacks-refer",
        "refer-auth-challenge-unanswered", "refer-auth-rejected",
    ),
    "headers": ("refer-header-not-allowed", "referred-by-missing", "refer-missing-contact", "require-extension-unsupported"),
}  # fmt: skip


def _looked_at(verdict: Verdict, report: Report) -> set[str]:
    """The prerequisites of which the inputs tell something: a check that found nothing wrong may have had nothing to look at."""
    ladder, transfer = verdict.ladder, verdict.transfer
    binding = report.binding.get(transfer.case)

    def bound(kind: type[object]) -> bool:
        return binding is not None and bool(binding.linked(transfer, kind))

    rule, trunk, wire = bound(TransferRule), bound(Trunk), transfer.leg is not None
    asked = rule or (ladder[Stage.EMITTED].answer is Answer.YES and wire)
    told = {
        "transport": wire or trunk,
        "URI": asked,
        "call is SIP": wire or bound(CallRecord),
        "rule matches": asked,
        "trunk allows REFER": trunk or ladder[Stage.ACCEPTED].answer is Answer.YES,
        "headers": asked,
    }
    return {name for name, known in told.items() if known}


def checklist(verdict: Verdict, report: Report) -> list[tuple[str, str]]:
    """Each prerequisite with `ok`, `NO` (an error), `!` (a warning), or `?` where nothing tells."""
    rows = []
    looked_at = _looked_at(verdict, report)
    for name, checks in PREREQUISITES.items():
        worst = max((f.severity for f in verdict.findings if f.check.id in checks), default=None)
        open_questions = any(u.check.id in checks for u in verdict.undecided)
        ran = any(verdict.transfer.id in report.passed.get(c, ()) for c in checks)
        if worst is Severity.ERROR:
            mark = "NO"
        elif worst is Severity.WARNING:
            mark = "!"
        elif open_questions or not ran or name not in looked_at:
            mark = "?"
        else:
            mark = "ok"
        rows.append((name, mark))
    return rows
