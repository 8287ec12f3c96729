"""SIP messages that a program printed, or a web page folded, without line ends.

ngrep without `-W byline` prints a dot for CR and one for LF, and wraps the whole at the width of the terminal; a page
that joins lines leaves spaces. Both are split again: at the double dots, or before the names of header fields.
"""

from __future__ import annotations

import re

from sipdiag.sources.traces.body import Body
from sipdiag.sources.traces.frame import Message
from sipdiag.sources.traces.lines import LONGEST_LINE, Line, Lines, encoded
from sipdiag.sources.traces.prefix import Prefix
from sipdiag.sources.traces.startline import is_header

_START = r"(?:[A-Z]{2,20} (?:sips?|tel):[^\s]{1,2000} SIP/2\.0|SIP/2\.0 [1-6]\d\d [^.:]{0,60}?)"
_NAMES = (
    r"Via|Record-Route|Route|Max-Forwards|From|To|Call-ID|CSeq|Contact|Allow|Allow-Events|Supported|Require|Proxy-Require|"
    r"Unsupported|User-Agent|Server|Date|Content-Type|Content-Length|Content-Disposition|Refer-To|Referred-By|Replaces|"
    r"Refer-Sub|Target-Dialog|Event|Subscription-State|Expires|Min-SE|Session-Expires|Session-ID|Reason|Warning|Accept|"
    r"Accept-Encoding|Accept-Language|Authorization|Proxy-Authorization|WWW-Authenticate|Proxy-Authenticate|"
    r"P-Asserted-Identity|P-Preferred-Identity|Remote-Party-ID|Privacy|Diversion|History-Info|RSeq|RAck|Timestamp|"
    r"Retry-After|Organization|Subject|X-[A-Za-z0-9-]{1,40}|P-[A-Za-z0-9-]{1,40}"
)
DOTTED = re.compile(rf"(?:^|(?<=[\s>|\]])){_START}\.\.(?=[A-Za-z-]{{1,40}} {{0,2}}:)")
SPACED = re.compile(rf"(?:^|(?<=[\s>|\]])){_START} {{1,4}}(?=(?:{_NAMES}) {{0,2}}:)")
_BEFORE_NAME = re.compile(rf" (?=(?:{_NAMES}) {{0,2}}:)")
_BEFORE_SDP = re.compile(r" (?=(?:v=0\b|[oscibtmaz]=[^\s=]))")
_FRAME = re.compile(r"^[UTI] .{0,100} -> ")
_LENGTH_THEN_BODY = re.compile(r"((?:Content-Length|l) {0,2}: {0,2}\d{1,9}) +(\S.*)")
_LAST_DOT = re.compile(r"[ \t>|]{0,40}\.[ \t]*")
_MOST_LINES = 2_000


def collect_dotted(line: Line, lines: Lines) -> Message | None:
    """A message whose line ends were printed as two dots, from its start line on."""
    opening = DOTTED.search(line.text)
    if opening is None:
        return None
    before = line.text[: opening.start()]
    prefix = Prefix(before)
    parts, size = [line.text[opening.start() :]], 0
    for _ in range(_MOST_LINES):
        ahead = lines.peek()
        if ahead is not None and parts[-1].rstrip().endswith(".") and _LAST_DOT.fullmatch(ahead.text):
            parts[-1] = (
                parts[-1].rstrip() + "."
            )  # the width of the terminal ended between the dots of the last line end
            lines.next()
            break
        if ahead is None or not ahead.text.strip(" #.>|") or size > LONGEST_LINE:
            break
        text = ahead.text.removeprefix(before) if ahead.text.startswith(before) else prefix.strip(ahead.text)
        if before and len(text) == len(ahead.text):
            break
        if not text.strip(" #.") or DOTTED.search(ahead.text) or _FRAME.search(text):
            break
        parts.append(text)
        size += len(ahead.text)
        lines.next()
    head, _, rest = "".join(parts).partition("....")
    body_lines = rest.removesuffix("..").split("..") if rest.strip(" .") else []
    return _message(line.number, head.removesuffix("..").split(".."), body_lines)


def collect_spaced(line: Line, lines: Lines) -> Message | None:
    """A message whose line ends became spaces; all of it stands on one line."""
    opening = SPACED.search(line.text)
    if opening is None:
        return None
    text = line.text[opening.start() :].strip()
    first, *fields = _BEFORE_NAME.split(text)
    body_lines: list[str] = []
    if fields:
        last = _LENGTH_THEN_BODY.match(fields[-1])
        head, body = last.groups() if last else (fields[-1], "")
        if not body and " v=0" in head:
            head, _, body = head.partition(" v=0")
            body = f"v=0{body}"
        fields[-1] = head
        body_lines = _BEFORE_SDP.split(body) if body.startswith("v=0") else [body] if body else []
    return _message(line.number, [first, *fields], body_lines)


def _message(number: int, head: list[str], body_lines: list[str]) -> Message | None:
    named = {name.strip().lower(): value.strip() for name, _, value in (field.partition(":") for field in head[1:])}
    if not head[1:] or not is_header(head[1]):
        return None
    digits = named.get("content-length", named.get("l", ""))
    length = int(digits) if digits.isascii() and digits.isdigit() and len(digits) < 10 else None
    body = Body(named.get("content-type", named.get("c", "")), length)
    for text in body_lines:
        body.add(text.strip(" "))
    data = encoded("\r\n".join(part.strip() for part in head)) + b"\r\n\r\n" + body.data()
    return Message(number, data, body.cut())
