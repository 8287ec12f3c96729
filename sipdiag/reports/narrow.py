"""A report about some of its transfers: those of one call or number, of a span of time, or one by its number."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.facts.call import Call
from sipdiag.facts.transfer import Transfer

if TYPE_CHECKING:
    from sipdiag.places import Frame
    from sipdiag.reports.report import Report
    from sipdiag.stages import Severity

_FEWEST_DIGITS = 3  # fewer would fit nearly every number


class NothingChosenError(ValueError):
    """No transfer or call is left, or a choice cannot be read."""


@dataclass(frozen=True, slots=True)
class Choice:
    """What the reader wants to hear of. `since` and `until` are seconds since the first message, clock times or ISO 8601."""

    transfer: int | None = None
    call: str | None = None
    number: str | None = None
    since: str | None = None
    until: str | None = None

    @property
    def everything(self) -> bool:
        return self == Choice()


def narrow(report: Report, choice: Choice) -> Report:
    """The report with the chosen transfers and calls, the findings about them, and those about configuration.

    Raises:
        NothingChosenError: nothing fits; the message says what there is.
    """
    if choice.everything:
        return report
    verdicts = list(report.verdicts)
    if choice.transfer is not None:
        if not 1 <= choice.transfer <= len(verdicts):
            raise NothingChosenError(f"there is no transfer {choice.transfer}; there are {len(verdicts)}")
        verdicts = [verdicts[choice.transfer - 1]]
    calls = [c for c in report.calls if _fits(c, report, choice)]
    kept = {id(c) for c in calls}
    whole = choice.call is None and choice.number is None and choice.since is None and choice.until is None
    if not whole:
        verdicts = [v for v in verdicts if id(v.transfer.call) in kept]
    if not verdicts and not calls:
        raise NothingChosenError(f"no call fits; there are {len(report.calls)}")
    if choice.transfer is not None:
        calls = [v.transfer.call for v in verdicts if v.transfer.call is not None]
    names = {v.transfer.id for v in verdicts}
    dropped = {v.transfer.id for v in report.verdicts} - names
    return replace(
        report,
        verdicts=tuple(verdicts),
        left_out=report.left_out + len(dropped),
        calls=tuple(calls),
        findings=tuple(
            replace(f, transfers=tuple(t for t in f.transfers if t in names))
            for f in report.findings
            if _about(f.transfers, f.found.subject, names, dropped, calls)
        ),
        cannot_tell=tuple(
            (check, needs, at, tuple(t for t in about if t in names))
            for check, needs, at, about in report.cannot_tell
            if not about or names & set(about)
        ),
        passed={k: tuple(t for t in v if t not in dropped) for k, v in report.passed.items()},
    )


def at_least(report: Report, severity: Severity) -> Report:
    """The report without the findings below a severity, which are counted. Errors are always told."""
    kept = tuple(f for f in report.findings if f.found.severity >= severity)
    verdicts = tuple(
        replace(
            v,
            findings=tuple(f for f in v.findings if f.severity >= severity),
        )
        for v in report.verdicts
    )
    left_out = len(report.findings) - len(kept)
    return replace(report, findings=kept, verdicts=verdicts, below=report.below + left_out)


def _about(
    transfers: Iterable[str], subject: object, names: set[str], dropped: set[str], calls: Iterable[Call]
) -> bool:
    about = set(transfers)
    if about:
        return bool(about & names) or not about & dropped
    if isinstance(subject, Transfer):
        return False
    return not isinstance(subject, Call) or any(subject is c for c in calls)


def _fits(call: Call, report: Report, choice: Choice) -> bool:
    if choice.call is not None and choice.call not in (call.id, call.id.removeprefix("c"), *call.call_ids):
        return False
    if choice.number is not None and not _has_number(call, choice.number):
        return False
    if choice.since is None and choice.until is None:
        return True
    clock = report.clocks.get(call.case)
    first, last = _span(call)
    if clock is None or first is None or last is None:
        return False  # without times nothing lies in a span
    since = seconds(choice.since, clock) if choice.since is not None else None
    until = seconds(choice.until, clock) if choice.until is not None else None
    return (since is None or last - clock >= since) and (until is None or first - clock <= until)


def _has_number(call: Call, number: str) -> bool:
    wanted = re.sub(r"\D", "", number)
    if len(wanted) < _FEWEST_DIGITS:
        raise NothingChosenError(f"{number!r} has fewer than {_FEWEST_DIGITS} digits")
    for leg in call.legs:
        message = leg.first.message
        texts = [message.from_, message.to]
        users = [n.uri.user for n in texts if n is not None and n.uri is not None and n.uri.user]
        if any(re.sub(r"\D", "", u).endswith(wanted) for u in users):
            return True
    return False


def _span(call: Call) -> tuple[float | None, float | None]:
    times = [f.time for f in _frames(call) if f.time is not None]
    return min(times, default=None), max(times, default=None)


def _frames(call: Call) -> Iterable[Frame]:
    for leg in call.legs:
        for hop in leg.hops:
            yield hop.frame


def seconds(text: str, clock: float) -> float:
    """A point in time as seconds since the case's first message.

    `clock` is that message's time in epoch seconds. `12.5` are seconds; `14:03:22` is a time of its day (UTC), of the
    next one where it lies before it; `2026-10-02T14:03:22Z` is a date and time, UTC where it has no zone.

    >>> seconds("00:00:10", 86_395.0), seconds("1970-01-02T00:00:10", 86_395.0), seconds("3", 5.0)
    (15.0, 15.0, 3.0)
    """
    try:
        return float(text)
    except ValueError:
        pass
    start = datetime.fromtimestamp(clock, UTC)
    clocked = re.fullmatch(r"(\d{1,2}):(\d{2})(?::(\d{2}(?:\.\d{1,6})?))?", text)
    if clocked is not None:
        day = start.replace(hour=0, minute=0, second=0, microsecond=0)
        at = day + timedelta(hours=int(clocked[1]), minutes=int(clocked[2]), seconds=float(clocked[3] or 0))
        return (at - start).total_seconds() + (86_400 if at < start - timedelta(seconds=1) else 0)
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise NothingChosenError(f"{text!r} is no time: give seconds, hh:mm:ss, or 2026-10-02T14:03:22Z") from None
    return ((moment if moment.tzinfo else moment.replace(tzinfo=UTC)) - start).total_seconds()
