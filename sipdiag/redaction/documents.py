"""Configurations, records and reports as text: values by the names before them, the rest as text, syntax untouched.

The same for JSON, YAML, INI and XML, because all of them write a name, a sign and a value. Lines, order and comments
stay, so places stay.
"""

from __future__ import annotations

import re

from sipdiag.patterns import pattern
from sipdiag.redaction.keys import kind_of_key
from sipdiag.redaction.speech import marked
from sipdiag.redaction.text import Care, TextRedactor
from sipdiag.redaction.units import through_units

_VALUE = r"""(?P<value>"(?:[^"\\]|\\.)*"|'(?:[^'\n]|'')*'|[|>][+\-0-9]*[ \t]*(?=\r?\n)|[^\s"'{\[,][^\n,}\]<>]*)"""
_KEYED = pattern(
    # name, sign and value inside a string of JSON, at any depth of escaping
    r"""(?P<q>\\+["'])(?P<inner>[^"'\\\n]{1,100})(?P=q)\s*:\s*(?P=q)(?P<within>.{0,100000}?)(?P=q)"""
    # <param name="…" value="…"/>, <password>…</password>
    r"""|\bname\s*=\s*["'](?P<param>[^"']{1,100})["']\s+(?:value|data)\s*=\s*["'](?P<set>[^"']*)["']"""
    r"""|<(?P<tag>[A-Za-z_][\w.:\-]*)(?:\s[^<>]*)?>(?P<words>[^<>]+)</"""
    rf"""|(?:["'](?P<key>[^"'\\\n]{{1,100}})["']\s*:|(?<![\w;?&@.\-])(?P<bare>[A-Za-z_][\w.\-]{{0,80}})[ \t]*(?::(?=\s)|=>|\+=|=))[ \t]*{_VALUE}""",
    re.DOTALL,
)
_DIGITS = pattern(r"\s*\+?[0-9][0-9 ().\-]*\s*")
_QUOTES = ('"', "'")
# An object with a level is a line of a program's log, unless it tells who speaks.
_LOGGED = re.compile(r"""["'](?:level|lvl|severity|log_?level)["']\s*:""", re.IGNORECASE)
_SPEAKER = re.compile(r"""["'](?:role|speaker|participant)["']\s*:""", re.IGNORECASE)
_AROUND = 1000  # characters on each side in which the members of an object are looked for
_FEWEST_WORDS = 4  # of a text that is speech; fewer are a state or a name


def redact_document(redactor: TextRedactor, text: str) -> str:
    """A document with the same lines."""
    if not _may_hold_names(text):
        return redactor.text(text)
    out: list[str] = []
    done = at = 0
    while match := _KEYED.search(text, at):
        name = match["inner"] or match["param"] or match["tag"] or match["key"] or match["bare"]
        group = next(g for g in ("within", "set", "words", "value") if match[g] is not None)
        kind = kind_of_key(name)
        begin, end = match.span(group)
        at = max(begin, match.start() + 1)
        if kind is None:
            continue
        if kind == "speech" and _is_logged(text, match.start(), end):
            kind = "text"
        if group == "value" and match["value"][:1] in "|>" and match["value"][:1]:
            begin, end = _block(text, match.start(), end)
        elif group == "value" and match["bare"] and text[begin : begin + 1] not in _QUOTES:
            end = begin + len(_plain(text[begin:end]))
            if kind in ("secret", "speech"):
                end = _continued(text, match.start("bare"), end)
        out += (redactor.text(text[done:begin]), _changed(redactor, kind, text[begin:end], bool(match["key"])))
        done = at = max(end, at)
    out.append(redactor.text(text[done:]))
    return "".join(out)


def _may_hold_names(text: str) -> bool:
    """Whether one of the signs that stand between a name and its value is in a text."""
    return ":" in text or "=" in text or "<" in text


def _is_logged(text: str, start: int, end: int) -> bool:
    """Whether the member between two places belongs to a line of a log, which no person said."""
    begin = max(text.rfind("{", max(0, start - _AROUND), start), start - _AROUND, 0)
    close = text.find("}", end, end + _AROUND)
    around = text[begin:start] + text[end : close if close >= 0 else end + _AROUND]
    return _LOGGED.search(around) is not None and _SPEAKER.search(around) is None


def without_secrets(redactor: TextRedactor, text: str) -> str:
    """A document, or a piece of one, from which secrets are removed, and nothing else."""

    def change(match: re.Match[str]) -> str:
        name = match["inner"] or match["param"] or match["tag"] or match["key"] or match["bare"]
        group = next(g for g in ("within", "set", "words", "value") if match[g] is not None)
        if kind_of_key(name) != "secret":
            return match[0]
        begin = match.start(group) - match.start()
        value = _plain(match[group])
        return (
            match[0][:begin]
            + _changed(redactor, "secret", value, False)
            + match[group][len(value) :]
            + match[0][begin + len(match[group]) :]
        )

    return redactor.without_secrets(_KEYED.sub(change, text) if _may_hold_names(text) else text)


def _plain(value: str) -> str:
    """A plain value without the comment behind it."""
    return re.split(r"\s[#;]", value, maxsplit=1)[0].rstrip()


def _block(text: str, key_at: int, end: int) -> tuple[int, int]:
    """The lines of a YAML block scalar: those indented deeper than its key."""
    line = text.rfind("\n", 0, key_at) + 1
    indent = len(re.match(r"[ \t]*(?:-[ \t]+)*", text[line:])[0])  # type: ignore[index] # it matches anything
    begin = text.find("\n", end) + 1 or len(text)
    return begin, _deeper(text, begin, indent)


def _continued(text: str, key_at: int, end: int) -> int:
    """The end of a plain YAML scalar that goes on over deeper lines without names."""
    line = text.rfind("\n", 0, key_at) + 1
    at = text.find("\n", end) + 1
    if not at or text[end : at - 1].strip():
        return end
    more = re.compile(rf"[ \t]{{{key_at - line + 1},}}(?!-\s)[^\s:=][^\n:=]*(?:\n|\Z)")
    while (match := more.match(text, at)) is not None:
        end, at = match.end() - match[0].endswith("\n"), match.end()
    return end


def _deeper(text: str, at: int, indent: int) -> int:
    while at < len(text):
        line_end = text.find("\n", at)
        line = text[at:] if line_end < 0 else text[at:line_end]
        if line.strip() and len(line) - len(line.lstrip(" ")) <= indent:
            break
        at = len(text) if line_end < 0 else line_end + 1
    return at


def _changed(redactor: TextRedactor, kind: str, raw: str, json: bool) -> str:
    quote = raw[0] if raw[:1] in _QUOTES and len(raw) > 1 and raw.endswith(raw[0]) else ""
    inner = raw[len(quote) : len(raw) - len(quote)]
    if kind == "speech" and len(inner.split()) >= _FEWEST_WORDS:  # a bracket would begin a list where no quote is
        return quote + marked(inner, "[]" if quote else "()") + quote
    return quote + _by_kind(redactor, kind, inner, json and not quote) + quote


def _by_kind(redactor: TextRedactor, kind: str, inner: str, number: bool) -> str:
    p = redactor.pseudonyms
    if inner.strip() in ("", "true", "false", "null", "~"):
        return inner
    match kind:
        case "secret":
            if number and re.fullmatch(r"-?[0-9.]+", inner):
                return re.sub(r"[0-9]", "9", inner)
            return (
                through_units(inner, lambda t: re.sub(r"\S+", lambda m: p.removed(m[0]), t))
                if not _is_variable(inner)
                else redactor.text(inner)
            )
        case "person":
            return redactor.text(inner, Care.NAME) if "@" in inner or ":" in inner else through_units(inner, p.name)
        case "word":  # also a misspelt one, which is what may be wrong with it
            return redactor.term(inner) if re.fullmatch(r"[A-Za-z][A-Za-z_\-]{0,39}", inner) else redactor.text(inner)
        case "port":
            return p.ports(inner) if re.fullmatch(r"[\d ,:-]+", inner) else redactor.text(inner, Care.COUNTS)
        case "count":
            return redactor.text(inner, Care.COUNTS)
    if _DIGITS.fullmatch(inner):
        moved = p.name(inner)
        return "9" + moved[1:] if number and moved[:1] == "0" != inner[:1] else moved
    return redactor.text(inner)


def _is_variable(value: str) -> bool:
    return re.fullmatch(r"\s*(?:\$\{[^}]*\}|\{\{.*\}\}|\$[A-Z_]\w*|var\.[\w.]+)\s*", value) is not None
