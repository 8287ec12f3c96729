"""What a check, a cause, a code or a word means, and how to get an input: the text behind `sipdiag explain`."""

from __future__ import annotations

import difflib
import re
import textwrap
from functools import cache
from pathlib import Path

from sipdiag.checking.check import Check
from sipdiag.checking.discover import built_in, catalogue
from sipdiag.dataclass import dataclass
from sipdiag.platforms.pages import pages
from sipdiag.sip.codes import CodeMeaning, Place, meaning, q850

_WIDTH = 78  # columns of running text


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that can be explained. `group` is a family of checks, `words`, `codes`, or `collect`."""

    name: str
    group: str
    title: str


@cache
def glossary() -> dict[str, str]:
    """Each word with its paragraph, from glossary.md beside this file."""
    text = Path(__file__).with_name("glossary.md").read_text("utf-8")
    found = re.split(r"^## (.+)$", text, flags=re.MULTILINE)[1:]
    return {name.strip(): body.strip() for name, body in zip(found[::2], found[1::2], strict=True)}


@cache
def collect_topics() -> dict[str, str]:
    """How to get each kind of input, from the files of platforms/collect."""
    return {f"collect-{name}": text for name, text in pages().items()}


def topics() -> list[Topic]:
    """Everything that can be explained, checks first."""
    checks = catalogue()
    known = {k.id: k.family for k in built_in()}
    found = [Topic(i, known[i], checks[i][0].title) for i in sorted(checks, key=lambda i: (known[i], i))]
    found += [Topic(w, "words", body.partition(".")[0]) for w, body in sorted(glossary().items())]
    found += [Topic(n, "collect", _first_line(t)) for n, t in collect_topics().items()]
    return found


def listing(group: str | None = None) -> str | None:
    """The topics of a group, or of all, a line each within 80 columns; None where there is no such group."""
    chosen = [t for t in topics() if group in (None, t.group)]
    lines, last = [], ""
    for topic in chosen:
        if topic.group != last:
            last = topic.group
            lines += ["", last]
        lines.append(_row(topic))
    return "\n".join(lines[1:]) + "\n" if chosen else None


def _row(topic: Topic) -> str:
    row = f"  {topic.name:42} {topic.title}"
    return row if len(row) <= 80 else f"{row[:79].rstrip()}…"


def _first_line(text: str) -> str:
    return text.partition("\n")[0].lstrip("# ").strip()


def explain(name: str) -> str | None:
    """The text for a check, word, code or collect topic; None where the name is unknown."""
    wanted = name.strip().lower()
    if wanted in catalogue():
        return "\n".join(_check(c) for c in catalogue()[wanted])
    if wanted in glossary():
        return f"{wanted}\n\n{textwrap.fill(glossary()[wanted], _WIDTH)}\n"
    if wanted in collect_topics():
        return collect_topics()[wanted] + "\n"
    if re.fullmatch(r"[1-6]\d\d", wanted):
        return _code(int(wanted))
    if (found := re.fullmatch(r"q\.?850[-:]?(\d{1,3})", wanted)) is not None:
        cause = q850(int(found[1]))
        return f"Q.850 cause {int(found[1])}\n\n{textwrap.fill(cause, _WIDTH)}\n" if cause is not None else None
    return None


def nearest(name: str) -> list[str]:
    """Known names that begin as a mistyped one does, else those that look like it."""
    known = [*catalogue(), *glossary(), *collect_topics()]
    begun = [k for k in known if k.startswith(name.lower())]
    return begun[:3] or difflib.get_close_matches(name.lower(), known, n=3, cutoff=0.5)


def _check(check: Check) -> str:
    owner = check.owner.value if check.owner is not None else "varies"
    lines = [
        f"{check.id}  ({check.family})",
        "",
        _folded(check.doc),
        "",
        f"Stage: {check.stage.slug}   severity: {check.severity.slug}   usually for: {owner}",
    ]
    further = (
        ("Disproved by", check.refuted_by),
        ("Explains away", ", ".join(check.beats)),
        ("See", "; ".join(check.refs)),
    )
    for label, words in further:
        if words:
            lines += textwrap.wrap(f"{label}: {words}", _WIDTH, subsequent_indent="  ", break_on_hyphens=False)
    return "\n".join(lines) + "\n"


def _folded(text: str) -> str:
    """Paragraphs within the width of a terminal; examples, which are indented, as they stand."""
    blocks = re.split(r"\n{2,}", text)
    prose = (
        b if b.startswith(" ") else textwrap.fill(" ".join(b.split()), _WIDTH, break_on_hyphens=False) for b in blocks
    )
    return "\n\n".join(prose)


def _code(code: int) -> str:
    places: tuple[tuple[Place, str], ...] = (
        ("R", "As the answer to a REFER"),
        ("N", "In a sipfrag, or on the new call to the target"),
        ("X", "As the answer to a NOTIFY or BYE"),
    )
    parts = [f"{code}"]
    for place, words in places:
        found: CodeMeaning = meaning(code, place)
        parts_of = (found.meaning, f"usual cause: {found.usual_cause}" if found.usual_cause else "", found.to_do)
        body = "; ".join(x.strip(" .;") for x in parts_of if x)
        parts.append(f"{words}:\n{textwrap.fill(body, 76, initial_indent='  ', subsequent_indent='  ')}")
    return "\n\n".join(parts) + "\n"
