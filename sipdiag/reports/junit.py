"""JUnit XML: a suite for each input, a case for each check that spoke of it, and one suite for what spoke of none."""

from __future__ import annotations

import re
from collections.abc import Iterator

from junitparser import Error, Failure, JUnitXml, Skipped, TestCase, TestSuite

from sipdiag.reports.notices import UNREAD, Notice, notices
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.reports.words import place
from sipdiag.stages import Severity
from sipdiag.values import Text

# What XML 1.0 (2.2) cannot hold, not even as a character reference.
_NO_XML = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
WHOLE = "all inputs"


def render(report: Report, show: Show, fail_on: Severity | None) -> str:
    """Failed are checks with a finding at or above `fail_on` that is not suppressed; skipped those that could not judge.

    A suppressed finding is skipped with its reason, a weaker one passes with its words as output. Checks that passed or
    were not run concern the case and stand in the suite of the only input, or in one of their own.
    """
    document = JUnitXml("sipdiag")
    suites = {i.id: TestSuite(_xml(show(Text(i.path)))) for i in report.inputs}
    whole = next(iter(suites.values())) if len(suites) == 1 else TestSuite(WHOLE)
    told: dict[tuple[str, str], list[Notice]] = {}
    for notice in notices(report, show, suppressed=True):
        told.setdefault((notice.source.id if notice.source is not None else "", notice.rule), []).append(notice)
    for (source, rule), group in told.items():
        suites.get(source, whole).add_testcase(_spoken(rule, group, report, show, fail_on))
    spoke = {rule for _, rule in told}
    whole.add_testcases(list(_silent(report, show, spoke)))
    for suite in suites.values():
        document.add_testsuite(suite)
    if len(suites) != 1:
        document.add_testsuite(whole)
    document.update_statistics()  # type: ignore[no-untyped-call]  # the library annotates the rest
    text: bytes = document.tostring()  # type: ignore[no-untyped-call]
    return text.decode("utf-8").rstrip("\n") + "\n"


def _case(rule: str, kind: str) -> TestCase:
    case = TestCase(_xml(rule))
    case.classname = f"sipdiag.{kind}"
    return case


def _spoken(rule: str, group: list[Notice], report: Report, show: Show, fail_on: Severity | None) -> TestCase:
    case = _case(rule, group[0].severity.slug)
    lines = [_line(n, report, show) for n in group]
    failing = [n for n in group if n.suppressed is None and fail_on is not None and n.severity >= fail_on]
    kept = [n.suppressed for n in group if n.suppressed is not None]
    if rule == UNREAD and group[0].severity < Severity.ERROR:  # nobody named it, so that the run went well all the same
        case.result = [Skipped(_xml(f"not read: {group[0].text}"))]
        case.system_out = _xml("\n".join(lines))
    elif rule == UNREAD:
        case.result = [_result(Error(_xml(group[0].text)), lines)]
    elif failing:
        words = failing[0].text + (f" (and {len(failing) - 1} more)" if len(failing) > 1 else "")
        case.result = [_result(Failure(_xml(words), failing[0].severity.slug), lines)]
    elif len(kept) == len(group):
        case.result = [Skipped(_xml(f"suppressed ({kept[0].kind}): {show(Text(kept[0].reason))}"))]
        case.system_out = _xml("\n".join(lines))
    else:
        case.system_out = _xml("\n".join(lines))
    return case


def _result(result: Error | Failure, lines: list[str]) -> Error | Failure:
    result.text = _xml("\n".join(lines))
    return result


def _line(notice: Notice, report: Report, show: Show) -> str:
    at = place(report, notice.where, show)
    fix = f"\n  fix: {notice.fix}" if notice.fix else ""
    return f"{at}{': ' if at else ''}{notice.severity.slug} {notice.rule}: {notice.text}{fix}"


def _silent(report: Report, show: Show, spoke: set[str]) -> Iterator[TestCase]:
    """Checks that found nothing: passed, cannot tell, not run, crashed."""
    needs = {c: n for c, n, _, _ in reversed(report.cannot_tell)}
    for check in sorted({*report.passed, *needs} - spoke):
        case = _case(check, "passed" if check not in needs else "cannot-tell")
        if check in needs:
            case.result = [Skipped(_xml(f"cannot tell: needs {show(Text(needs[check]))}"))]
        yield case
    for check, why in sorted(report.not_run.items()):
        if check not in spoke:
            case = _case(check, "not-run")
            case.result = [Skipped(_xml(f"not run: {show(Text(why))}"))]
            yield case
    for crash in report.crashed:
        case = _case(crash.check, "crashed")
        case.result = [Error(_xml(show(Text(crash.error))))]
        yield case


def _xml(text: str) -> str:
    return _NO_XML.sub(lambda m: f"\\u{ord(m[0]):04x}", text)
