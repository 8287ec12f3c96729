"""What a final code means in a transfer: `codes.toml`, read once."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files


@dataclass(frozen=True, slots=True)
class Meaning:
    """A code's usual meaning, to stand after a colon, and one action that mends it."""

    words: str
    fix: str


@cache
def _codes() -> dict[str, dict[str, dict[str, str]]]:
    return tomllib.loads(files("sipdiag.facts").joinpath("codes.toml").read_text("utf-8"))


def meaning(status: int, of: str = "refer") -> Meaning:
    """What a code means as the answer to a REFER (`refer`), or as the result of the new call (`target`).

    A code that is not listed means what its class does.

    >>> meaning(416).fix
    'use a sip: URI with a domain in Refer-To'
    >>> meaning(499) == meaning(4)
    True
    """
    codes = _codes()
    entry = codes.get(str(status)) or codes.get(str(status)[:1]) or codes["4"]
    return Meaning(**entry[of])
