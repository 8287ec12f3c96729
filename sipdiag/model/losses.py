"""Messages of which so little was captured that they prove nothing by what they lack: they count as lost."""

from __future__ import annotations

import re
from dataclasses import replace

from sipdiag.raw import Lost, Packet, Wire
from sipdiag.sip.message import parse_message
from sipdiag.sip.start import is_start

_LISTED = 20  # kinds of lost messages that are told of, for each input
_NAMED = re.compile(rb"\n(?:call-id|i)[ \t]*:[ \t]*\S", re.IGNORECASE)
_NUMBERED = re.compile(rb"\ncseq[ \t]*:[ \t]*\S", re.IGNORECASE)
_NEEDED_WHOLE = ("INVITE", "REFER", "NOTIFY")  # requests of which checks miss a header


def torn_as_lost(wire: Wire) -> Wire:
    """The wire with its torn messages among what was lost: what they hold, and lack, is no evidence."""
    torn = [p for p in wire.packets if p.cut and _torn(p)]
    if not torn:
        return wire
    gone = {id(p) for p in torn}
    lost = tuple(Lost(p.frame, "message cut off", p.source, p.destination, p.data[:512]) for p in torn)
    return replace(wire, packets=tuple(p for p in wire.packets if id(p) not in gone), lost=wire.lost + lost)


def lost_messages(wire: Wire) -> tuple[str, ...]:
    """What is said of messages whose beginning was captured and whose rest was not, a line for each kind and reason.

    A request that could not be read is not one that was not sent.
    """
    kinds: dict[tuple[str, str], list[str]] = {}
    for lost in wire.lost:
        frame = lost.frame
        if is_start(lost.start) and (frame.number or frame.line) is not None:
            where = f"frame {frame.number}" if frame.number is not None else f"line {frame.line}"
            kinds.setdefault((_kind(lost.start), lost.why), []).append(where)
    lines = []
    for (kind, why), places in kinds.items():
        more = f" and {len(places) - 1} more" if len(places) > 1 else ""
        lines.append(f"{places[0]}{more}: {kind} was not read: {why}")
    return tuple(lines[:_LISTED])


def unnamed_messages(wire: Wire) -> tuple[str, ...]:
    """What is said of messages in a text that have lost their Call-ID or CSeq: nobody can tell what they belong to."""
    bare = [p for p in wire.packets if not _NAMED.search(p.data) or not _NUMBERED.search(p.data)]
    if not bare:
        return ()
    more = f" and {len(bare) - 1} more" if len(bare) > 1 else ""
    kind, line = _kind(bare[0].data.lstrip(b"\r\n")), bare[0].frame.line
    return (f"line {line}{more}: {kind} has no Call-ID or CSeq in this text and was left out",)


def _kind(start: bytes) -> str:
    first = start.split(b" ", 1)[0]
    if first.startswith(b"SIP/"):
        return "a response"
    return f"{'an' if first[:1] in b'AEIOU' else 'a'} {first[:20].decode('ascii', 'replace')}"


def _torn(packet: Packet) -> bool:
    """Whether a message that was cut off cannot be told apart, lacks headers that count, or its report."""
    message = parse_message(packet.data)
    if not message.call_id or message.cseq is None:
        return True
    if b"\r\n\r\n" not in packet.data and b"\n\n" not in packet.data:
        return message.method in _NEEDED_WHOLE
    return message.method == "NOTIFY" and message.sipfrag is None
