"""A capture in, a `Wire` out."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO

from sipdiag.raw import Begun, MediaFlow, Wire
from sipdiag.sources.captures.containers import frames_in
from sipdiag.sources.captures.index import Keep, MessageIndex
from sipdiag.sources.captures.limits import CaptureError, Limits
from sipdiag.sources.captures.links import LINKS
from sipdiag.sources.captures.network import Network
from sipdiag.sources.captures.opening import opened
from sipdiag.sources.captures.rare import RARE, ip_packet
from sipdiag.sources.captures.scene import Scene
from sipdiag.sources.captures.skip import Skipper
from sipdiag.sources.captures.store import Store
from sipdiag.sources.captures.window import Window

_BACKWARDS = 1.0  # seconds by which the frames of several network cards may be out of order


def read_capture(
    source: Path | BinaryIO,
    input_id: str,
    *,
    keep: Keep | None = None,
    limits: Limits | None = None,
    begun: Sequence[Begun] = (),
) -> Wire:
    """Read the SIP messages of a capture, and what the transport below them shows.

    Packets come in the order of the frames that completed them, which is the order of the file, not always that of
    the clocks. All messages of a small capture are handed on, and of a large one those of the calls that a transfer
    touches, and of those that `keep` takes; `sketches` tell of the rest. `begun` are messages that
    captures taken before this one cut in two; their rest is looked for here.

    Raises CaptureError where the input is no capture or cannot be opened; what is damaged behind its beginning is a
    line in `problems`.
    """
    limits = limits or Limits()
    if not isinstance(source, Path):
        return _read(source, input_id, keep, limits, begun)
    try:
        with source.open("rb", buffering=0) as file:
            return _read(file, input_id, keep, limits, begun)
    except OSError as error:
        raise CaptureError(error.strerror or str(error)) from None


def _read(
    file: BinaryIO,
    input_id: str,
    keep: Keep | None,
    limits: Limits,
    begun: Sequence[Begun],
) -> Wire:
    problems: list[str] = []
    stream, again = opened(file, limits, problems.append)
    with Store(again, limits.spool) as store:
        index = MessageIndex(store, limits)
        scene = Scene(input_id, limits, index)
        scene.awaited.update(((b.source, b.destination), b) for b in begun)
        secrets: list[bytes] = []
        first, last, media = _frames(Window(stream), scene, secrets)
        wanted = index.wanted(input_id, keep)
        if index.dropped:
            scene.problem(
                f"{index.dropped} of {index.count} SIP messages were only counted: the capture holds too many"
            )
        return Wire(
            packets=tuple(index.packets(input_id, wanted)),
            connections=tuple(sorted(scene.connections, key=lambda connection: connection.opened.number or 0)),
            unreachables=tuple(scene.unreachables),
            media=media,
            lost=tuple(sorted(scene.lost, key=lambda lost: lost.frame.number or 0)),
            messages=index.count,
            problems=(*problems, *scene.said()),
            first_time=first,
            last_time=last,
            frames=scene.number,
            sketches=index.sketches(input_id, wanted),
            calls_total=index.threads,
            tls_secrets=bool(secrets),
            begun=tuple(scene.begun),
            resumed=tuple(scene.resumed),
        )


def _frames(
    window: Window, scene: Scene, secrets: list[bytes]
) -> tuple[float | None, float | None, tuple[MediaFlow, ...]]:
    """Look into every frame; returns the times of the first and the latest, and the media."""
    skipper = Skipper()
    frames = frames_in(window, scene.limits, scene.problem, skipper, secrets)
    network = Network(scene, skipper)
    packet = network.packet
    first: float | None = None
    last = 0.0
    for scene.number, time, link, frame, _, offset, scene.interface in frames:
        scene.time, scene.link = time, link
        if time > last:
            last = time
            if first is None:
                first = time
        elif last - time > _BACKWARDS:
            scene.problem("the frames are not in the order of their times")
        find = LINKS.get(link)
        if find is not None:
            kind, at = find(frame)
            if kind:
                packet(kind, frame, at, offset)
        elif link in RARE:
            kind, inner = ip_packet(link, frame)
            packet(kind, inner, 0, -1)
        else:
            scene.problem(f"frames of link type {link} were not read; try --reader tshark")
    scene.number = max(scene.number, skipper.number)
    network.finish()
    return first, last if first is not None else None, network.media.flows(exact=not skipper.skipped)
