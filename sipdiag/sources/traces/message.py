"""One SIP message collected from the lines of a paste.

The end of a message is where its Content-Length says, or where the next one, a frame line or a log line stands. Empty
lines may be missing, doubled or filled with spaces; long lines may be wrapped.
"""

from __future__ import annotations

from collections.abc import Callable

from sipdiag.sources.traces.body import Body
from sipdiag.sources.traces.frame import Message
from sipdiag.sources.traces.lines import Line, Lines, encoded
from sipdiag.sources.traces.prefix import Prefix
from sipdiag.sources.traces.stamps import line_stamp
from sipdiag.sources.traces.startline import Start, find_buried_start, find_start, is_header

LARGEST_HEAD = 256 * 1024
_WRAPPED = 50  # a line shorter than this was not wrapped by any program
_NEEDED = {"call-id": "call-id", "i": "call-id", "cseq": "cseq", "from": "from", "f": "from", "to": "to", "t": "to"}
_ENDS_OPEN = (",", ";", "=", "<", "@", ":", "/")
_GLUED_RULE = "|" * 20  # sipdump's mark of the end, behind a body that has no line end of its own


def begins_message(line: Line, lines: Lines, is_foreign: Callable[[str], bool], buried: bool = False) -> Start | None:
    """The start line in a line, where what follows confirms that a message begins here: a header line.

    A log line that only speaks of a message has none below it, or the line that frames the message. With `buried` any octets may stand before it.
    """
    start = (find_buried_start(line.text) if buried else None) or find_start(line.text)
    if start is None:
        return None
    following = lines.peek_text()
    if following is None or is_foreign(following.text):
        return None
    text = Prefix(start.prefix, following.text).strip(following.text).strip()
    if is_header(text) and find_start(text) is None:
        return start
    return None


class MessageCollector:
    """Collects the lines of one message after its start line."""

    def __init__(self, number: int, start: Start, lines: Lines, is_foreign: Callable[[str], bool]) -> None:
        self._number = number
        self._last = number  # of the lines taken
        self._start = start
        self._lines = lines
        self._is_foreign = is_foreign  # frame lines and end marks
        following = lines.peek_text()
        self._prefix = Prefix(start.prefix, following.text if following else "")
        self._head: list[str] = []
        self._size = 0
        self._names: set[str] = set()
        self._fields: dict[str, str] = {}
        self._spaced = False
        self._dotted = False
        self._indent = 0
        self._after_text = True  # the last line taken was not blank
        self._widest = len(start.text)

    def collect(self) -> Message:
        self._learn()
        complete = self._read_head()
        body = Body(self._field("content-type", "c"), self._length())
        if body.expected:
            self._read_body(body, after_blank=complete)
        return self._message(body, complete)

    # -- lines ---------------------------------------------------------------------------------------------------

    def _learn(self) -> None:
        """What the first header line shows of the paste: dots, an indent of its own, an empty line after each line."""
        first = self._lines.peek_text()
        text = self._prefix.strip(first.text) if first else ""
        self._dotted = self._start.text.endswith(".") and text.rstrip().endswith(".")
        self._indent = len(text) - len(text.lstrip(" \t"))
        second = self._lines.peek()
        self._spaced = second is not None and not self._prefix.strip(second.text).strip(" \t>|")

    def _bare(self, raw: str) -> str:
        """A line without prefix, indent, trailing space and the dot that stands for CR."""
        text = self._prefix.strip(raw)
        if self._indent:
            text = text[min(self._indent, len(text) - len(text.lstrip(" \t"))) :]
        text = text.rstrip(" \t")
        if text.endswith(_GLUED_RULE):
            text = text.removesuffix(_GLUED_RULE)
        if self._dotted and text.endswith("."):
            text = text[:-1]
        return text

    def _look(self, distance: int = 0) -> str | None:
        line = self._lines.peek(distance)
        return None if line is None else self._bare(line.text)

    def _following(self, limit: int = 3) -> str | None:
        """The next line after the one in view that is not blank."""
        for distance in range(1, limit + 1):
            line = self._lines.peek(distance)
            if line is None or self._is_foreign(line.text):
                return None
            text = self._bare(line.text)
            if text.strip(" >|"):
                return text
        return None

    def _take(self, text: str) -> None:
        line = self._lines.next()
        self._last = line.number if line is not None else self._last
        self._after_text = bool(text)

    def _skip_spacing(self, text: str) -> bool:
        """Take the empty line that a paste with doubled line ends has after each line."""
        if self._spaced and not text.strip(" >|") and self._after_text:
            self._lines.next()
            self._after_text = False
            return True
        return False

    # -- head ----------------------------------------------------------------------------------------------------

    def _read_head(self) -> bool:
        """Take the header lines; true if the empty line after them was there."""
        while (text := self._look()) is not None and self._size < LARGEST_HEAD:
            if self._skip_spacing(text):
                continue
            if not text.strip(" >|"):
                self._take("")
                if self._goes_on():
                    continue
                return True
            line = self._lines.peek()
            if line is not None and self._is_foreign(line.text):
                return False
            if find_start(text) is not None and not text[0].isspace():
                return False
            if not self._take_header(text):
                return False
        return False

    def _goes_on(self) -> bool:
        """Whether an empty line fell into the head: what every message needs is still missing, and comes next."""
        text = self._look()
        if text is None or len(set(_NEEDED.values()) - self._names) == 0 or not is_header(text):
            return False
        name = text.partition(":")[0].strip().lower()
        return name in ("via", "v") or (name in _NEEDED and _NEEDED[name] not in self._names)

    def _take_header(self, text: str) -> bool:
        folded = text[0].isspace() and bool(self._head) and line_stamp(text) is None
        if is_header(text) or folded:
            self._head.append(text)
            if not folded:
                self._note(text)
        elif self._is_wrapped(text):
            gap = "" if self._is_cut_within_a_word() or text[0] in ";,>" else " "
            self._head[-1] += gap + text
            self._note(self._head[-1])
        else:
            return False
        self._size += len(text) + 2
        self._widest = max(self._widest, len(text))
        self._take(text)
        return True

    def _note(self, header: str) -> None:
        name, _, value = header.partition(":")
        name = name.strip().lower()
        self._names.add(_NEEDED.get(name, name))
        self._fields[name] = value.strip()

    def _is_wrapped(self, text: str) -> bool:
        """Whether a line continues the one before it, cut by a terminal or a mail program."""
        last = self._head[-1] if self._head else ""
        if not last or line_stamp(text) is not None or len(text) > max(self._widest, 100):
            return False
        body = Body(self._field("content-type", "c"), self._length())
        if body.begins_with(text, self._following()):
            return False
        following = self._following()
        within = following is not None and (is_header(following) or not following.strip())
        # A mail program breaks a line where its next word would not have fitted.
        fits = len(last) + len(text.split(None, 1)[0]) < _WRAPPED
        return (not fits or last.endswith(_ENDS_OPEN)) and (within or len(last) >= self._widest)

    def _is_cut_within_a_word(self) -> bool:
        """Whether the last line was cut at the width of a terminal, where nothing is lost, and not at a space."""
        last = self._head[-1]
        if is_header(last) and not last.partition(":")[2]:
            return False
        return len(last) >= max(self._widest, _WRAPPED) or last.endswith(("=", "<", "@", ":", "/"))

    def _field(self, *names: str) -> str:
        return next((self._fields[name] for name in names if name in self._fields), "")

    def _length(self) -> int | None:
        digits = self._field("content-length", "l").strip()
        return int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None

    # -- body ----------------------------------------------------------------------------------------------------

    def _read_body(self, body: Body, *, after_blank: bool) -> None:
        text = self._look()
        if not after_blank and (text is None or not body.begins_with(text, self._following())):
            return
        self._skip_blank_before(body)
        while (text := self._look()) is not None:
            if self._skip_spacing(text):
                continue
            line = self._lines.peek()
            if line is None or self._is_foreign(line.text):
                return
            if body.takes(text, self._following()):
                body.add(text)
            elif body and body.sdp and body.missing and text and len(body.last) >= _WRAPPED and self._joins(text):
                body.add_to_last(text)
            else:
                return
            self._take(text)

    def _skip_blank_before(self, body: Body) -> None:
        """An empty line more than there should be before a body."""
        text, following = self._look(), self._following()
        if (
            text is not None
            and not text.strip()
            and following is not None
            and body.begins_with(following, self._look(2))
        ):
            self._take("")

    def _joins(self, text: str) -> bool:
        return find_start(text) is None and line_stamp(text) is None and not is_header(text) and " " not in text[:1]

    def _message(self, body: Body, complete: bool) -> Message:
        start = self._start.text
        if start.endswith(".") and (self._dotted or not self._start.is_status):
            start = start[:-1].rstrip()
        head = encoded("\r\n".join([start, *self._head]))
        needed = {"call-id", "cseq"} <= self._names
        # A message on one line has all its line ends written out: what is missing was cut off by the log's longest line.
        torn = self._last == self._number and not complete and body.length != 0
        short = self._last == self._number and complete and bool(body.length) and body.missing > 2
        cut = body.cut() or (not complete and not needed) or torn or short
        whole = needed and body.length is not None and body.missing <= 2
        return Message(self._number, head + (b"" if torn else b"\r\n\r\n" + body.data()), cut, whole)
