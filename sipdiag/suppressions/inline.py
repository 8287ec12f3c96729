"""Comments in documents that spare a line: `# sipdiag: ignore[ID] reason`, also `ignore[ID, ID] until 2027-01-31 reason`.

Behind a value it holds for its line, on a line of its own for the next line that is no comment. JSON has no comments,
and in captures and traces nothing is looked for: what stands there was written by others.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date

import yaml

from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.reports.report import Input
from sipdiag.suppressions.claim import Claim

_MARK = pattern(r"sipdiag:\s*ignore\b(?:\[([^\]]*)\])?[ \t]*(.*)")
_UNTIL = pattern(r"until[ =:]+(\S+?)[,;:]?(?:\s+|$)(.*)", re.DOTALL)
_STARTS = {"yaml": r"#", "ini": r"(?<!\\);+", "cfg": r"#|//", "xml": r"<!--"}
_XML_COMMENT = pattern(r"<!\[CDATA\[.*?\]\]>|<!--(.*?)-->", re.DOTALL)
_LONGEST = 200  # characters of a reason that are kept

Unknown = Callable[[str], str | None]


def claims_in(item: Input, unknown: Unknown) -> list[Claim]:
    """The claims that stand in a document's comments. `unknown` says what is wrong with a name, None for nothing."""
    if item.kind not in ("config", "record") or item.syntax not in _STARTS:
        return []
    if not item.excerpts.hold("sipdiag:"):
        return []
    comments = _in_xml(item.excerpts) if item.syntax == "xml" else _in_lines(item.excerpts, item.syntax)
    found = []
    for line, column, text in comments:
        mark = _MARK.match(" ".join(text.split()))
        if mark is not None:
            place = Place(item.id, line, column)
            found.append(
                _claim(mark, place, _meant(item.excerpts, item.syntax, line, column, text.count("\n")), unknown)
            )
    return found


def _claim(mark: re.Match[str], place: Place, line: int, unknown: Unknown) -> Claim:
    names = tuple(n.strip() for n in (mark[1] or "").split(",") if n.strip())
    rest, until, broken = mark[2].strip(), None, ""
    if (dated := _UNTIL.match(rest)) is not None:
        rest = dated[2].strip()
        try:
            until = date.fromisoformat(dated[1])
        except ValueError:
            broken = f"{dated[1]!r} is no date such as 2027-01-31"
    wrong = next((w for w in map(unknown, names) if w is not None), None)
    if not names:
        broken = "it names no check, as in ignore[ID]"
    elif wrong is not None:
        broken = wrong
    elif not rest and not broken:
        broken = "it gives no reason"
    return Claim("inline", names, rest[:_LONGEST], place, until, line=line, broken=broken)


def _in_lines(lines: Sequence[str], syntax: str) -> Iterator[tuple[int, int, str]]:
    """The last comment of each line that has one: its line, column and words."""
    start = re.compile(rf"(?:^|(?<=\s))(?:{_STARTS[syntax]})" if syntax != "ini" else _STARTS[syntax])
    quoted = _quoted(lines) if syntax == "yaml" else []
    for number, line in enumerate(lines, 1):
        if "sipdiag:" not in line:
            continue
        for found in start.finditer(line):
            if _MARK.match(line[found.end() :].strip()) and not _inside(quoted, number, found.start()):
                yield number, found.start() + 1, line[found.end() :]
                break


def _quoted(lines: Sequence[str]) -> list[tuple[tuple[int, int], tuple[int, int]]]:
    """Where YAML's scalars begin and end: a `#` in them is no comment."""
    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    spans = []
    try:
        for token in yaml.scan("\n".join(lines), Loader=loader):
            if isinstance(token, yaml.ScalarToken):
                start, end = token.start_mark, token.end_mark
                spans.append(((start.line + 1, start.column), (end.line + 1, end.column)))
    except yaml.YAMLError:
        return spans  # the reader took it, so what could be scanned is what matters
    return spans


def _inside(spans: Sequence[tuple[tuple[int, int], tuple[int, int]]], line: int, column: int) -> bool:
    return any(start <= (line, column) < end for start, end in spans)


def _in_xml(lines: Sequence[str]) -> Iterator[tuple[int, int, str]]:
    text = "\n".join(lines)
    for found in _XML_COMMENT.finditer(text):
        if found[1] is not None:
            start = found.start()
            yield text.count("\n", 0, start) + 1, start - text.rfind("\n", 0, start), found[1]


def _meant(lines: Sequence[str], syntax: str, line: int, column: int, more: int) -> int:
    """The line that a comment is about: its own, or the next that is neither empty nor a comment. It has `more` lines."""
    if lines[line - 1][: column - 1].strip():
        return line
    after = re.compile(rf"\s*(?:(?:{_STARTS[syntax]}).*)?$")
    if syntax == "xml":
        after = re.compile(r"\s*(?:<!--.*-->\s*)?$")
    return next((n for n in range(line + more + 1, len(lines) + 1) if not after.match(lines[n - 1])), line)
