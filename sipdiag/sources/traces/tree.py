"""SIP as Wireshark's tree of fields spells it out, put back into a message.

`Request-Line:` or `Status-Line:`, then `Message Header` with one header a line and the dissector's details a step
deeper, then `Message Body`, where SDP stands in words: `Connection Information (c): IN IP4 192.0.2.1`.
"""

from __future__ import annotations

import re

from sipdiag.sources.traces.body import Body
from sipdiag.sources.traces.frame import Message
from sipdiag.sources.traces.lines import Line, Lines, encoded
from sipdiag.sources.traces.message import LARGEST_HEAD
from sipdiag.sources.traces.prefix import Prefix
from sipdiag.sources.traces.startline import find_start, is_header

ROOT = re.compile(r"^(?P<before>.{0,200}?)(?:Session Initiation Protocol\b|(?:Request|Status)-Line: .{0,2000}SIP/\d)")
_RAW = re.compile(r"Session Initiation Protocol \(SIP as raw text\)")
_FIRST = re.compile(r"(?:\[truncated\] ?)?(?:Request|Status)-Line(?: \[truncated\])?: (.*)")
_SPELLED = re.compile(r"[^():]{1,60}\(([a-z])\): ?(.*)")
_TRUNCATED = re.compile(r"^\[truncated\] ?|(?<=\w) \[truncated\](?=:)")
# Details that look like headers, where a paste has lost the indent that tells them apart.
_DETAILS = frozenset(
    (
        "transport",
        "branch",
        "method",
        "rport",
        "received",
        "maddr",
        "ttl",
        "realm",
        "uri",
        "algorithm",
        "nonce",
        "username",
    )
)
_NEXT_LAYER = re.compile(r"Frame \d+:|(?:No\.\s+Time\b)")


class _Tree:
    def __init__(self, root: str) -> None:
        self.start = ""
        self.head: list[str] = []
        self.truncated = False
        self.unreadable = False
        self._depth = _depth(root)
        self._section = ""
        self._section_depth = 0
        self._item_depth: int | None = None
        self._size = 0
        self.body: list[str] = []
        self.flat = False

    def take(self, text: str) -> bool:
        """Take a line of the tree; false where the tree has ended."""
        line = text.strip()
        depth = _depth(text)
        first = _FIRST.match(line)
        if first is not None:
            if self.start:
                return False
            self.start = first[1].replace("\\r\\n", "").strip()
            self._line_depth = depth
            self.truncated |= "[truncated]" in line
            return True
        if self.start and (depth < self._line_depth or (depth == 0 and _NEXT_LAYER.match(line))):
            return False
        if not self.start:
            return depth > self._depth or not line
        if line in ("Message Header", "Message Body"):
            self._section, self._section_depth, self._item_depth = line, depth, None
            self.flat = depth == 0
        elif self._section == "Message Header":
            self._header(line, depth)
        elif self._section == "Message Body":
            self._body_line(line, depth)
        return True

    def _header(self, line: str, depth: int) -> None:
        if self._item_depth is None:
            self._item_depth = depth
        if (
            depth != self._item_depth
            or line.startswith(("[Generated", "[Expert", "[Community"))
            or self._size > LARGEST_HEAD
        ):
            return
        bare = _TRUNCATED.sub("", line)
        self.truncated |= bare != line
        bare = bare.removesuffix("\\r\\n")
        if is_header(bare) and not (self.flat and bare.partition(":")[0].strip().lower() in _DETAILS):
            self.head.append(bare)
            self._size += len(bare)

    def _body_line(self, line: str, depth: int) -> None:
        if (
            self._item_depth is None
        ):  # the title of the body: Session Description Protocol, Sipfrag, Line-based text data
            self._section_depth, self._item_depth = depth, -1
            self.unreadable = line.startswith(("eXtensible", "MIME", "Data", "JavaScript", "Media Type"))
            return
        if self._item_depth == -1:
            self._item_depth = depth
        if self.unreadable or depth != self._item_depth or self._size > LARGEST_HEAD:
            return
        spelled = _SPELLED.fullmatch(_TRUNCATED.sub("", line))
        if spelled is not None:
            line = f"{spelled[1]}={spelled[2]}"
        elif line.startswith("["):
            return
        self.body.append(line.removesuffix("\\r\\n"))
        self._size += len(line)

    def message(self, number: int) -> Message:
        fields = {
            name.strip().lower(): value.strip() for name, _, value in (header.partition(":") for header in self.head)
        }
        digits = fields.get("content-length", fields.get("l", ""))
        length = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
        body = Body(fields.get("content-type", fields.get("c", "")), length)
        for line in self.body:
            body.add(line)
        head = encoded("\r\n".join([self.start, *self.head]))
        return Message(number, head + b"\r\n\r\n" + body.data(), self.truncated or body.cut())


def collect_tree(line: Line, lines: Lines) -> Message | None:
    """The message of a tree that begins on this line; without bytes where the tree only repeats a message."""
    opening = ROOT.match(line.text)
    if opening is None:
        return None
    prefix = Prefix(opening["before"] if opening["before"].strip() else "")
    raw = _RAW.search(line.text) is not None
    tree = _Tree(prefix.strip(line.text))
    root = _depth(prefix.strip(line.text))
    number = line.number
    if _FIRST.match(prefix.strip(line.text).strip()):
        tree.take(prefix.strip(line.text))
    while (ahead := lines.peek()) is not None:
        text = prefix.strip(ahead.text)
        if not text.strip():
            if tree.flat or not _goes_on(lines, prefix, root):
                break
            lines.next()
            continue
        if raw:
            if _depth(text) <= root:
                break
        elif not tree.start and _FIRST.match(text.strip()):
            number = ahead.number
            tree.take(text)
        elif (ROOT.match(text) and not _FIRST.match(text.strip())) or not tree.take(text):
            break
        lines.next()
    if raw:
        return Message(number, b"")
    if not tree.start or find_start(tree.start) is None:
        return None
    return tree.message(number)


def _goes_on(lines: Lines, prefix: Prefix, root: int) -> bool:
    """Whether the tree goes on below an empty line that a copy put into it."""
    following = lines.peek(1)
    return following is not None and _depth(prefix.strip(following.text)) > root and bool(following.text.strip())


def _depth(text: str) -> int:
    expanded = text[:400].expandtabs(4)
    return len(expanded) - len(expanded.lstrip(" "))
