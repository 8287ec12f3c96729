"""No pattern can be driven into exponential backtracking: a repeat inside a repeat can tell where it ends.

Where an unbounded repeat stands in the body of another, the body must also hold a character that is always there and
that the inner repeat cannot take; else the same text could be divided among the two in more and more ways.
"""

from __future__ import annotations

import importlib
import pkgutil
import re
import re._constants as c  # type: ignore[import-not-found] # the standard library's own, without stubs
import re._parser as parser  # type: ignore[import-not-found]
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from typing import Any

import pytest

import sipdiag
import sipdiag_checks
from sipdiag.patterns import Later

_ALL = frozenset(range(256))


def _patterns() -> dict[str, re.Pattern[Any]]:
    """Every pattern that a module, one of its classes or one of its tables holds, by where it stands."""
    found: dict[re.Pattern[Any], str] = {}

    def take(value: object, name: str, depth: int = 0) -> None:
        if isinstance(value, re.Pattern | Later):
            found.setdefault(value.compiled if isinstance(value, Later) else value, name)
        elif depth == 4:
            return
        elif isinstance(value, tuple | list | set | frozenset):
            for part in value:
                take(part, name, depth + 1)
        elif isinstance(value, dict):
            take(list(value.values()), name, depth)
        elif isinstance(value, type):
            if value.__module__.startswith("sipdiag"):
                take(list(vars(value).values()), name, depth)
        elif is_dataclass(value):
            take([getattr(value, f.name) for f in fields(value)], name, depth)

    for package in (sipdiag, sipdiag_checks):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.endswith("__main__"):
                for name, value in vars(importlib.import_module(module.name)).items():
                    take(value, f"{module.name}.{name}")
    return {f"{name} {n}": pattern for n, (pattern, name) in enumerate(found.items())}


def _characters(items: Any, ignoring: bool) -> frozenset[int]:
    """The characters, up to 255, that one item of a pattern takes."""
    op, value = items
    letters: frozenset[int]
    if op is c.LITERAL:
        letters = frozenset((value,))
    elif op is c.NOT_LITERAL:
        letters = _ALL - {value}
    elif op is c.ANY:
        letters = _ALL - {10}
    elif op is c.IN:
        negated = value[0][0] is c.NEGATE
        letters = frozenset().union(*(_characters(part, ignoring) for part in value[negated:]))
        letters = _ALL - letters if negated else letters
    elif op is c.RANGE:
        letters = frozenset(range(value[0], min(value[1], 255) + 1))
    elif op is c.CATEGORY:
        sign = {"DIGIT": r"\d", "SPACE": r"\s", "WORD": r"\w"}[str(value).rpartition("_")[2]]
        letters = frozenset(n for n in _ALL if re.match(sign, chr(n)))
        letters = _ALL - letters if "_NOT_" in str(value) else letters
    else:
        letters = _ALL
    other = {ord(chr(n).swapcase()) for n in letters if len(chr(n).swapcase()) == 1} if ignoring else set()
    return letters | frozenset(n for n in other if n < 256)


def _inside(op: Any, value: Any) -> Iterator[Any]:
    """The sequences that an item holds, other than those of a repeat and of what only looks ahead."""
    if op is c.SUBPATTERN:
        yield value[3]
    elif op is c.BRANCH:
        yield from value[1]


def _unbounded(sequence: Any, ignoring: bool) -> Iterator[frozenset[int]]:
    """What the repeats without end in a sequence can take, those apart that never give anything back."""
    for op, value in sequence:
        if op in (c.MAX_REPEAT, c.MIN_REPEAT):
            if value[1] is c.MAXREPEAT:
                yield frozenset().union(*_every(value[2], ignoring))
            yield from _unbounded(value[2], ignoring)
        for part in _inside(op, value):
            yield from _unbounded(part, ignoring)


def _every(sequence: Any, ignoring: bool) -> Iterator[frozenset[int]]:
    for op, value in sequence:
        if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            yield from _every(value[2], ignoring)
        elif op is c.ATOMIC_GROUP:
            yield from _every(value, ignoring)
        elif op in (c.SUBPATTERN, c.BRANCH):
            for part in _inside(op, value):
                yield from _every(part, ignoring)
        elif op not in (c.AT, c.ASSERT, c.ASSERT_NOT):
            yield _characters((op, value), ignoring)


def _always(sequence: Any, ignoring: bool) -> Iterator[frozenset[int]]:
    """What must be there once in each pass of a sequence."""
    for op, value in sequence:
        if op in (c.MAX_REPEAT, c.MIN_REPEAT, c.POSSESSIVE_REPEAT):
            if value[0]:
                yield from _always(value[2], ignoring)
        elif op is c.SUBPATTERN:
            yield from _always(value[3], ignoring)
        elif op not in (c.AT, c.ASSERT, c.ASSERT_NOT, c.BRANCH, c.ATOMIC_GROUP):
            yield _characters((op, value), ignoring)


def ambiguous(sequence: Any, ignoring: bool = False) -> bool:
    for op, value in sequence:
        if op is c.MAX_REPEAT or op is c.MIN_REPEAT:
            if value[1] is c.MAXREPEAT and _divides_in_many_ways(value[2], ignoring):
                return True
            parts = [value[2]]
        elif op is c.POSSESSIVE_REPEAT:
            parts = [value[2]]
        elif op is c.ATOMIC_GROUP:
            parts = [value]
        elif op in (c.ASSERT, c.ASSERT_NOT):
            parts = [value[1]]
        else:
            parts = list(_inside(op, value))
        if any(ambiguous(part, ignoring) for part in parts):
            return True
    return False


def _divides_in_many_ways(body: Any, ignoring: bool) -> bool:
    ways = list(_inside(*body[0])) if len(body) == 1 else []
    for way in ways or [body]:
        always = list(_always(way, ignoring))
        if any(all(letters & taken for letters in always) for taken in _unbounded(way, ignoring)):
            return True
    return False


PATTERNS = _patterns()


@pytest.mark.parametrize("name", PATTERNS)
def test_no_pattern_is_ambiguous(name: str) -> None:
    pattern = PATTERNS[name]
    assert not ambiguous(parser.parse(pattern.pattern, pattern.flags), bool(pattern.flags & re.IGNORECASE))


@pytest.mark.parametrize(
    "text", [r"(a+)+b", r"(?:#[^\n]*)*x", r"(\w+\s?)*!", r"(?:a|b+)+c", r"(?:\d+.?)*$", r"(?>(?:a+)+)b"]
)
def test_an_ambiguous_pattern_is_seen(text: str) -> None:
    assert ambiguous(parser.parse(text))


@pytest.mark.parametrize("text", [r"(?:[a-z]+-)+x", r"(?:#[^\n]*+)*+x", r"a+b+", r"(?:a|b)*c"])
def test_a_plain_pattern_passes(text: str) -> None:
    assert not ambiguous(parser.parse(text))
