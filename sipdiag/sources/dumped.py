"""Whether a text prints the octets of packets, told without reading them."""

from __future__ import annotations

from sipdiag.patterns import pattern

# A row of the offset zero, at least eight groups of octets wide, and the beginning of the row below it.
_FIRST_ROWS = pattern(
    r"(?m)^[ \t>|]{0,12}(?:0x)?0{4,8}:?[ \t]{1,4}(?:[0-9A-Fa-f]{2,4}[ \t]{1,2}){7}[0-9A-Fa-f]{2}[^\n]{0,200}\n"
    r"[ \t>|]{0,12}(?:0x)?0{2,6}10:?[ \t]{1,4}[0-9A-Fa-f]{2}"
)
# The same without offsets, below the line in which ngrep names the ends of a packet.
_NGREP_ROWS = pattern(
    r"(?m)^[ \t>|]{0,12}[UT](?:\([^()\s]{1,20}\))? [^\n]{0,160}->[^\n]{0,80}\n[ \t>|]{1,12}(?:[0-9A-Fa-f]{2} ){7}[0-9A-Fa-f]{2} {2,5}[0-9A-Fa-f]{2} "
)


def has_rows(text: str) -> bool:
    """
    >>> has_rows("0000  00 11 22 33 44 55 66 77 88 99 aa bb cc dd ee ff  ......\\n0010  45 00"), has_rows("0000: 1234")
    (True, False)
    """
    return _FIRST_ROWS.search(text) is not None or _NGREP_ROWS.search(text) is not None
