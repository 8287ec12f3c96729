"""The two or three messages that a finding compares, as excerpts in which what it speaks of is marked.

Only lines that matter are quoted: the first one, those that hold a value of the finding, and what a REFER asks for and a
NOTIFY reports. Texts are redacted and escaped here; a layout only places them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping

from sipdiag.checking.run import Found
from sipdiag.dataclass import dataclass
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.patterns import pattern
from sipdiag.places import Frame, Read
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.reports.words import place
from sipdiag.values import Address

_MESSAGES = 3
_LINES = 3  # of a message, beside its first
_ROWS = 3  # of a line that is longer than there is room
_SHORTEST = 3  # characters of a value that is looked for
_LONGEST = 4000  # characters of a message that are searched
_STATUS = pattern(r"SIP/2\.0 [1-6][0-9]{2}\b")  # the first line of a response, and of a sipfrag
_ALWAYS = pattern(r"(?:Refer-To|r|Warning|Reason|Unsupported)\s*:", re.IGNORECASE)
_ALLOW = pattern(r"Allow\s*:", re.IGNORECASE)
_NO_METHOD = pattern(r"SIP/2\.0 (?:405|501)\b")  # what is taken instead stands in Allow
_NEVER = pattern(r"(?:Via|v|Call-ID|i|Content-Length|l|CSeq)\s*:", re.IGNORECASE)  # every message has them


@dataclass(frozen=True, slots=True)
class Quoted:
    """One line of a message, and from where to where something in it is meant (columns from 0)."""

    text: str
    marks: tuple[tuple[int, int], ...] = ()

    @property
    def pieces(self) -> Iterator[tuple[str, bool]]:
        """The whole line in pieces, each with whether it is meant."""
        at = 0
        for start, end in self.marks:
            yield from ((self.text[at:start], False), (self.text[start:end], True))
            at = end
        yield self.text[at:], False

    def lines(self, width: int) -> Iterator[str]:
        """The line in rows of a width, as far as there is room for them, and carets under what is meant in each."""
        room = _ROWS * width
        start = 0
        if self.marks and self.marks[0][1] > room:
            start = min(max(0, self.marks[0][0] - 10), max(0, len(self.text) - room))
        shown = ("…" if start else "") + self.text[start + bool(start) : start + room]
        if start + room < len(self.text):
            shown = shown[:-1] + "…"
        under = [" "] * len(shown)
        for a, b in self.marks:
            for at in range(max(a - start, 0), min(b - start, len(shown))):
                under[at] = "^"
        for at in range(0, max(len(shown), 1), width):
            yield shown[at : at + width]
            if carets := "".join(under[at : at + width]).rstrip():
                yield carets


@dataclass(frozen=True, slots=True)
class Citation:
    """A message that proves a finding: its place and its telling lines."""

    at: str
    lines: tuple[Quoted, ...]


def citations(report: Report, transfer: Transfer, found: Found, show: Show) -> tuple[Citation, ...]:
    """The messages that a finding cites, the earliest first; nothing where it cites none that was seen."""
    cited = [w for w in (found.finding.at, *(b.at for b in found.finding.because)) if isinstance(w, Frame)]
    frames = sorted(dict.fromkeys(cited[:_MESSAGES]), key=lambda f: (f.input, f.number or 0, f.line or 0))
    wanted = set(frames)
    known = {hop.frame: hop for hop in _hops(transfer) if hop.frame in wanted}
    values: list[object] = [*found.finding.values.values()]
    for because in found.finding.because:
        values += because.values.values()
    needles = _needles(values, show)
    quoted = ((f, _quote(show.message(known[f].message.data, _LONGEST), needles)) for f in frames if f in known)
    return tuple(Citation(place(report, f, show), lines) for f, lines in quoted)


def _hops(t: Transfer) -> Iterator[Hop]:
    legs = (t.leg, *t.other_legs, t.consultation, *t.consultation_legs, *(x.leg for x in t.targets))
    for leg in legs:
        if leg is not None:
            yield from leg.hops


def _needles(values: Iterable[object], show: Show) -> tuple[tuple[str, bool], ...]:
    """What to mark: the texts of a finding's values that a message can hold, the longest first.

    With each, whether it is a code, which means something in a status line only. Who sent a message is no part of it.
    """
    found = set()
    for value in values:
        inner = value.value if isinstance(value, Read) else value
        if inner is None or isinstance(inner, Address | Mapping | bool | float):
            continue
        text = show(inner)
        if len(text) >= _SHORTEST:
            found.add((text, isinstance(inner, int)))
    return tuple(sorted(found, key=lambda n: (-len(n[0]), n)))


def _quote(message: str, needles: Iterable[tuple[str, bool]]) -> tuple[Quoted, ...]:
    words, all_words = [n for n, code in needles if not code], [n for n, _ in needles]
    quoted = [
        Quoted(line, _marks(line, all_words if _STATUS.match(line) else words))
        for line in message.split("\n")
        if line and not _NEVER.match(line)
    ]
    always = [_ALWAYS, _STATUS, *([_ALLOW] if _NO_METHOD.match(message) else [])]
    telling = [q for q in quoted[1:] if q.marks or any(a.match(q.text) for a in always)]
    return (*quoted[:1], *telling[:_LINES])


def _marks(line: str, needles: Iterable[str]) -> tuple[tuple[int, int], ...]:
    r"""Where a line holds one of the texts, whole words only, the first and longest of overlapping ones.

    >>> _marks("SIP/2.0 403 Forbidden", ["Forbidden", "403"]), _marks("CSeq: 1403 REFER", ["403"])
    (((8, 11), (12, 21)), ())
    """
    taken: list[tuple[int, int]] = []
    for needle in needles:
        for match in re.finditer(rf"(?<!\w){re.escape(needle)}(?!\w)", line):
            if all(match.end() <= a or match.start() >= b for a, b in taken):
                taken.append(match.span())
    return tuple(sorted(taken))
