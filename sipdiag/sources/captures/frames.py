"""What the file formats hand on: one captured frame."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

# number (Wireshark's), time (epoch seconds), link type, octets captured, octets on the wire, offset of the first octet
# in the input, interface (its name, where the file tells one). A plain tuple, because making millions of anything
# else is what reading a capture would spend its time on.
RawFrame: TypeAlias = tuple[int, float, int, bytes, int, int, str | None]

# Takes one line about what could not be read.
Report: TypeAlias = Callable[[str], None]
