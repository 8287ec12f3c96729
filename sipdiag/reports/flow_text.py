"""A ladder in a terminal: lanes side by side, one message a line, within the given width."""

from __future__ import annotations

import textwrap

from sipdiag.reports.report import Report
from sipdiag.reports.sequence import Arrow, Drawing
from sipdiag.reports.show import Show

_LEFT = 19  # columns for frame and time, with a space behind them
LINES = "│─▶◀"
_NARROWEST = 13  # of a lane; lanes that do not fit are stacked in further pages


def render(drawing: Drawing, report: Report, show: Show, width: int = 80, ascii_only: bool = False) -> str:
    """The drawing as lines of text. Retransmissions are folded into `xN`, cited messages carry the check's id."""
    if not drawing.arrows:
        return "no messages\n"
    lanes = len(drawing.lanes)
    step = max(_NARROWEST, min(24, (width - _LEFT - 8) // max(1, lanes - 1))) if lanes > 1 else 24
    centres = [_LEFT + 6 + i * step for i in range(lanes)]
    lines = [*_heads(drawing, show, centres, step, width)]
    for arrow in drawing.arrows:
        lines.append(_row(arrow, report, show, centres, ascii_only))
        if arrow.check:
            word = arrow.severity.slug if arrow.severity is not None else ""
            lines.append(" " * (_LEFT + 2) + f"^ {word}: {arrow.check}")
    if drawing.left_out:
        lines.append(f"… and {drawing.left_out} more messages")
    text = "\n".join(line.rstrip() for line in lines) + "\n"
    return text.replace("…", "~") if ascii_only else text


def _heads(drawing: Drawing, show: Show, centres: list[int], step: int, width: int) -> list[str]:
    edge = max(width, centres[-1] + 2)
    rows = []
    for texts in ([lane.role for lane in drawing.lanes], [show(lane.label) for lane in drawing.lanes]):
        row = ""
        for centre, text in zip(centres, texts, strict=True):
            text = text if len(text) < step else "…" + text[-(step - 2) :]
            start = max(len(row) + 1 if row else _LEFT, min(centre - len(text) // 2, edge - len(text)))
            row = row.ljust(start) + text
        rows.append(row)
    rows[-1] = "  frame      time  ".ljust(_LEFT) + rows[-1][_LEFT:]
    return [r for r in rows if r.strip()]


def _row(arrow: Arrow, report: Report, show: Show, centres: list[int], ascii_only: bool) -> str:
    number = arrow.frame.number if arrow.frame.number is not None else arrow.frame.line
    time = report.time(arrow.frame, report.case_of(arrow.frame))
    left = f"{number if number is not None else '':>7} {f'{time:.3f}' if time is not None else '':>9}"
    bar, dash, right, to_left = tuple("|-><" if ascii_only else LINES)
    cells = [" "] * (centres[-1] + 2)
    for centre in centres:
        cells[centre] = bar
    label = show(arrow.label) + (f" x{arrow.copies + 1}" if arrow.copies else "")
    if arrow.note:
        label += f" ({arrow.note})"
    start, end = sorted((centres[arrow.source], centres[arrow.target]))
    if start == end:
        return left.ljust(_LEFT) + "".join(cells)[_LEFT:] + f" {label} (to itself)"
    room = end - start - 1
    text = label if len(label) <= room - 4 else label[: max(1, room - 5)] + "…"
    body = f" {text} ".center(room, dash)
    body = body[:-1] + right if arrow.target > arrow.source else to_left + body[1:]
    cells[start + 1 : end] = body
    return left.ljust(_LEFT) + "".join(cells)[_LEFT:]


def why_joined(reasons: list[tuple[int, int, tuple[str, ...]]], doubts: list[tuple[int, int]], width: int) -> str:
    """A sentence for each two legs that were joined: why; and for each that several others would fit."""
    told = [f"leg {a} and leg {b}: {'; '.join(words)}" for a, b, words in reasons]
    told += [
        f"leg {n}: could be the other side of {'another leg' if others == 1 else f'{others} legs alike'}; joined to none"
        for n, others in doubts
    ]
    if not told:
        return "one leg; nothing was joined\n"
    return "".join(folded(line, width) + "\n" for line in told)


def folded(text: str, width: int) -> str:
    """A line that goes on further in where it is too long; what has no space is not broken."""
    return textwrap.fill(text, width, subsequent_indent="    ", break_long_words=False, break_on_hyphens=False)
