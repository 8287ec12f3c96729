"""Captures that were taken one after the other, as a ring of files: a message that lies in two of them is one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import TYPE_CHECKING

from sipdiag.sources.source import Opened, Source

if TYPE_CHECKING:
    from sipdiag.raw import Begun

    Read = Callable[[str, Source, tuple[Begun, ...]], Opened]


def in_turn(parts: Iterable[tuple[str, Source]], read: Read) -> Iterator[Opened]:
    """The inputs in their order, each read with what the captures of its case before it had begun.

    A capture that ends within a message is held back until its case has been read: what a later one goes on with was
    not lost. The message is one of the later capture, where its last octet lies.
    """
    held: list[Opened] = []
    for name, part in parts:
        if held and part.case != held[0].source.case:
            yield from held
            held = []
        opened = read(name, part, tuple(b for h in held if h.wire is not None for b in h.wire.begun))
        if opened.wire is not None and opened.wire.resumed:
            held = [_without(h, opened.wire.resumed) for h in held]
        if held or (opened.wire is not None and opened.wire.begun):
            held.append(opened)
        else:
            yield opened
    yield from held


def _without(opened: Opened, resumed: tuple[Begun, ...]) -> Opened:
    """An input without the losses, and without the beginnings, of what another one went on with."""
    if opened.wire is None:
        return opened
    found = {(b.source, b.destination) for b in resumed if b in opened.wire.begun}
    starts = {b.data[:512] for b in resumed}
    lost = tuple(x for x in opened.wire.lost if (x.source, x.destination) not in found or x.start not in starts)
    begun = tuple(b for b in opened.wire.begun if b not in resumed)
    return replace(opened, wire=replace(opened.wire, lost=lost, begun=begun))
