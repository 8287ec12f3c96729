"""Lay a report out as one HTML file that stays small, also with many calls."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined, Template
from markupsafe import Markup

from sipdiag import __version__
from sipdiag.reports.headline import headline
from sipdiag.reports.html.ladder import ladders
from sipdiag.reports.html.phrase import Phrased
from sipdiag.reports.markdown import ticket
from sipdiag.reports.page import Part, not_run_by_reason, part_of, statement, undecided_by_need
from sipdiag.reports.redacted import about_hashes, told
from sipdiag.reports.report import Report, Reported, transfers_of
from sipdiag.reports.sequence import Drawing, of_call, of_transfer
from sipdiag.reports.show import Show
from sipdiag.reports.words import file_name, left_out, nothing_seen
from sipdiag.stages import Severity
from sipdiag.values import Text

LARGEST = 290_000  # bytes; what does not fit is left out, and the page says so
_MOST_PARTS = 60
# Bytes of a ladder with its messages, and of one without: where there is no room for all, the first ones are whole.
_WHOLE, _BARE = 9_000, 4_000
_FIRST = 3
_MOST_ROWS = 500
_CALLS_WITHOUT_TRANSFER = 3


def render(report: Report, show: Show, redaction: str = "off") -> str:
    """The whole file."""
    verdicts = transfers_of(report)
    say = Phrased(show)
    parts = [part_of(report, v, show, say) for v in verdicts[:_MOST_PARTS]]
    context = _context(report, parts, show, say, redaction)
    cards = {p.id: _template("transfer.html").render(part=p, total=report.transfers_total) for p in parts}
    page = _template("report.html")
    nothing = dict.fromkeys(cards, "")
    empty = page.render(**context, cards=cards, sides=nothing, ladders=nothing, calls=())
    room = _Room(LARGEST - len(empty.encode()))
    sides = {p.id: room.piece(_template("sides.html").render(part=p)) for p in parts}
    drawn = {}
    for part in sorted(parts, key=lambda p: not p.failed):
        if part.verdict.transfer.leg is not None:
            left = sum(1 for p in parts if p.id not in drawn)
            title = f"Messages of transfer {part.id}"
            drawn[part.id] = room.ladder(of_transfer(part.verdict), report, show, part.id, title, left)
    calls = []
    if not report.verdicts:
        for call in report.calls[:_CALLS_WITHOUT_TRANSFER]:
            calls.append(room.ladder(of_call(call), report, show, call.id, f"Messages of call {call.id}", 1))
    return page.render(**context, cards=cards, sides=sides, ladders=drawn, calls=calls)


class _Room:
    """The bytes that are left for what was compared, for ladders and for messages."""

    def __init__(self, left: int) -> None:
        self._left, self._drawn = left, 0

    def piece(self, text: str) -> Markup:
        """A piece that a template with autoescape wrote, where half of the room holds it; else nothing."""
        size = len(text.encode())
        if size > self._left // 2:
            return Markup()
        self._left -= size
        return Markup(text)  # noqa: S704 - see above

    def ladder(self, drawing: Drawing, report: Report, show: Show, name: str, title: str, sharers: int) -> Markup:
        """The largest form of a ladder that fits its share; empty where none does."""
        self._drawn += 1
        share = min(self._left, max(self._left // max(1, sharers), _WHOLE if self._drawn <= _FIRST else _BARE))
        for ladder in ladders(drawing, report, show, name, title):
            text = _template("ladder.html").render(ladder=ladder)
            size = len(text.encode())
            if size <= share:
                self._left -= size
                return Markup(text)  # noqa: S704 - a template with autoescape wrote it
        return Markup()


def _context(report: Report, parts: list[Part], show: Show, say: Phrased, redaction: str) -> dict[str, object]:
    css, js = _file("report.css"), _file("report.js")
    return {
        "version": __version__,
        "css": Markup(css), "js": Markup(js),  # noqa: S704 - our own files
        "policy": (
            f"default-src 'none'; img-src data:; style-src 'sha256-{_hash(css)}'; script-src 'sha256-{_hash(js)}'; "
            "base-uri 'none'; form-action 'none'"
        ),
        "report": report, "parts": parts, "headline": headline(report), "total": len(report.verdicts),
        "more_parts": max(0, len(report.verdicts) - len(parts)),
        "rules_only": report.command == "lint",
        "closed": any(i.unread for i in report.inputs),
        "seen": nothing_seen(report),
        "redaction": redaction, "banner": told(redaction),
        "findings": [statement(report, r.found, show, say, r) for r in _worst_first(report)[:_MOST_ROWS]],
        "more_findings": max(0, len(report.findings) - _MOST_ROWS),
        "errors": report.counted(Severity.ERROR), "warnings": report.counted(Severity.WARNING),
        "not_run": not_run_by_reason(report),
        "undecided": [(c, show(Text(needs)), about) for c, needs, about in undecided_by_need(report)],
        "crashed": [(c.check, show(Text(c.error))) for c in report.crashed],
        "inputs": [
            {"name": show(Text(file_name(i.path))), "item": i, "problems": [show(Text(p)) for p in i.problems]}
            for i in report.inputs[:_MOST_ROWS]
        ],
        "unhashed": about_hashes(redaction, (i.sha256 for i in report.inputs)),
        "more_inputs": max(0, len(report.inputs) - _MOST_ROWS),
        "cases": len({i.case for i in report.inputs}),
        "left_out": left_out(report),
        "notes": [show(Text(n)) for n in report.notes],
        "ticket": ticket(report, show, redaction),
    }  # fmt: skip


def _worst_first(report: Report) -> list[Reported]:
    return sorted(report.findings, key=lambda r: -r.found.severity)


@cache
def _file(name: str) -> str:
    return Path(__file__).with_name(name).read_text("utf-8")


def _hash(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()


@cache
def _environment() -> Environment:
    return Environment(
        loader=PackageLoader("sipdiag.reports", "html"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> Template:
    return _environment().get_template(name)
