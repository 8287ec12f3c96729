"""`sipdiag flow`: choose a transfer or call, and draw it."""

from __future__ import annotations

from sipdiag.facts.call import Call
from sipdiag.facts.streams import named_legs
from sipdiag.reports import flow_csv, flow_text, mermaid, svg
from sipdiag.reports.report import Report
from sipdiag.reports.sequence import Drawing, of_call, of_transfer
from sipdiag.reports.show import Show
from sipdiag.reports.words import summary
from sipdiag.values import Token
from sipdiag.verdict import Verdict

LINES = flow_text.LINES  # what a terminal has to have, or the ladder is drawn in ASCII
ONE_DRAWING = ("svg", "mermaid")  # formats that hold one drawing


class NothingToDrawError(ValueError):
    """There is no such transfer or call in the inputs."""


def choose(
    report: Report, transfer: int | None = None, call: str | None = None
) -> list[tuple[str, Drawing, Verdict | Call]]:
    """What is to be drawn, with a title each: one transfer, one call, else all transfers, else all calls."""
    verdicts = list(report.verdicts)
    if transfer is not None:
        if not 1 <= transfer <= len(verdicts):
            raise NothingToDrawError(f"there is no transfer {transfer}; there are {len(verdicts)}")
        verdicts = [verdicts[transfer - 1]]
    elif call is not None:
        chosen = [c for c in report.calls if call in (c.id, c.id.removeprefix("c"), *c.call_ids)]
        if not chosen:
            raise NothingToDrawError(f"there is no call {call!r}; there are {len(report.calls)}")
        return [(f"call {c.id}", of_call(c), c) for c in chosen]
    drawn: list[tuple[str, Drawing, Verdict | Call]] = [
        (f"transfer {v.transfer.id}", of_transfer(v), v) for v in verdicts if v.transfer.leg is not None
    ]
    if not drawn:
        drawn = [(f"call {c.id}", of_call(c), c) for c in report.calls[:20]]
    if not drawn:
        raise NothingToDrawError("there is no call in these inputs")
    return drawn


def render(
    form: str,
    report: Report,
    show: Show,
    chosen: list[tuple[str, Drawing, Verdict | Call]],
    width: int = 80,
    why: bool = False,
    ascii_only: bool = False,
) -> str:
    """What was chosen as text, svg, mermaid or csv; of several, svg and mermaid draw the first."""
    title, drawing, subject = chosen[0]
    if form == "csv":
        return flow_csv.render(((t, d) for t, d, _ in chosen), report, show)
    if form == "text":
        return as_text(report, show, chosen, width, why, ascii_only)
    head = f"{title}: {summary(subject, show)}" if isinstance(subject, Verdict) else title
    if form == "mermaid":
        return mermaid.render(drawing, report, show, head)
    return svg.render(drawing, report, show, svg.Labels("ladder", head, svg.description(drawing, show)))


def as_text(
    report: Report,
    show: Show,
    chosen: list[tuple[str, Drawing, Verdict | Call]],
    width: int,
    why: bool,
    ascii_only: bool = False,
) -> str:
    parts = []
    for title, drawing, subject in chosen:
        head = f"{title}: {summary(subject, show)}" if isinstance(subject, Verdict) else title
        names = (
            {id(leg): f" ({name})" for leg, name in named_legs(subject.transfer)}
            if isinstance(subject, Verdict)
            else {}
        )
        told = ((n, names.get(id(leg), ""), show(Token(leg.call_id))) for n, leg in enumerate(drawing.legs, 1))
        legs = "".join(f"  leg {n}{name}: {call_id}\n" for n, name, call_id in told)
        parts.append(
            f"{flow_text.folded(head, width)}\n{legs}\n{flow_text.render(drawing, report, show, width, ascii_only)}"
        )
        if why:
            parts[-1] += "\n" + flow_text.why_joined(reasons(drawing, subject), doubts(drawing, subject), width)
    return "\n".join(parts)


def doubts(drawing: Drawing, subject: Verdict | Call) -> list[tuple[int, int]]:
    """The legs of a drawing that could be the other side of others, and of how many; they were joined to none."""
    number = {id(leg): n for n, leg in enumerate(drawing.legs, 1)}
    call = subject.transfer.call if isinstance(subject, Verdict) else subject
    told = call.doubts if call is not None else ()
    return [(number[id(d.leg)], len(d.others)) for d in told if id(d.leg) in number]


def reasons(drawing: Drawing, subject: Verdict | Call) -> list[tuple[int, int, tuple[str, ...]]]:
    """Why the legs of a drawing belong together, as pairs of leg numbers with the signals."""
    number = {id(leg): n for n, leg in enumerate(drawing.legs, 1)}
    call = subject.transfer.call if isinstance(subject, Verdict) else subject
    found = [
        (number[id(j.first)], number[id(j.second)], j.signals)
        for j in (call.joins if call is not None else ())
        if id(j.first) in number and id(j.second) in number
    ]
    if isinstance(subject, Verdict):
        t = subject.transfer
        home = number.get(id(t.leg), 1)
        found += [(home, number[id(x.leg)], x.signals) for x in t.targets if id(x.leg) in number]
        if t.consultation is not None:
            found.append(
                (
                    home,
                    number[id(t.consultation)],
                    ("the consultation call that Replaces names, or the transferor's own",),
                )
            )
    return found
