"""What a status code means in a transfer: in answer to the REFER, for the new call, in answer to a NOTIFY.

The words stand in `codes.yaml`, which is read when the first one is asked for.
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any, Literal, TypeAlias

from sipdiag.dataclass import dataclass

# R: answer to the REFER. N: sipfrag of a NOTIFY, or answer to the new INVITE. X: answer to a NOTIFY or BYE.
Place: TypeAlias = Literal["R", "N", "X"]

PLACES: tuple[Place, ...] = ("R", "N", "X")
_KEYS: dict[Place, str] = {"R": "refer", "N": "target", "X": "notify"}


@dataclass(frozen=True, slots=True)
class CodeMeaning:
    """What a code says in one place. `general` tells that the words are those of its class, not its own.

    `seen` names systems known to send it there, each as (system, what it means by it, source).
    """

    code: int
    place: Place
    phrase: str
    meaning: str
    usual_cause: str
    to_do: str
    source: str
    general: bool = False
    seen: tuple[tuple[str, str, str], ...] = ()

    def __str__(self) -> str:
        return f"{self.code} {self.phrase}".rstrip()


def meaning(code: int, place: Place) -> CodeMeaning:
    """What a status code means in one of the three places. Codes without words of their own take those of their class.

    >>> meaning(603, "R").meaning
    'transfers are not permitted here'
    >>> meaning(603, "N").meaning
    'the target declined the call'
    >>> meaning(499, "R").general
    True

    Raises ValueError for what is no status code (RFC 3261 knows 100 to 699).
    """
    if not 100 <= code <= 699:
        raise ValueError(f"{code} is not a SIP status code")
    table = _table()
    entry = table["codes"].get(code, {})
    key = _KEYS[place]
    own = entry.get(key)
    words = own or table["classes"][code // 100][key]
    seen = tuple((s["who"], s["what"], s["source"]) for s in entry.get("seen", ()) if s["place"] == key)
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


def q850(cause: int) -> str | None:
    """What a Q.850 cause says, as a Reason header field carries it, and what to do; None for one that is not listed.

    >>> q850(17)
    'the called party is busy: queue, try again or offer another destination'
    """
    entry = _table()["q850"].get(cause)
    return f"{entry['meaning']}: {entry['action']}" if entry else None


@lru_cache(maxsize=1)
def _table() -> Any:
    import yaml  # its import costs more than all of this package, and most runs need no word of it

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    text = Path(__file__).with_name("codes.yaml").read_text("utf-8")
    return yaml.load(text, Loader=loader)  # noqa: S506 - both are safe loaders
