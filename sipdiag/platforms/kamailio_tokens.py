"""The words of a routing script (Kamailio, OpenSIPS), with their places.

Comments are passed over. `#!ifdef` is read as the program reads it: with the defines of the file itself, whose values
stand in for their names (https://www.kamailio.org/wikidocs/cookbooks/devel/core/).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

from sipdiag.nodes import Node
from sipdiag.places import Place

_TOKEN = re.compile(
    r"(?P<space>\s+)|(?P<comment>//[^\n]*|\#(?!!)[^\n]*|/\*.*?(?:\*/|\Z))"
    r"|(?P<string>\"(?:[^\"\\]|\\.)*\"?|'[^']*'?)"
    r"|(?P<variable>\$(?:\([^()\n]{0,200}(?:\([^()\n]{0,200}\)[^()\n]{0,200}){0,8}\)"
    r"|[A-Za-z_]\w*(?:\([^()\n]{0,200}(?:\([^()\n]{0,200}\)[^()\n]{0,200}){0,8}\))?(?:\[[^\]\n]{0,100}\])?))"
    r"|(?P<word>[A-Za-z0-9_][\w.:*/@+-]*|\*)"
    r"|(?P<sign>&&|\|\||==|!=|=~|!~|=>|<=|>=|\S)",
    re.DOTALL,
)
_DIRECTIVE = re.compile(r"\s*#!\s*(\w+)\s*(.*?)\s*$")
_NAMED = re.compile(r"(\w+)\s*(.*)")


class Token(NamedTuple):
    """`kind` is string (without its quotes), variable, word or sign."""

    kind: str
    text: str
    where: Place


class Tokens(NamedTuple):
    """`assumed` are names that an `#!ifdef` asks for and the file does not define."""

    tokens: list[Token]
    assumed: tuple[str, ...]


def tokens_of(node: Node) -> Tokens:
    """The words of a script that is given as the list of its lines."""
    lines = [e.text or "" for e in node]
    kept, defines, assumed = _preprocessed(lines)
    return Tokens(list(_read("\n".join(kept), node.place.input, defines)), tuple(dict.fromkeys(assumed)))


def _preprocessed(lines: list[str]) -> tuple[list[str], dict[str, str], list[str]]:
    """The lines that count, with the others blanked out so that places stay."""
    kept: list[str] = []
    defines: dict[str, str] = {}
    assumed: list[str] = []
    open_: list[bool] = []  # of every `#!ifdef` around a line, whether its lines count
    for line in lines:
        directive = _DIRECTIVE.match(line)
        if directive is None:
            kept.append(line if all(open_) else "")
            continue
        kept.append("")
        word, rest = directive[1].lower(), directive[2]
        if word in ("ifdef", "ifndef"):
            name = rest.split()[0] if rest else ""
            if name not in defines:
                assumed.append(name)
            open_.append((name in defines) == (word == "ifdef"))
        elif word == "else" and open_:
            open_[-1] = not open_[-1]
        elif word == "endif" and open_:
            open_.pop()
        elif word in ("define", "redefine") and all(open_) and (named := _NAMED.match(rest)):
            defines[named[1]] = named[2]
        elif word == "trydef" and all(open_) and (named := _NAMED.match(rest)):
            defines.setdefault(named[1], named[2])
    return kept, defines, assumed


def _read(text: str, input_id: str, defines: dict[str, str]) -> Iterator[Token]:
    line, start = 1, 0  # the number of the line, and where it begins
    for found in _TOKEN.finditer(text):
        kind, words = found.lastgroup or "sign", found[0]
        if kind not in ("space", "comment"):
            where = Place(input_id, line, found.start() - start + 1, f"/{line - 1}")
            if kind == "word" and defines.get(words):
                yield from (Token(t.kind, t.text, where) for t in _read(defines[words], input_id, {}))
            else:
                yield Token(kind, words[1:].removesuffix(words[0]) if kind == "string" else words, where)
        breaks = words.count("\n")
        if breaks:
            line, start = line + breaks, found.start() + words.rfind("\n") + 1
