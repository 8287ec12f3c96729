"""What may stay: words of protocols and systems, providers' domains, roles, and how header fields are treated."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

from sipdiag.patterns import pattern

# A file of this package is read with the first value that is redacted, never at import.
_DATA = Path(__file__).with_name("data")
_PARTS = pattern(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|[0-9]+|[^\W_]")
_CODEC = pattern(r"[ghqtv]\d{1,3}")  # h264, g729, q850, t38, v1
_SECOND_LEVEL = frozenset({"co", "com", "net", "org", "ac", "gov", "edu", "or", "ne"})
_DIGITS_OF_A_NAME = 3  # h264, us1, line2: more digits are an id


def _read(name: str) -> str:
    return (_DATA / name).read_text("utf-8")


def listed(name: str) -> frozenset[str]:
    """The words of a data file of this package."""
    lines = (line for line in _read(name).splitlines() if not line.startswith("#"))
    return frozenset(word for line in lines for word in line.split())


@cache
def formats() -> frozenset[str]:
    """Words that a format, a check or a sentence of ours uses."""
    return listed("vocabulary.txt")


@cache
def _terms() -> frozenset[str]:
    return listed("terms.txt")


@cache
def _lists() -> dict[str, frozenset[str]]:
    table = tomllib.loads(_read("words.toml"))
    return {name: frozenset(words) for name, words in table.items() if isinstance(words, list)}


@cache
def _headers() -> dict[str, str]:
    table = tomllib.loads(_read("words.toml"))["headers"]
    return {name: rule for rule, names in table.items() for name in names}


@cache
def _providers() -> frozenset[str]:
    return listed("providers.txt")


def is_role(user: str) -> bool:
    """Whether a user part names nobody."""
    return user.strip().lower() in _lists()["roles"]


def names_a_file(word: str) -> bool:
    """Whether a word says what a file holds, wherever it stands in its name."""
    return word.lower() in _lists()["files"]


def is_numeric(parameter: str) -> bool:
    """Whether the digits of a parameter's value count or select something."""
    return parameter.strip().lower() in _lists()["numeric"]


def is_word(run: str) -> bool:
    """Whether a run of letters and digits is made of known words only.

    >>> is_word("transferType"), is_word("h264"), is_word("Schmidt"), is_word("user1001")
    (True, True, False, False)
    """
    lower = run.lower()
    if lower in formats() or lower in _terms():
        return True
    if _CODEC.fullmatch(lower):
        return True
    parts = _PARTS.findall(run)
    if len(parts) < 2 or len(parts[0]) < 2 or not run.isascii():
        return False
    digits = any(p.isdigit() for p in parts)
    return all(
        len(p) <= _DIGITS_OF_A_NAME
        if p.isdigit()
        else len(p) > (2 if digits else 0) and (len(p) == 1 or p.lower() in formats() or p.lower() in _terms())
        for p in parts
    )


def header_rule(name: str) -> str:
    """How the value of a header field is treated: keep, address, via, token, digest, remove, name, product, words, other.

    >>> header_rule("Contact"), header_rule("X-Customer"), header_rule("X-Acme-Call-ID")
    ('address', 'remove', 'token')
    """
    lower = name.strip().lower()
    rule = _headers().get(lower)
    if rule is not None:
        return rule
    if lower.startswith(("x-", "p-")):
        return (
            "token"
            if re.search(
                r"(?:^|[-_]|call|session|conversation|trace|correlation)(?:id|sid|uuid|callid|callsid)$", lower
            )
            else "remove"
        )
    return "other"


def provider_labels(labels: Iterable[str]) -> int:
    """How many labels at the end of a domain are a known provider's.

    >>> provider_labels(["acme", "pstn", "twilio", "com"]), provider_labels(["pbx", "acme", "com"])
    (3, 0)
    """
    lower = [label.lower() for label in labels]
    return next((len(lower) - n for n in range(len(lower)) if ".".join(lower[n:]) in _providers()), 0)


def is_service(label: str) -> bool:
    return label.lower() in _lists()["service"]


def top_labels(labels: list[str]) -> int:
    """How many labels at the end of a domain belong to no one: its top-level domain, and `co` before a country's.

    >>> top_labels(["pbx", "acme", "com"]), top_labels(["acme", "co", "uk"]), top_labels(["agent", "yaml"])
    (1, 2, 0)
    """
    last = labels[-1].lower()
    if not (last in _lists()["domains"] or (len(last) == 2 and last.isalpha())):
        return 0
    return 2 if len(last) == 2 and len(labels) > 2 and labels[-2].lower() in _SECOND_LEVEL else 1
