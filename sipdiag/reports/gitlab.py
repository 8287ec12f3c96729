"""GitLab's code quality report (https://docs.gitlab.com/ci/testing/code_quality/): a JSON array, one object a finding."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

from sipdiag.reports.indented import indented
from sipdiag.reports.notices import notices
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, escape
from sipdiag.reports.words import file_name
from sipdiag.stages import Severity
from sipdiag.values import Text

_LEVELS = {Severity.ERROR: "major", Severity.WARNING: "minor", Severity.INFO: "info"}


def render(report: Report, show: Show, files: Mapping[str, str]) -> str:
    """Findings that are suppressed are left out. GitLab drops what repeats a fingerprint, so a twin's gets its number."""
    seen: dict[str, int] = {}
    rows = []
    for notice in notices(report, show):
        path = (
            "" if notice.source is None else files.get(notice.source.path) or show(Text(file_name(notice.source.path)))
        )
        seen[notice.fingerprint] = twin = seen.get(notice.fingerprint, 0) + 1
        own = f"{notice.fingerprint}\n{twin}"
        where = f"frame {notice.frame}: " if notice.frame is not None else ""
        rows.append(
            {
                "description": where + notice.text + (f" (fix: {notice.fix})" if notice.fix else ""),
                "check_name": notice.rule,
                "fingerprint": notice.fingerprint if twin == 1 else hashlib.sha256(own.encode()).hexdigest()[:32],
                "severity": _LEVELS[notice.severity],
                "location": {"path": escape(path), "lines": {"begin": notice.line or 1}},
            }
        )
    return indented(rows) + "\n"
