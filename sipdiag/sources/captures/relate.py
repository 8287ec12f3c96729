"""What is noted of each Call-ID while a capture is read, and which of them a transfer touches."""

from __future__ import annotations

import re
from collections.abc import Iterable

from sipdiag.places import Frame
from sipdiag.raw import CallSketch

_FIELDS = re.compile(rb"(?i)\n(from|f|to|t)[ \t]*:[ \t]*([^\r\n]*)")
_JOINING = re.compile(rb"(?i)\n(?:replaces|referred-by|b)[ \t]*:")
_REFER_EVENT = re.compile(rb"(?i)\n(?:event|o)[ \t]*:[ \t]*refer\b")
_REFER_TO = re.compile(rb"(?i)\n(?:refer-to|r)[ \t]*:[ \t]*([^\r\n]*)")
_CSEQ = re.compile(rb"(?i)\ncseq[ \t]*:[ \t]*\d+[ \t]+([A-Za-z]+)")
_USER = re.compile(rb"(?i)(?:sips?|tel):([^@;>?\s]+)")
_NUMBER = re.compile(rb"\+?[\d.() -]{7,}")

_OUTSIDE_CALLS = frozenset({b"REGISTER", b"OPTIONS", b"PUBLISH", b"SUBSCRIBE", b"NOTIFY", b"MESSAGE"})

# Seconds around a REFER within which a call to its target can be its consequence, or the consultation before it.
_BEFORE, _AFTER = 120.0, 120.0
# Seconds between the first messages of two legs of one call.
_LEGS = 5.0


class Thread:
    """All messages of one Call-ID, as a few notes."""

    __slots__ = (
        "call_id", "first", "last", "messages", "methods", "number", "parties", "recipient", "referred", "refers", "replaces",
        "sender", "status", "target", "transports",
    )  # fmt: skip

    def __init__(self, number: int, call_id: bytes, frame: int, time: float) -> None:
        self.number, self.call_id = number, call_id
        self.messages = 0
        self.methods: tuple[bytes, ...] = ()
        self.first = self.last = (frame, time)
        self.sender = self.recipient = self.target = b""
        self.transports: tuple[str, ...] = ()
        self.status: int | None = None
        self.refers = self.replaces = False
        self.referred: tuple[tuple[bytes, float], ...] = ()  # users that its REFERs point to, with their times
        self.parties: tuple[bytes, ...] = ()  # users of From, To and Request-URI, where it has an INVITE

    def take(self, data: bytes, end: int, frame: int, time: float, transport: str) -> None:
        """Note one more message, whose headers end at `end`."""
        self.messages += 1
        self.last = (frame, time)
        if transport not in self.transports:
            self.transports = (*self.transports, transport)
        if data.startswith(b"SIP/"):
            if self.messages == 1:
                self._name(data, end)
            if data[8:9] != b"1":
                self._final(data, end)
            return
        method = data[: data.find(b" ")]
        if method not in self.methods:
            if len(self.methods) < 32:
                self.methods = (*self.methods, method[:40])
            if not self.sender:
                self._name(data, end)
            if method == b"INVITE":
                self.target = data[: data.find(b"\n")].split()[1]
                self.parties = tuple({user(x) for x in (self.sender, self.recipient, self.target)} - {b""})
        if method == b"INVITE":
            self.replaces = self.replaces or _JOINING.search(data, 0, end) is not None
        elif method == b"REFER":
            self.refers = True
            to = _REFER_TO.search(data, 0, end)
            if to is not None and len(self.referred) < 64:
                self.referred = (*self.referred, (user(to[1]), time))
        elif method == b"NOTIFY" and not self.refers:
            self.refers = _REFER_EVENT.search(data, 0, end) is not None

    def _name(self, data: bytes, end: int) -> None:
        for name, value in _FIELDS.findall(data, 0, end):
            if name[:1] in b"Ff":
                self.sender = self.sender or value[:512]
            else:
                self.recipient = self.recipient or value[:512]

    def _final(self, data: bytes, end: int) -> None:
        at = data.find(b"\r\nCSeq: ", 0, end)
        if at >= 0:
            invite = data.find(b"INVITE", at, data.find(b"\r", at + 2)) >= 0
        else:
            method = _CSEQ.search(data, 0, end)
            invite = method is not None and method[1] == b"INVITE"
        if invite and data[8:11].isdigit():
            self.status = int(data[8:11])

    @property
    def is_call(self) -> bool:
        """Whether it may be a call, or a part of one; not so registrations, probes and subscriptions of their own."""
        return self.refers or self.status is not None or not _OUTSIDE_CALLS.issuperset(self.methods)

    def sketch(self, input_id: str) -> CallSketch:
        """The notes in the form that other layers read."""
        return CallSketch(
            self.call_id.decode("utf-8", "replace"),
            self.messages,
            frozenset(method.decode("ascii", "replace") for method in self.methods),
            Frame(input_id, *self.first),
            Frame(input_id, *self.last),
            self.sender.decode("utf-8", "replace"),
            self.recipient.decode("utf-8", "replace"),
            self.target.decode("utf-8", "replace"),
            frozenset(self.transports),
            self.status,
            self.refers,
            self.replaces,
        )


def user(uri: bytes) -> bytes:
    """The user or number of a URI, for comparing only: of a number, its last seven digits.

    >>> user(b"<sip:+1-555-0100@carrier.example>"), user(b"sip:Support@pbx.example")
    (b'5550100', b'support')
    """
    found = _USER.search(uri)
    if found is None:
        return b""
    if _NUMBER.fullmatch(found[1]):
        return re.sub(rb"\D", b"", found[1])[-7:]
    return found[1].lower()


def related(threads: Iterable[Thread], wanted: Iterable[int] = ()) -> set[int]:
    """The Call-IDs that a transfer touches: with a REFER, its NOTIFY, Replaces or Referred-By; the calls that go to the
    target of a REFER about its time; those that are wanted (by their numbers); and other legs of all these, which share a
    party and begin with them.
    """
    threads = list(threads)
    chosen = {*wanted, *(thread.number for thread in threads if thread.refers or thread.replaces)}
    referred: dict[bytes, list[float]] = {}
    for thread in threads:
        for target, time in thread.referred:
            referred.setdefault(target, []).append(time)
    for thread in threads:
        times = [time for party in thread.parties for time in referred.get(party, ())[:1000]]
        if any(-_BEFORE <= thread.first[1] - time <= _AFTER for time in times):
            chosen.add(thread.number)
    starts: dict[bytes, list[float]] = {}
    for thread in threads:
        if thread.number in chosen:
            for party in thread.parties:
                starts.setdefault(party, []).append(thread.first[1])
    for thread in threads:
        times = [time for party in thread.parties for time in starts.get(party, ())[:1000]]
        if any(abs(thread.first[1] - time) <= _LEGS for time in times):
            chosen.add(thread.number)
    return chosen
