"""What people and agents said: removed, but for a marker of each claim that a diagnosis asks for."""

from __future__ import annotations

from collections.abc import Callable

from sipdiag.facts import wording
from sipdiag.patterns import pattern
from sipdiag.platforms.claims import announces_transfer, is_simulation, refuses_request, states_no_refer, status_of
from sipdiag.redaction.units import units

_LINE = pattern(r"\S(?:.*\S)?")
# The claim that a text makes, and words that make the same claim and no other, whichever stand beside them.
_CLAIMS: tuple[tuple[Callable[[str], object], str], ...] = (
    (announces_transfer, "agent speaks of a transfer"),
    (refuses_request, "permission denied"),
    (is_simulation, "simulated"),
    (wording.REFUSED.search, "ECONNREFUSED"),
    (wording.TLS_FAILED.search, "handshake failed"),
    (wording.NO_TARGET.search, "uri is invalid"),
    (wording.CLOSED.search, "stream closed"),
    (wording.NO_CONNECTION.search, "flow missing"),
    (states_no_refer, "zero REFER"),  # the last, for it would deny what stands behind it
)


def claims(text: str) -> tuple[str, ...]:
    """The claims of a text, as markers say them.

    >>> claims("Thanks Mary, I'm transferring you to billing."), claims("failed with sip status: 603: Decline")
    (('agent speaks of a transfer',), ('sip 603',))
    """
    status = status_of(text)
    return (*(words for claim, words in _CLAIMS if claim(text)), *((f"sip {status}",) if status is not None else ()))


def marked(raw: str, brackets: str = "[]") -> str:
    """Speech, as it is written, with markers in its place: as long as it was where they fit; lines and what indents
    them stay.

    >>> marked("Thanks Mary, I'm transferring you to billing.")
    '[agent speaks of a transfer]xxxxxxxxxxxxxxxxx'
    """
    taken = units(raw)
    marks = "".join(f"{brackets[0]}{words}{brackets[1]}" for words in claims(taken.text))
    runs = [m.span() for m in _LINE.finditer(taken.text)]
    if not runs:
        return raw
    place = next((r for r in runs if r[1] - r[0] >= len(marks)), max(runs, key=lambda r: r[1] - r[0]))
    out, at = "", 0
    for start, end in runs:
        filled = "".join(_filler(c) for piece in taken.raw[start:end] for c in piece)
        marker = marks if (start, end) == place else ""
        out += "".join(taken.raw[at:start]) + marker + filled[len(marker) :]
        at = end
    return out + "".join(taken.raw[at:])


def _filler(character: str) -> str:
    """A letter of as many octets: what is said must not become shorter."""
    code = ord(character)
    if code < 0x80 or 0xD800 <= code < 0xE000:
        return "x"
    return "\u00d7" if code < 0x800 else "\u3007" if code < 0x10000 else "\U00020000"
