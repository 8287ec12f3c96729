"""Pasted text as lines: decoded, unescaped, with the number of the line each came from.

What a browser, a mail program, a terminal or a log collector does to text is undone here, so that the formats see
what the program once wrote: HTML escapes, zero-width characters, terminal colours, octal escapes of syslog, the JSON
envelope of a container log. Everything works on one line at a time and in linear time.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from typing import NamedTuple

# A line of SIP is rarely longer than 8 KiB; what is longer is no message but a dump, and is cut.
LONGEST_LINE = 64 * 1024

_LINE_END = re.compile(r"\r{1,4}\n|\n|\r")  # CR is doubled where a text was converted twice
_INVISIBLE = dict.fromkeys(
    (0x00AD, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF, *range(0x202A, 0x202F), *range(0x2066, 0x206A))
)
_JOINERS = dict.fromkeys(
    (0x200C, 0x200D)
)  # part of real names in some scripts, so only dropped from otherwise plain lines
_SPACES = {0x00A0: " ", 0x2007: " ", 0x202F: " ", 0x3000: " "}
_COLOUR = re.compile(r"\x1b(?:\[[0-9;?]{0,20}[A-Za-z]|[()][AB012])")
_COLOUR_LEFT = re.compile(r"^(?:\[(?:\d{1,3}(?:;\d{1,3}){0,3})?m)+")  # what a page leaves of a terminal's colours
# What a web page shows instead of anything that looks like a mail address. It is made one again, of nobody.
_HIDDEN = re.compile(r"\[email[\s\u00a0]protected\]")
_WRITTEN_CR = re.compile(r"(?m)\^M$")
_NOBODY = "hidden@page.invalid"
_ENTITY = re.compile(r"&(?:(lt|gt|amp|quot|apos|nbsp)|#([0-9]{1,7})|#[xX]([0-9A-Fa-f]{1,6}));")
_ENTITIES = {"lt": "<", "gt": ">", "amp": "&", "quot": '"', "apos": "'", "nbsp": " "}
_ESCAPED_PASTE = re.compile(r"&lt;(?:sips?:|tel:|---|<a )|-(?:-)?&gt;", re.IGNORECASE)
_BREAK = re.compile(r"<br ?/?>", re.IGNORECASE)
_TAG = re.compile(  # of a page or a mail; `o:p` is Outlook's, and `a` what it makes of a URI
    r"</?(?:pre|code|samp|kbd|tt|p|o:p|div|span|font|blockquote|b|i|u|a|em|strong|td|tr|th|table|tbody|li|ul|ol)"
    r"(?: [^<>]{0,300})?/?>",
    re.IGNORECASE,
)
# What mail programs and chats make of an address: `a@b<mailto:a@b>`, `sip:a@b<sip:a@b>`, `<mailto:a@b|a@b>`.
_LINKED = re.compile(
    r"(?P<bare>[^\s<>|@:;,]{1,100}@[^\s<>|@]{1,200})<mailto:(?P=bare)>"
    r"|(?P<uri>sips?:[^\s<>|]{1,300})<(?P=uri)>"
    r"|<(?:mailto|sips?):[^\s<>|]{1,300}\|(?P<shown>[^\s<>|]{1,300})>"
)
_CDATA_END = "]]>"
_SYSLOG_END = re.compile(r"(?:#015){0,2}#012|#015$")
_WRITTEN_END = re.compile(r"(?:\\r)?\\n|\\u000d\\u000a|\\x0d\\x0a|\\015\\012", re.IGNORECASE)
_BARE_QUOTE = re.compile(r'(?<!\\)"')
_ENVELOPE = re.compile(r'"(log|message|msg|MESSAGE)" {0,4}: {0,4}"')
_JSON = json.JSONDecoder()
_SMART_PAIR = re.compile("[“”„‟]")


class Line(NamedTuple):
    """One line and its number in the original text, from 1. Several lines share a number where one was split."""

    number: int
    text: str


def decoded(data: str | bytes) -> str:
    """Text of bytes in UTF-8 or UTF-16; bytes that are neither survive as surrogate escapes (see `encoded`)."""
    if isinstance(data, str):
        return data.removeprefix("\ufeff")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", "replace")
    if data[1:200:2].count(0) > 60:
        return data.decode("utf-16-le", "replace")
    return data.removeprefix(b"\xef\xbb\xbf").decode("utf-8", "surrogateescape")


def encoded(text: str) -> bytes:
    """The bytes of a message line, as they were before `decoded`."""
    try:
        return text.encode("utf-8", "surrogateescape")
    except UnicodeEncodeError:  # a lone surrogate that was in the text itself
        return text.encode("utf-8", "replace")


def printable(text: str) -> str:
    """Text without surrogates, for log lines."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode("utf-8")


def unspoiled(text: str) -> str:
    """Text in which `[email protected]` is an address again, a link is what it showed, and an editor's sign for CR is
    gone from the ends of lines.

    >>> unspoiled("REFER sip:[email protected]:5060 SIP/2.0^M")
    'REFER sip:hidden@page.invalid:5060 SIP/2.0'
    """
    return _WRITTEN_CR.sub("", _HIDDEN.sub(_NOBODY, _unlinked(text)))


class Lines:
    """The lines of a text, read once, with a view ahead."""

    def __init__(self, text: str) -> None:
        self.too_long = 0
        self.hidden = False  # addresses were replaced by the page that the text was copied from
        self._escaped = _ESCAPED_PASTE.search(text) is not None
        # A text that holds both forms is only unescaped where a line shows that it was escaped.
        self._wholly_escaped = self._escaped and "<sip" not in text
        self._source = self._read(text)
        self._ahead: deque[Line] = deque()

    def next(self) -> Line | None:
        return self._ahead.popleft() if self._ahead else next(self._source, None)

    def peek(self, distance: int = 0) -> Line | None:
        """The line that `next` would give after `distance` others."""
        while len(self._ahead) <= distance:
            line = next(self._source, None)
            if line is None:
                return None
            self._ahead.append(line)
        return self._ahead[distance]

    def peek_text(self, limit: int = 4) -> Line | None:
        """The next line that is not blank, looked for in at most `limit` lines."""
        for distance in range(limit):
            line = self.peek(distance)
            if line is None or line.text.strip(" \t>|."):
                return line
        return None

    def _read(self, text: str) -> Iterator[Line]:
        position, number = 0, 0
        while position < len(text):
            number += 1
            match = _LINE_END.search(text, position)
            end, after = match.span() if match else (len(text), len(text))
            if end - position > LONGEST_LINE:
                self.too_long += 1
                end = position + LONGEST_LINE
            raw = text[position:end]
            position = after
            for part in self._parts(raw):
                if part.endswith(_CDATA_END) and part != _CDATA_END:  # a body without a line end, inside XML
                    yield from (Line(number, part.removesuffix(_CDATA_END)), Line(number, _CDATA_END))
                else:
                    yield Line(number, part)

    def _parts(self, raw: str) -> Iterator[str]:
        """The lines that one line of the paste stands for: one, unless line ends were written out in it."""
        if "\x1b" in raw:
            raw = _COLOUR.sub("", raw)
        elif raw.startswith("["):
            raw = _COLOUR_LEFT.sub("", raw)
        if raw.endswith("^M"):
            raw = unspoiled(raw)
        raw = _unlinked(raw)
        if "[email" in raw and (shown := unspoiled(raw)) != raw:
            self.hidden, raw = True, shown
        if not raw.isascii():
            raw = raw.translate(_INVISIBLE).translate(_SPACES)
            if raw.translate(_JOINERS).isascii():
                raw = raw.translate(_JOINERS)
            raw = _straight_quotes(raw)
        if self._escaped:
            yield from self._unescaped(raw)
        elif "SIP/" in raw:
            yield from _split_written_ends(raw)
        elif '{"log":' in raw or '"MESSAGE"' in raw:  # a line of a message, wrapped by docker or by journald
            yield _out_of_envelope(raw)
        else:
            yield raw.removesuffix("#015")

    def _unescaped(self, raw: str) -> Iterator[str]:
        if self._wholly_escaped:
            for part in _BREAK.split(raw):
                yield from _split_written_ends(_unescape(_TAG.sub("", part)))
        elif "&lt;" in raw or "&gt;" in raw:
            yield from _split_written_ends(_unescape(raw))
        else:
            yield from _split_written_ends(raw)


def _straight_quotes(text: str) -> str:
    """Typographic quotes of a word processor made straight, where the line has no straight ones they might stand in."""
    return _SMART_PAIR.sub('"', text) if '"' not in text and len(_SMART_PAIR.findall(text)) % 2 == 0 else text


def _unlinked(text: str) -> str:
    """
    >>> _unlinked("To: <sip:a@192.0.2.1<mailto:a@192.0.2.1>>"), _unlinked("To: <sip:<mailto:a@b.example|a@b.example>>;tag=1")
    ('To: <sip:a@192.0.2.1>', 'To: <sip:a@b.example>;tag=1')
    """
    if "@" not in text or not ("<mailto:" in text or "<sip" in text):
        return text
    return _LINKED.sub(lambda match: match["bare"] or match["uri"] or match["shown"], text)


def _unescape(text: str) -> str:
    def character(match: re.Match[str]) -> str:
        name, decimal, hexadecimal = match.groups()
        if name:
            return _ENTITIES[name]
        code = int(decimal) if decimal else int(hexadecimal, 16)
        return chr(code) if 31 < code < 0xD800 or 0xE000 <= code < 0x110000 else ""

    return _ENTITY.sub(character, text) if "&" in text else text


def _out_of_envelope(text: str) -> str:
    """The line inside the JSON that container runtimes wrap around each line of output."""
    begin = text.find('{"')
    key = _ENVELOPE.search(text, begin) if begin >= 0 else None
    if key is None:
        return text
    try:
        envelope, _ = _JSON.raw_decode(text, begin)
    except (ValueError, RecursionError):
        return text
    inner = envelope.get(key[1]) if isinstance(envelope, dict) else None
    if not isinstance(inner, str):
        return text
    moment = envelope.get("time") or envelope.get("timestamp") or envelope.get("ts")
    inner = inner.rstrip("\r\n")
    return text[:begin] + (f"{moment} {inner}" if isinstance(moment, str) and inner else inner)


def _unquoted(part: str) -> str:
    """A line of a quoted string with its own quotes: where one is escaped, all are."""
    if '\\"' not in part or _BARE_QUOTE.search(part) is not None:
        return part
    return part.replace('\\"', '"')


def _split_written_ends(raw: str) -> Iterator[str]:
    """Split a line that holds a whole message with its line ends written out, as syslog and JSON logs do."""
    raw = _out_of_envelope(raw)
    if "#012" in raw:
        yield from _SYSLOG_END.split(raw)
    elif "\n" in raw:
        yield from (part.rstrip("\r") for part in raw.split("\n"))
    elif "\\n" in raw or "\\u000a" in raw or "\\x0a" in raw or "\\012" in raw:
        yield from map(_unquoted, _WRITTEN_END.split(raw))
    else:
        yield raw.removesuffix("#015")
