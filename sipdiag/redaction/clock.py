"""Times moved by a number of seconds that nobody knows: order and distance stay, days and times of day are gone."""

from __future__ import annotations

import hmac
import re
from datetime import datetime, timedelta

from sipdiag.patterns import pattern
from sipdiag.sources.months import MONTHS

_MOST = 400 * 86_400  # seconds
_NAME = rf"(?P<name>{'|'.join(MONTHS)})[a-z]{{0,6}}"
_CLOCK = r"(?P<h>\d\d):(?P<m>\d\d)(?::(?P<s>\d\d))?(?:[.,:]\d{1,9})?(?:Z|[+-]\d\d:?\d\d)?"
_FORMS = tuple(
    pattern(form)
    for form in (
        rf"(?P<y>\d{{4}})[-/.](?P<mo>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?:[T ,\t]{{1,3}}{_CLOCK})?",
        rf"(?P<d>\d{{1,2}})[/.](?P<mo>\d{{1,2}})[/.](?P<y>\d{{4}})(?:,? {_CLOCK})?",
        rf"(?P<mo>\d\d)-(?P<d>\d\d)[T ]{_CLOCK}",
        rf"{_NAME}[ ](?P<d>[ \d]?\d)(?:,? (?P<y>\d{{4}}))?(?: {_CLOCK})?",
        rf"(?P<d>[ \d]?\d)[ /-]{_NAME}(?:[ /-](?P<y>\d{{4}}))?(?:[ :]{_CLOCK})?",
        r"(?P<mo>\d\d)(?P<d>\d\d)(?P<h>\d\d)(?P<m>\d\d)(?P<s>\d\d)(?:\.\d{1,6})?",
        _CLOCK,
    )
)
_EPOCH = pattern(r"(?P<seconds>1[4-9]\d{8})(?P<rest>\d{3}|\d{6})?(?P<fraction>\.\d{1,9})?")
_LEAP_YEAR = 2000  # for dates without a year


def shift_of(key: bytes) -> int:
    """By how many seconds the times of a case are moved; never by nothing, nor by whole days."""
    drawn = int.from_bytes(hmac.digest(key, b"clock", "sha256")[:8], "big") % _MOST
    return drawn + 3600 if drawn % 86_400 else drawn + 7200


def moved(text: str, seconds: int) -> str:
    """A moment in any of the forms of logs and records, later by so many seconds, as long as it was.

    What cannot be read as a moment stays. A date whose form has no room for the new one keeps its day: its time of day
    alone is moved.

    >>> moved("2026-05-14T23:00:00.123Z", 7200), moved("May  9 10:00:00", 86_400), moved("23:59:59", 2)
    ('2026-05-15T01:00:00.123Z', 'May 10 10:00:00', '00:00:01')
    >>> moved("1790600000.25", 100), moved("1790600000123", 1)
    ('1790600100.25', '1790600001123')
    """
    epoch = _EPOCH.fullmatch(text)
    if epoch is not None:
        later = str(int(epoch["seconds"]) + seconds)
        return later + text[10:] if len(later) == 10 else text
    for form in _FORMS:
        found = form.fullmatch(text)
        if found is not None and (when := _read(found)) is not None:
            return _written(found, when + timedelta(seconds=seconds))
    return text


def _read(found: re.Match[str]) -> datetime | None:
    told = found.groupdict()
    month = MONTHS.index(name) + 1 if (name := told.get("name")) else int(told.get("mo") or 1)
    try:
        return datetime(
            int(told.get("y") or _LEAP_YEAR), month, int(told.get("d") or 1),
            int(told.get("h") or 0), int(told.get("m") or 0), min(59, int(told.get("s") or 0)),
        )  # fmt: skip
    except ValueError:
        return None


def _written(found: re.Match[str], when: datetime) -> str:
    text = found[0]
    new = {
        "y": when.year, "mo": when.month, "d": when.day, "h": when.hour, "m": when.minute, "s": when.second,
        "name": MONTHS[when.month - 1],
    }  # fmt: skip
    fields = [(found.span(k), k, str(v)) for k, v in new.items() if found.groupdict().get(k) is not None]
    fits = all(end - begin >= len(written) for (begin, end), _, written in fields)
    for (begin, end), name, written in fields:
        if fits or name in "hms":
            fill = " " if text[begin] == " " or (name == "d" and text[begin - 1 : begin + 1] == "  ") else "0"
            text = text[:begin] + written.rjust(end - begin, fill) + text[end:]
    return text
