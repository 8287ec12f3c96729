"""The ladder of one transfer or call for HTML: the drawing, its table twin, and as many messages as there is room for."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace

from markupsafe import Markup

from sipdiag.dataclass import dataclass
from sipdiag.reports import svg
from sipdiag.reports.report import Report
from sipdiag.reports.sequence import Arrow, Drawing
from sipdiag.reports.show import Show

_TRANSFER_METHODS = ("REFER", "NOTIFY")
_LONGEST = 4000  # characters of one message
_FEWEST_ARROWS = 40


@dataclass(frozen=True, slots=True)
class Row:
    """One message of the table twin. `text` is None where there was no room for it."""

    id: str
    frame: str
    time: str
    source: str
    target: str
    label: str
    severity: str
    check: str
    leg: int
    text: str | None


@dataclass(frozen=True, slots=True)
class Ladder:
    """A drawing with its twin. `untold` counts messages whose text is left out, `left_out` those left out whole."""

    id: str
    title: str
    svg: Markup
    rows: tuple[Row, ...]
    legs: int
    untold: int
    left_out: int
    alone: str  # the option that makes a report of it alone


def ladders(drawing: Drawing, report: Report, show: Show, name: str, title: str) -> Iterator[Ladder]:
    """The ladder of a drawing, each one smaller than the one before: with all messages, with those that matter, with
    none, with its first arrows only."""
    every: list[Callable[[Arrow], bool]] = [lambda _: True, matters, lambda a: bool(a.check), lambda _: False]
    for wanted in every:
        yield _ladder(drawing, report, show, name, title, wanted)
    if len(drawing.arrows) > _FEWEST_ARROWS:
        cut = len(drawing.arrows) - _FEWEST_ARROWS
        drawing = replace(drawing, arrows=drawing.arrows[:_FEWEST_ARROWS], left_out=drawing.left_out + cut)
        yield _ladder(drawing, report, show, name, title, lambda a: bool(a.check))


def matters(arrow: Arrow) -> bool:
    """Whether a message is one of the transfer itself, a refusal, or cited by a finding."""
    message = arrow.hop.message
    method = message.method or (message.cseq.method if message.cseq is not None else "")
    return bool(arrow.check) or method in _TRANSFER_METHODS or (message.status or 0) >= 300


def _ladder(
    drawing: Drawing, report: Report, show: Show, name: str, title: str, wanted: Callable[[Arrow], bool]
) -> Ladder:
    rows = tuple(_row(f"{name}-m{n}", a, drawing, report, show, wanted(a)) for n, a in enumerate(drawing.arrows, 1))
    labels = svg.Labels(name, title, svg.description(drawing, show))
    drawn = svg.inline(drawing, report, show, labels, lambda n: f"#{rows[n].id}")
    return Ladder(
        id=name,
        title=title,
        svg=Markup(drawn),  # noqa: S704 - an XML tree wrote it
        rows=rows,
        legs=len(drawing.legs),
        untold=sum(1 for r in rows if r.text is None),
        left_out=drawing.left_out,
        alone=f"--transfer {name[1:]}" if name.startswith("t") else f"--call {name[1:]}",
    )


def _row(name: str, arrow: Arrow, drawing: Drawing, report: Report, show: Show, told: bool) -> Row:
    time = report.time(arrow.frame, report.case_of(arrow.frame))
    number = arrow.frame.number if arrow.frame.number is not None else arrow.frame.line
    ends = [drawing.lanes[i] for i in (arrow.source, arrow.target)]
    source, target = (f"{lane.role} {show(lane.label)}".strip() for lane in ends)
    label = show(arrow.label) + (f" ×{arrow.copies + 1}" if arrow.copies else "")
    return Row(
        id=name,
        frame=str(number) if number is not None else "",
        time=f"{time:.3f}" if time is not None else "",
        source=source,
        target=target,
        label=label + (f" ({arrow.note})" if arrow.note else ""),
        severity=arrow.severity.slug if arrow.severity is not None else "",
        check=arrow.check,
        leg=arrow.leg,
        text=show.message(arrow.hop.message.data, _LONGEST) if told else None,
    )
