"""Settings as typed values, from a file that was found or named."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from datetime import date
from pathlib import Path

from pathspec import GitIgnoreSpec

from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.reports.report import Input
from sipdiag.settings.find import PROJECT
from sipdiag.settings.settings import ForPaths, Matches, Settings
from sipdiag.settings.shape import problems
from sipdiag.sources.documents import DocumentError
from sipdiag.sources.documents.decode import decode
from sipdiag.sources.documents.read_toml import read_toml
from sipdiag.suppressions.claim import Claim

INPUT = "settings"
MOST_BYTES = 1 << 20


class SettingsError(Exception):
    """A settings file that cannot be used: one line for each reason, `file:line:column: why`."""

    def __init__(self, lines: Sequence[str]) -> None:
        super().__init__("\n".join(lines))
        self.lines = tuple(lines)


def read_settings(file: Path, shown: str | None = None) -> Settings:
    """Read and check a file; `shown` is its name in messages.

    Raises:
        SettingsError: it cannot be read, is no TOML, or has an unknown key, name or value.
    """
    shown = shown or str(file)
    try:
        with file.open("rb") as opened:
            data = opened.read(MOST_BYTES + 1)
    except OSError as error:
        raise SettingsError([f"{shown}: {(error.strerror or str(error)).lower()}"]) from None
    if len(data) > MOST_BYTES:
        raise SettingsError([f"{shown}: larger than 1 MiB, which is too large for settings"])
    try:
        root = read_toml(decode(data), INPUT)
    except DocumentError as error:
        raise SettingsError([f"{shown}:{error.line or 1}:{error.column or 1}: {error}"]) from None
    if file.name == PROJECT:
        root = root.get("tool", "sipdiag") or Node({}, Place(INPUT, 1, 1))
    wrong = sorted(problems(root, key="[tool.sipdiag]"), key=lambda p: (p[0].line or 0, p[0].column or 0))
    if wrong:
        raise SettingsError([f"{shown}:{at.line}:{at.column}: {words}" for at, words in wrong[:20]])
    source = Input(INPUT, "", shown, INPUT, "toml", hashlib.sha256(data).hexdigest())
    return _settings(root, file.resolve().parent, source)


def _settings(root: Node, folder: Path, source: Input) -> Settings:
    baseline, patterns = _text(root, "baseline"), _texts(root, "exclude")
    paths = list(root.get("paths") or ())
    return Settings(
        file=source,
        select=_texts(root, "select"),
        ignore=_texts(root, "ignore"),
        expect=_text(root, "expect"),
        fail_on=_text(root, "fail-on"),
        min_severity=_text(root, "min-severity"),
        baseline=folder / baseline if baseline else None,
        agent=_text(root, "agent"),
        platform=_text(root, "platform"),
        profiles=tuple(folder / p for p in _texts(root, "profiles")),
        redact=_text(root, "redact"),
        exclude=matcher(patterns, folder) if patterns else None,
        paths=tuple(_for_paths(n, folder) for n in paths),
        claims=(
            *(_claim("path", n, _texts(n, "ignore"), folder) for n in paths if "ignore" in n),
            *(_claim("check", n, (_text(n, "check") or "",), folder) for n in root.get("suppress") or ()),
        ),
    )


def _for_paths(node: Node, folder: Path) -> ForPaths:
    patterns = _texts(node, "match")
    return ForPaths(matcher(patterns, folder), _text(node, "platform"), _text(node, "expect"), patterns, node.place)


def _claim(kind: str, node: Node, names: tuple[str, ...], folder: Path) -> Claim:
    until = _text(node, "until")
    patterns = _texts(node, "match")
    return Claim(
        kind=kind,
        names=names,
        reason=(_text(node, "reason") or "").strip(),
        where=node.place,
        until=date.fromisoformat(until) if until else None,
        paths=matcher(patterns, folder) if patterns else None,
    )


def matcher(patterns: Sequence[str], folder: Path) -> Matches:
    """Whether a path is one of those that patterns of .gitignore mean, seen from a folder.

    >>> matcher(["legacy/"], Path("/r"))("/r/legacy/a.json"), matcher(["legacy/"], Path("/r"))("/s/legacy/a.json")
    (True, False)
    """
    spec, base = GitIgnoreSpec.from_lines(patterns), folder.resolve()

    def matches(path: str) -> bool:
        whole = Path(path).resolve()
        return whole.is_relative_to(base) and spec.match_file(whole.relative_to(base).as_posix())

    return matches


def _text(node: Node, key: str) -> str | None:
    found = node.get(key)
    return found.text if found is not None else None


def _texts(node: Node, key: str) -> tuple[str, ...]:
    return tuple(n.text or "" for n in node.get(key) or ())
