"""A ladder as SVG: lanes with their roles, one arrow a message, findings pinned under the arrow they cite.

The drawing is built as an XML tree, so that nothing of the input can be markup. In an HTML report the page's own style
sheet colours it; alone it carries `STYLE`. Colours never stand alone: an arrow that is cited has words under it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from xml.etree.ElementTree import Element, SubElement, tostring

from sipdiag.dataclass import dataclass
from sipdiag.reports.report import Report
from sipdiag.reports.sequence import Arrow, Drawing
from sipdiag.reports.show import Show

_WIDE = 640  # what the lanes share, as long as each gets at least the least and at most the most
_LEAST, _MOST = 190, 380  # from lane to lane
_NUMBER, _TIME, _LEG = 38, 94, 134  # where frame, time and leg end, as long as they are of usual length
_MARGIN = 10  # from there to the first lane, and more between the columns
_DIGIT = 6.3  # the width of one in the margin
_RIGHT = 88
_TOP = 62
_ROW = 30
_PINNED = 20  # more under an arrow that a finding cites
_GAP = 24  # more above a message that was long in coming
_LONG = 2.0  # seconds
_CHARACTER = 6.7  # the width of one in a label

STYLE = """
svg{background:#fff;font:12px system-ui,-apple-system,"Segoe UI",Roboto,sans-serif;color:#1b1d20}
text{fill:currentColor}.lane{stroke:#c9ccd1}.role{font-weight:600}.addr,.time text,.gap{fill:#5a6068;font-size:11px}
.arrow{stroke:currentColor;fill:currentColor}.error{color:#b3261e}.warning{color:#7a5200}.info{color:#1f5c99}
.pin{font-weight:600;font-size:11px;paint-order:stroke;stroke:#fff;stroke-width:4px}a{pointer-events:bounding-box}a:focus{outline:2px solid}
@media(prefers-color-scheme:dark){svg{background:#15171a;color:#e6e8ea}.lane{stroke:#4a4f56}.pin{stroke:#15171a}.addr,.time text,.gap{fill:#a5abb3}
.error{color:#ff9b91}.warning{color:#e8c070}.info{color:#8ec1f5}}
"""


@dataclass(frozen=True, slots=True)
class Labels:
    """The texts of a drawing that say what it is. `id` begins the ids in it, which are unique in a page."""

    id: str
    title: str
    description: str


def render(drawing: Drawing, report: Report, show: Show, labels: Labels) -> str:
    """A whole SVG file."""
    root = draw(drawing, report, show, labels)
    root.set("xmlns", "http://www.w3.org/2000/svg")
    style = Element("style")
    style.text = STYLE
    root.insert(0, style)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def inline(
    drawing: Drawing, report: Report, show: Show, labels: Labels, link: Callable[[int], str | None] = lambda _: None
) -> str:
    """An `svg` element for HTML. `link` gives the fragment that the n-th arrow leads to, if any."""
    return tostring(draw(drawing, report, show, labels, link), encoding="unicode")


def draw(
    drawing: Drawing, report: Report, show: Show, labels: Labels, link: Callable[[int], str | None] = lambda _: None
) -> Element:
    tops, columns = _tops(drawing, report), _columns(drawing, report)
    width = columns.left + _RIGHT + _step(drawing) * max(1, len(drawing.lanes) - 1)
    height = (tops[-1] + _PINNED if tops else _TOP) + 24
    root = Element(
        "svg",
        {
            "viewBox": f"0 0 {width} {height}", "width": str(width), "height": str(height), "role": "group", "text-anchor": "middle",
            "aria-labelledby": f"{labels.id}-t {labels.id}-d",
        },
    )  # fmt: skip
    SubElement(root, "title", {"id": f"{labels.id}-t"}).text = labels.title
    SubElement(root, "desc", {"id": f"{labels.id}-d"}).text = labels.description
    _lanes(root, drawing, show, height, columns.left)
    several = len(drawing.legs) > 1
    margin = SubElement(root, "g", {"class": "time", "text-anchor": "end"})
    before: float | None = None
    for n, (arrow, top) in enumerate(zip(drawing.arrows, tops, strict=True)):
        time = report.time(arrow.frame, report.case_of(arrow.frame))
        if before is not None and time is not None and time - before >= _LONG:
            _text(
                root,
                columns.left + _step(drawing) * max(1, len(drawing.lanes) - 1) // 2,
                top - _GAP - 2,
                f"{time - before:.1f} s later",
                "gap",
            )
        before = time if time is not None else before
        _text(margin, columns.number, top + 4, _number(arrow))
        _text(margin, columns.time, top + 4, _seconds(time))
        _text(margin, columns.leg, top + 4, f"leg {arrow.leg}" if several else "")
        _arrow(root, drawing, arrow, columns.left, top, show, link(n))
    if drawing.left_out:
        _text(root, 4, height - 8, f"and {drawing.left_out} more messages", "gap", "start")
    return root


def _step(drawing: Drawing) -> int:
    """From lane to lane."""
    return min(_MOST, max(_LEAST, _WIDE // max(1, len(drawing.lanes) - 1)))


@dataclass(frozen=True, slots=True)
class _Columns:
    """Where the columns of the margin end, and where the first lane stands."""

    number: int
    time: int
    leg: int
    left: int


def _columns(drawing: Drawing, report: Report) -> _Columns:
    """Wide enough for what stands in them: frames of large captures, messages that came years apart."""
    numbers = max((len(_number(a)) for a in drawing.arrows), default=0)
    times = max((len(_seconds(report.time(a.frame, report.case_of(a.frame)))) for a in drawing.arrows), default=0)
    number = max(_NUMBER, round(numbers * _DIGIT))
    time = number + max(_TIME - _NUMBER, round(times * _DIGIT) + _MARGIN)
    leg = time + _LEG - _TIME
    return _Columns(number, time, leg, leg + _MARGIN)


def _number(arrow: Arrow) -> str:
    number = arrow.frame.number if arrow.frame.number is not None else arrow.frame.line
    return str(number) if number is not None else ""


def _seconds(time: float | None) -> str:
    return f"{time:.3f} s" if time is not None else ""


def _tops(drawing: Drawing, report: Report) -> list[int]:
    """The height at which each arrow runs."""
    tops: list[int] = []
    at, before = _TOP, None
    for arrow in drawing.arrows:
        time = report.time(arrow.frame, report.case_of(arrow.frame))
        at += _ROW + (_GAP if before is not None and time is not None and time - before >= _LONG else 0)
        before = time if time is not None else before
        tops.append(at)
        at += _PINNED if arrow.check else 0
    return tops


def _lanes(root: Element, drawing: Drawing, show: Show, height: int, left: int) -> None:
    step = _step(drawing)
    for i, lane in enumerate(drawing.lanes):
        x = left + i * step
        SubElement(root, "path", {"d": f"M{x} {_TOP - 8}V{height - 6}", "class": "lane"})
        if lane.role:
            _text(root, x, 22, lane.role, "role")
        _text(root, x, 40, _cut(show(lane.label), step - 14), "addr" if lane.role else "role")


def _arrow(root: Element, drawing: Drawing, arrow: Arrow, left: int, y: int, show: Show, href: str | None) -> None:
    word = arrow.severity.slug if arrow.severity is not None else ""
    parent = SubElement(root, "a", {"href": href} if href else {}) if href else SubElement(root, "g")
    if word:
        parent.set("class", word)
    step = _step(drawing)
    x1, x2 = left + arrow.source * step, left + arrow.target * step
    label = show(arrow.label) + (f" ×{arrow.copies + 1}" if arrow.copies else "")
    if arrow.note:
        label += f" ({arrow.note})"
    if x1 == x2:
        path, middle, anchor, room = f"M{x1} {y - 6}h26v12h-24l8-4v8l-8-4", x1 + 34, "start", step - 40
    else:
        sign = 1 if x2 > x1 else -1
        path = f"M{x1} {y}H{x2 - sign}l{-9 * sign}-4v8l{9 * sign}-4"
        middle, anchor, room = (x1 + x2) // 2, "middle", abs(x2 - x1) - 24
    short = _cut(label, room)
    if short != label:
        SubElement(parent, "title").text = label
    fill = {"fill": "none", "stroke": "currentColor"} if x1 == x2 else {}
    SubElement(parent, "path", {"d": path, "class": "arrow", **fill})
    _text(parent, middle, y + 4 if x1 == x2 else y - 6, short, "", anchor)
    if arrow.check:
        _text(parent, middle, y + 17, f"▲ {word}: {arrow.check}", "pin", anchor)


def _text(parent: Element, x: int, y: int, text: str, style: str = "", anchor: str = "middle") -> None:
    if not text:
        return
    attributes = {"x": str(x), "y": str(y)}
    if style:
        attributes["class"] = style
    if anchor != "middle":
        attributes["text-anchor"] = anchor
    SubElement(parent, "text", attributes).text = text


def _cut(text: str, room: float) -> str:
    most = max(3, int(room / _CHARACTER))
    return text if len(text) <= most else text[: most - 1] + "…"


def description(drawing: Drawing, show: Show) -> str:
    """What a drawing shows, in words: for those who do not see it."""
    lanes: Sequence[str] = [f"{lane.role} {show(lane.label)}".strip() for lane in drawing.lanes]
    cited = [f"{a.check} at {show(a.frame)}" for a in drawing.arrows if a.check]
    legs = f" on {len(drawing.legs)} legs" if len(drawing.legs) > 1 else ""
    told = f" Findings: {'; '.join(dict.fromkeys(cited))}." if cited else ""
    return f"{len(drawing.arrows)} SIP messages{legs} between {', '.join(lanes)}; RTP is left out.{told}"
