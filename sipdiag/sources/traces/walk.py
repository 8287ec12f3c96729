"""The walk over the lines of a trace: frame lines, messages, and the log lines between them."""

from __future__ import annotations

import re
from dataclasses import replace

from sipdiag.dataclass import dataclass
from sipdiag.places import Frame
from sipdiag.raw import LEFT_OUT, LogLine, Lost, Packet, Wire
from sipdiag.sources.traces import leadin
from sipdiag.sources.traces.formats import recognisers
from sipdiag.sources.traces.frame import FrameLine, Message
from sipdiag.sources.traces.lines import Line, Lines, printable
from sipdiag.sources.traces.message import MessageCollector, begins_message
from sipdiag.sources.traces.newest import newest_first
from sipdiag.sources.traces.stamps import Stamp, dated, line_stamp

PLAIN = "plain-messages"

MOST_LOG_LINES = 50_000
LONGEST_LOG_LINE = 2_000
# A frame line is looked for in the beginning of a line only; what follows is text of the message or of the log.
_VIEW = 1_000
# Lines that may stand between a frame line and its message: rules, an identifier, a second log line.
_PATIENCE = 4
_ALIKE = 300  # octets by which two messages of one frame are told apart
_PROSE = re.compile(r"[\s>|]{0,8}[A-Za-z][a-z']{1,20}(?:,? [A-Za-z][A-Za-z']{0,20}){2}")
# What an editor of a paste puts where something was: [...], <snip>, (12 lines omitted).
_LONGEST_MARK = 80
_CUT = r"snip(?:ped|s)?|cut|omitted|trimmed|truncated|shortened|skipped|removed|left out"
_WHAT = r"(?:(?:\d+|some|more|other|several) )?(?:lines?|messages?|packets?|parts?|rest)?"
_MARK = re.compile(
    rf"[\s>|]{{0,12}}(?:[\[({{<]\s?(?:\.{{3,}}|\u2026)\s?[\])}}>]|[\[({{<~=*-]{{1,10}}\s?(?:\.{{0,3}}|\u2026)\s?"
    rf"(?:{_WHAT} ?(?:{_CUT})|(?:{_CUT}) ?{_WHAT})\s?(?:\.{{0,3}}|\u2026)\s?[\])}}>~=*-]{{1,10}}|\.{{3}}|\u2026)\s{{0,8}}",
    re.IGNORECASE,
)
_RULES = str.maketrans("", "", " \t-=~_*#.+|>`<\"'\u2013\u2014\u2500\u2550")


@dataclass(slots=True)
class _Entry:
    """A message or log line whose time is not worked out yet."""

    number: int
    stamp: Stamp | None
    message: Message | None = None
    frame: FrameLine | None = None
    text: str = ""


class Walk:
    """Reads one trace. `steps` counts the lines looked at, for tests of linear work."""

    def __init__(self, text: str, input_id: str) -> None:
        self.formats: list[str] = []
        self.steps = 0
        self._input = input_id
        self._lines = Lines(text)
        self._recognise = recognisers()
        self._entries: list[_Entry] = []
        self._frame: FrameLine | None = None
        self._patience = 0
        self._dropped = 0
        self._log_lines = 0
        self._within: set[bytes] = set()  # the messages of the frame, where one is printed in two ways
        self._left_out: list[int] = []  # lines with a mark that something was cut out here
        self._lead: Line | None = None  # the line just above, where it may introduce a message

    def read(self) -> Wire:
        while (line := self._lines.next()) is not None:
            self.steps += 1
            self._line(line)
        return self._wire()

    def _line(self, line: Line) -> None:
        text = line.text
        if len(text) < _LONGEST_MARK and _MARK.fullmatch(text) is not None:
            self._left_out.append(line.number)
        if not text.translate(_RULES):
            return
        collected = self._recognise.collected(line, self._lines)
        if collected is not None:
            name, message, before = collected
            if message.data:
                told = self._recognise.frame(before[-_VIEW:])
                self._frame = told or self._frame or FrameLine(name, stamp=line_stamp(before))
                self._add(message)
            return
        start = begins_message(line, self._lines, self._recognise.is_foreign, self._buried)
        view = text[:_VIEW] if start is None else start.prefix[-_VIEW:]
        frame = self._recognise.frame(view) if view.strip() else None
        if frame is not None:
            self._frame = self._frame.joined(frame) if self._frame and self._joins(frame) else frame
            self._patience = _PATIENCE
            if not frame.continues:
                self._within = set()
        if start is not None:
            if self._frame is not None and self._recognise.keeps_frame(self._frame.format):
                self._frame = None  # the tree of fields that told this has ended
            told = self._frame or leadin.told(start.prefix, self._lead, line.number)
            message = MessageCollector(line.number, start, self._lines, self._recognise.is_foreign).collect()
            self._frame = told
            if not self._buried:
                self._add(message)
            elif message.data[:_ALIKE] not in self._within:  # tcpdump -v -A prints a message twice
                self._within.add(message.data[:_ALIKE])
                self._add(message)
        elif frame is None and not self._ended(text) and not self._is_detail(text):
            self._log(line)

    def _is_detail(self, text: str) -> bool:
        """Whether a line is one of the many of a tree of fields, or of a dump of octets, that tell nothing about SIP."""
        if self._buried:
            return line_stamp(text) is None and _PROSE.match(text) is None
        within = self._frame is not None and self._recognise.keeps_frame(self._frame.format)
        return within and (text[0].isspace() or ", Src: " in text or line_stamp(text) is None)

    @property
    def _buried(self) -> bool:
        return self._frame is not None and self._recognise.is_buried(self._frame.format)

    def _joins(self, frame: FrameLine) -> bool:
        return frame.continues and self._frame is not None and self._frame.format == frame.format

    def _ended(self, text: str) -> bool:
        """Whether a line only closes a message; it may tell how long after the line before it that was."""
        end = self._recognise.end(text[:_VIEW])
        if end is None:
            return False
        if end.stamp is not None and self._entries and self._entries[-1].message is not None:
            self._entries[-1].stamp = end.stamp
        if end.step is not None and self._entries and self._entries[-1].stamp is None:
            self._entries[-1].stamp = Stamp(step=end.step)
        return True

    def _add(self, message: Message) -> None:
        frame = self._frame
        name = frame.format if frame is not None else PLAIN
        if name not in self.formats:
            self.formats.append(name)
        self._entries.append(_Entry(message.number, frame.stamp if frame else None, message, frame))
        self._lead = None
        # Several messages may come in one frame where all of it is printed; elsewhere each has its own line.
        if frame is None or not (self._buried or (frame.number and self._recognise.keeps_frame(frame.format))):
            self._frame = None

    def _log(self, line: Line) -> None:
        self._lead = line
        self._patience -= 1
        if self._patience <= 0:
            self._frame = None
        if self._log_lines >= MOST_LOG_LINES:
            self._dropped += 1
            return
        self._log_lines += 1
        text = printable(line.text[:LONGEST_LOG_LINE])
        self._entries.append(_Entry(line.number, line_stamp(line.text), text=text))

    # -- result --------------------------------------------------------------------------------------------------

    def _wire(self) -> Wire:
        if newest_first([entry.stamp for entry in self._entries if entry.message is not None]):
            self._entries.reverse()
        stamps = [entry.stamp for entry in self._entries]
        if any(stamp is not None and stamp.step is not None for stamp in stamps):
            # Where messages are only told apart by steps, a clock in the lines between them is another clock.
            stamps = [
                stamp if entry.message is not None else None for stamp, entry in zip(stamps, self._entries, strict=True)
            ]
        packets: list[Packet] = []
        log: list[LogLine] = []
        for entry, time in zip(self._entries, dated(stamps), strict=True):
            frame = Frame(self._input, time=time, line=entry.number)
            if entry.message is None:
                log.append(LogLine(entry.text, frame))
            else:
                packets.append(self._packet(entry.message, entry.frame, frame))
        times = [packet.frame.time for packet in packets if packet.frame.time is not None]
        return Wire(
            packets=tuple(packets),
            log=tuple(log),
            messages=len(packets),
            lost=tuple(Lost(Frame(self._input, line=number), LEFT_OUT) for number in self._left_out),
            problems=tuple(self._problems()),
            viewpoint=next((v for v in map(self._recognise.viewpoint, self.formats) if v), None),
            first_time=min(times, default=None),
            last_time=max(times, default=None),
        )

    def _packet(self, message: Message, told: FrameLine | None, frame: Frame) -> Packet:
        if told is None:
            return Packet(message.data, frame, cut=message.cut)
        source, destination = told.ends()
        transport = told.transport
        if transport == "ws" and b"SIP/2.0/WSS" in message.data[:2_000]:
            transport = "wss"
        length = told.length or 0
        short = length - len(message.data)
        return Packet(
            message.data,
            replace(frame, number=told.number),
            source=source,
            destination=destination,
            transport=transport,
            sent=told.sent,
            cut=message.cut or (not message.whole and short > 20 and short * 4 > length),
            interface=told.interface,
        )

    def _problems(self) -> list[str]:
        problems = []
        if self._dropped:
            problems.append(f"{self._dropped} log lines after the first {MOST_LOG_LINES} were not kept")
        if self._left_out:
            more = f" and {len(self._left_out) - 1} more" if len(self._left_out) > 1 else ""
            problems.append(f"line {self._left_out[0]}{more}: something was left out here")
        if self._lines.hidden:
            problems.append("the page that this was copied from hid addresses: who is who in it cannot be told")
        if self._lines.too_long:
            problems.append(f"{self._lines.too_long} lines were longer than 64 KiB and were cut")
        return problems
