"""How all transfers of a report ended, in one line: nothing is said to have gone well that nobody knows."""

from __future__ import annotations

from sipdiag.reports.report import Report
from sipdiag.reports.words import plural
from sipdiag.stages import Outcome


def headline(report: Report) -> str:
    """Empty where there is no transfer."""
    outcomes = [v.outcome for v in report.verdicts]
    failed = [o for o in outcomes if o.is_failure]
    unknown = outcomes.count(Outcome.UNKNOWN)
    if not outcomes:
        return ""
    if failed:
        became = "would fail" if set(failed) == {Outcome.PREDICTED_FAIL} else "failed"
        return f"{len(failed)} of {plural(len(outcomes), 'transfer')} {became}"
    if not unknown:
        return "No transfer would fail" if set(outcomes) == {Outcome.PREDICTED_OK} else "No transfer failed"
    if unknown < len(outcomes):
        return f"How {unknown} of {plural(len(outcomes), 'transfer')} ended is not known"
    return "How the transfer ended is not known" if unknown == 1 else f"How {unknown} transfers ended is not known"
