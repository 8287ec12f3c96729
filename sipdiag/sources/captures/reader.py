"""A capture in, a `Wire` out."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from sipdiag.raw import CallSketch, Wire
from sipdiag.sources.captures.frames import RawFrame
from sipdiag.sources.captures.index import MessageIndex
from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.links import LINKS
from sipdiag.sources.captures.network import Network
from sipdiag.sources.captures.pcap import is_pcap, pcap_frames
from sipdiag.sources.captures.pcapng import is_pcapng, pcapng_frames
from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.store import Store
from sipdiag.sources.captures.window import Window


def read_capture(
    source: Path | BinaryIO,
    input_id: str,
    *,
    keep: Callable[[CallSketch], bool] | None = None,
    limits: Limits = Limits(),  # noqa: B008 - frozen
) -> Wire:
    """Read the SIP messages of a capture, and what the transport below them shows.

    Raises CaptureError where the input is no capture or cannot be read.
    """
    if isinstance(source, Path):
        try:
            with source.open("rb", buffering=0) as file:
                return _read(file, input_id, keep, limits)
        except OSError as error:
            raise CaptureError(f"{error.strerror or error}") from None
    return _read(source, input_id, keep, limits)


def _read(file: BinaryIO, input_id: str, keep: Callable[[CallSketch], bool] | None, limits: Limits) -> Wire:
    window = Window(file)
    window.fill(4)
    start = window.take(0, 4)
    store = Store(file, limits.spool)
    scene = Scene(input_id, limits, MessageIndex(store, limits))
    network = Network(scene)
    secrets: list[bytes] = []
    frames: Iterator[RawFrame]
    if is_pcap(start):
        frames = pcap_frames(window, limits, scene.problem)
    elif is_pcapng(start):
        frames = pcapng_frames(window, limits, scene.problem, secrets)
    else:
        raise CaptureError("the file is empty" if not start else "no capture")
    first = last = None
    for number, time, link, frame, _full, offset, interface in frames:
        scene.number, scene.time, scene.offset, scene.interface = number, time, offset, interface
        find = LINKS.get(link)
        if find is None:
            scene.problem(f"link type {link}")
            continue
        kind, at = find(frame)
        if kind:
            network.packet(kind, frame, at, offset)
    network.finish()
    index = scene.index
    wanted = index.wanted(input_id, keep)
    return Wire(
        packets=tuple(index.packets(input_id, wanted)),
        connections=tuple(scene.connections),
        unreachables=tuple(scene.unreachables),
        lost=tuple(scene.lost),
        messages=index.count,
        problems=tuple(scene.problems),
        first_time=first,
        last_time=last,
        frames=scene.number,
        sketches=index.sketches(input_id, lambda thread: thread.number in wanted),
        calls_total=index.threads,
    )
