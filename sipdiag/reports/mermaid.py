"""A ladder as a Mermaid sequence diagram, as GitHub, GitLab and many wikis draw it."""

from __future__ import annotations

import re

from sipdiag.reports.report import Report
from sipdiag.reports.sequence import Drawing
from sipdiag.reports.show import Show

_WORD = re.compile(r"[^A-Za-z0-9 .,/=_+@()-]")
# Words of the diagram's own language; one character written as its code is enough.
_KEYWORD = re.compile(r"\b(end|note|loop|alt|opt|par|rect|critical|break|box|as|title|wrap|nowrap)\b", re.IGNORECASE)


def text_of(text: str) -> str:
    """A text as Mermaid takes it: every other character by its code (Mermaid's `#35;`).

    >>> text_of("a;b <end>")
    'a#59;b #60;#101;nd#62;'
    """
    coded = _WORD.sub(lambda m: f"#{ord(m[0])};", text)
    return _KEYWORD.sub(lambda m: f"#{ord(m[0][0])};{m[0][1:]}", coded)


def render(drawing: Drawing, report: Report, show: Show, title: str = "") -> str:
    """The diagram: participants from left to right, one arrow a message, findings as notes."""
    lines = ["sequenceDiagram"]
    if title:
        lines.append(f"    title {text_of(title)}")
    for n, lane in enumerate(drawing.lanes):
        label = show(lane.label)
        lines.append(f"    participant p{n} as {text_of(f'{lane.role} {label}' if lane.role else label)}")
    for arrow in drawing.arrows:
        time = report.time(arrow.frame, report.case_of(arrow.frame))
        label = show(arrow.label) + (f" x{arrow.copies + 1}" if arrow.copies else "")
        label += f" ({arrow.note})" if arrow.note else ""
        where = ", ".join(p for p in (show(arrow.frame), f"{time:.3f} s" if time is not None else "") if p)
        shaft = "-->>" if arrow.hop.message.is_response else "->>"
        lines.append(f"    p{arrow.source}{shaft}p{arrow.target}: {text_of(f'{label} - {where}')}")
        if arrow.check and arrow.severity is not None:
            first, last = sorted((arrow.source, arrow.target))
            over = f"p{first},p{last}" if first != last else f"p{first}"
            lines.append(f"    Note over {over}: {text_of(f'{arrow.severity.slug}: {arrow.check}')}")
    if drawing.left_out:
        lines.append(f"    Note over p0: and {drawing.left_out} more messages")
    return "\n".join(lines) + "\n"
