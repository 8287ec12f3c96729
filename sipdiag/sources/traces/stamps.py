"""When a line was written, as its log tells it: with date and year, without year, by time of day, or as a step."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import date

from sipdiag.dataclass import dataclass
from sipdiag.sources.months import MONTHS

DAY = 86_400.0
_NAMES = "|".join(MONTHS)
_CLOCK = r"(?P<h>\d{1,2}):(?P<m>\d{2}):(?P<s>\d{2})(?:[.,:](?P<f>\d{1,9}))?(?!\d)(?: ?(?P<noon>[AaPp][Mm])\b)?"
_ZONE = r"(?: ?(?P<zone>Z\b|(?:UTC|GMT)?[+-]\d{2}:?\d{2}(?!\d)|UTC\b|GMT\b))?"
_FORMS = tuple(
    re.compile(form)
    for form in (
        rf"(?<!\d)(?P<y>\d{{4}})[-/.](?P<mo>\d{{1,2}})[-/.](?P<d>\d{{1,2}})[T ,\t]{{1,3}}{_CLOCK}{_ZONE}",
        rf"\b(?P<name>{_NAMES})[a-z]{{0,6}}\.? {{1,2}}(?P<d>\d{{1,2}}),?(?: (?P<y>\d{{4}}),?)? {_CLOCK}{_ZONE}"
        r"(?: (?P<y2>\d{4})(?!\d))?",
        rf"(?<!\d)(?P<d>\d{{1,2}})[ /-](?P<name>{_NAMES})[a-z]{{0,6}}[ /-](?P<y>\d{{4}})[ :,]{{1,2}}{_CLOCK}{_ZONE}",
        rf"(?<!\d)(?P<y>\d{{4}})-(?P<name>{_NAMES})-(?P<d>\d{{1,2}}) {_CLOCK}{_ZONE}",
        rf"(?<!\d)(?P<d>\d{{1,2}})[/.](?P<mo>\d{{1,2}})[/.](?P<y>\d{{4}}),? {_CLOCK}{_ZONE}",
        rf"(?<!\d)(?P<d>\d{{1,2}})-(?P<mo>\d{{1,2}})@{_CLOCK}",
        rf"(?<![\d-])(?P<mo>\d{{2}})-(?P<d>\d{{2}}) {_CLOCK}",
        r"(?<!\d)(?P<mo>\d{2})(?P<d>\d{2})(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})(?:\.(?P<f>\d{1,9}))?(?=\|)",
        # of a Polycom phone: minutes with the year, and hours, minutes and seconds since it was started
        r"(?<!\d)(?P<yy>\d{2})(?P<mo>\d{2})(?P<d>\d{2})(?P<h>\d{2})(?P<m>\d{2})(?=\|)",
        r"(?<!\d)(?P<h>\d{2})(?P<m>\d{2})(?P<s>\d{2})\.(?P<f>\d{3})(?=\|)",
        rf"(?<![\d:.]){_CLOCK}",
        r"(?<![\d.])(?P<epoch>1\d{9}\.\d{3,9})(?!\d)",
    )
)
_MAYBE = re.compile(r"\d:\d\d:\d\d|\d{10}[.|]|\d{6}\.\d{3}\|")
# Only the beginning of a log line tells when it was written; further on stand times that the line speaks about.
_BEGINNING = 96


@dataclass(frozen=True, slots=True)
class Stamp:
    """A moment, or as much of it as a line tells.

    `day` is the proleptic ordinal of the date. Without a year it is that of the date in a year made up (see `dated`).
    `seconds` count from midnight, already moved to UTC where the line names its zone, and may then leave 0..86400.
    A stamp with `step` tells only how long after the line before it this one was written.
    """

    seconds: float = 0.0
    day: int | None = None
    has_year: bool = False
    step: float | None = None


_LEAP_YEAR = 2000  # a year with a 29 February, for dates that are written without one


def read_stamp(text: str) -> Stamp | None:
    """The first moment in a text that tells most: with year before without, with date before time of day alone.

    >>> read_stamp("[May 14 10:22:31] VERBOSE[1]").seconds
    37351.0
    """
    for form in _FORMS:
        match = form.search(text)
        if match is not None:
            stamp = _stamp(match.groupdict())
            if stamp is not None:
                return stamp
    return None


def line_stamp(text: str) -> Stamp | None:
    """When a log line was written, told at its beginning; None where it does not tell."""
    beginning = text[:_BEGINNING]
    return read_stamp(beginning) if _MAYBE.search(beginning) else None


def _stamp(told: dict[str, str | None]) -> Stamp | None:
    epoch = told.get("epoch")
    if epoch is not None:
        days, seconds = divmod(float(epoch), DAY)
        return Stamp(seconds, date(1970, 1, 1).toordinal() + int(days), has_year=True)
    hour, minute, second = (int(told.get(key) or 0) for key in "hms")
    noon = (told.get("noon") or "").lower()
    if noon:
        hour = hour % 12 + (12 if noon == "pm" else 0)
    if hour > 23 or minute > 59 or second > 60:
        return None
    fraction = told.get("f")
    seconds = hour * 3600 + minute * 60 + second + (int(fraction) / 10 ** len(fraction) if fraction else 0.0)
    month = MONTHS.index(name) + 1 if (name := told.get("name")) else int(told.get("mo") or 0)
    if not month:
        return Stamp(seconds)
    year = told.get("y") or told.get("y2") or (f"20{yy}" if (yy := told.get("yy")) else None)
    try:
        day = date(int(year) if year else _LEAP_YEAR, month, int(told.get("d") or 0)).toordinal()
    except ValueError:
        return None
    return Stamp(seconds - _offset(told.get("zone")), day, has_year=year is not None)


def _offset(zone: str | None) -> float:
    digits = re.search(r"([+-])(\d{2}):?(\d{2})$", zone or "")
    if digits is None:
        return 0.0
    offset = int(digits[2]) * 3600 + int(digits[3]) * 60
    return float(-offset if digits[1] == "-" else offset)


def dated(stamps: Sequence[Stamp | None]) -> list[float | None]:
    """The times of a whole log, in its order, in seconds.

    They count from the epoch where any line tells the year, else from the midnight before the first line. What tells
    less than its neighbours is put on the day nearest to them. A time of day that falls back by more than half a day
    has passed midnight. Steps are added up from zero where no line tells a clock, and else tell nothing.
    """
    told = [stamp for stamp in stamps if stamp is not None and stamp.step is None]
    if not told:
        return _added_up(stamps)
    if any(stamp.has_year for stamp in told):
        return _anchored(stamps, [_epoch(stamp) if stamp and stamp.has_year else None for stamp in stamps])
    if any(stamp.day is not None for stamp in told):
        return _anchored(stamps, list(_within_years(stamps)))
    return list(_over_midnight(stamps))


def _epoch(stamp: Stamp) -> float:
    return ((stamp.day or 0) - date(1970, 1, 1).toordinal()) * DAY + stamp.seconds


def _added_up(stamps: Iterable[Stamp | None]) -> list[float | None]:
    total = 0.0
    times: list[float | None] = []
    for stamp in stamps:
        if stamp is not None:
            total += stamp.step or 0.0
        times.append(None if stamp is None else round(total, 6))
    return times


def _within_years(stamps: Sequence[Stamp | None]) -> Iterable[float | None]:
    """Dates without a year, counted from the first; a date that falls back by half a year is of the next one."""
    first = next(stamp.day for stamp in stamps if stamp is not None and stamp.day is not None)
    years, last = 0, first
    for stamp in stamps:
        if stamp is None or stamp.day is None:
            yield None
            continue
        if stamp.day < last - 180:
            years += 1
        elif stamp.day > last + 180 and years:
            years -= 1
        last = stamp.day
        yield (stamp.day - first + years * 366) * DAY + stamp.seconds


def _over_midnight(stamps: Iterable[Stamp | None]) -> Iterable[float | None]:
    days, last = 0.0, None
    for stamp in stamps:
        if stamp is None or stamp.step is not None:
            yield None
            continue
        if last is not None:
            if stamp.seconds < last - DAY / 2:
                days += DAY
            elif days and stamp.seconds > last + DAY * 0.9:  # one line of yesterday, written late
                days -= DAY
        last = stamp.seconds
        yield days + stamp.seconds


def _anchored(stamps: Sequence[Stamp | None], times: list[float | None]) -> list[float | None]:
    """Put what is still without a time on the day that brings it nearest to the line before it, or else after it."""
    anchor = next(time for time in times if time is not None)
    for index, stamp in enumerate(stamps):
        time = times[index]
        if time is not None:
            anchor = time
        elif stamp is not None and stamp.step is None:
            if stamp.day is not None:  # a date without a year among dates with one
                this_year = date.fromordinal(date(1970, 1, 1).toordinal() + int(anchor // DAY)).year
                near = (
                    _epoch(Stamp(stamp.seconds, _in_year(stamp.day, year)))
                    for year in range(this_year - 1, this_year + 2)
                )
            else:
                midnight = anchor // DAY * DAY
                near = (midnight + day * DAY + stamp.seconds for day in (-1, 0, 1))
            anchor = times[index] = min(near, key=lambda candidate: abs(candidate - anchor))
    return times


def _in_year(day: int, year: int) -> int:
    written = date.fromordinal(day)
    try:
        return written.replace(year=year).toordinal()
    except ValueError:  # 29 February
        return date(year, 3, 1).toordinal()
