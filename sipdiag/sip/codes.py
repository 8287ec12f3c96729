"""What a status code means in a transfer: in answer to the REFER, for the new call, in answer to a NOTIFY.

The words stand in `codes.yaml`, which is read when the first one is asked for.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Literal, TypeAlias

CodePlace: TypeAlias = Literal["refer", "target", "notify"]

PLACES: tuple[CodePlace, ...] = ("refer", "target", "notify")


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """What a code says in one place. `general` tells that the words are those of its class, not its own.

    `seen` names systems known to send it there, each as (system, what it means by it, source).
    """

    code: int
    place: CodePlace
    phrase: str
    meaning: str
    cause: str
    action: str
    source: str
    general: bool = False
    seen: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.code} {self.phrase}".rstrip()


@dataclass(frozen=True, slots=True)
class CauseMeaning:
    """A Q.850 cause, as a Reason header field carries it."""

    cause: int
    meaning: str
    action: str


def meaning(code: int, place: CodePlace) -> CodeMeaning:
    """What a status code means in one of the three places. Codes without words of their own take those of their class.

    >>> meaning(603, "refer").meaning
    'transfers are not permitted here'
    >>> meaning(603, "target").meaning
    'the target declined the call'
    >>> meaning(499, "refer").general
    True

    Raises ValueError for what is no status code (RFC 3261 knows 100 to 699).
    """
    if not 100 <= code <= 699:
        raise ValueError(f"{code} is not a SIP status code")
    table = _table()
    entry = table["codes"].get(code, {})
    own = entry.get(place)
    words = own or table["classes"][code // 100][place]
    seen = tuple((s["who"], s["what"], s["source"]) for s in entry.get("seen", ()) if s["place"] == place)
    return CodeMeaning(
        code,
        place,
        entry.get("phrase", ""),
        words["meaning"],
        words["cause"],
        words["action"],
        entry.get("source", "RFC 3261 21"),
        own is None,
        seen,
    )


def phrase(code: int) -> str:
    """The usual reason phrase, or "" for a code without one.

    >>> phrase(486)
    'Busy Here'
    """
    return str(_table()["codes"].get(code, {}).get("phrase", ""))


def known_codes() -> tuple[int, ...]:
    """Every code that has words of its own, in order."""
    return tuple(sorted(_table()["codes"]))


def q850(cause: int) -> CauseMeaning | None:
    """What a Q.850 cause says; None for one that is not listed.

    >>> q850(17).meaning
    'the called party is busy'
    """
    entry = _table()["q850"].get(cause)
    return CauseMeaning(cause, entry["meaning"], entry["action"]) if entry else None


@lru_cache(maxsize=1)
def _table() -> Any:
    import yaml  # its import costs more than all of this package, and most runs need no word of it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = resources.files(__package__).joinpath("codes.yaml").read_text("utf-8")
    return yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
