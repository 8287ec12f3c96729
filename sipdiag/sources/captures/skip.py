"""Passing over runs of RTP in one call of the regular expression engine."""

from __future__ import annotations

import re
from collections import Counter
from functools import lru_cache

from sipdiag.sources.captures.links import IPV4, VLAN

# A run is matched as groups of so many records: which groups took part tells how many records there were, which the
# length of the run does not tell, and frame numbers need. Each of the large groups stands inside the one before it, so
# that no more than one of them fails; runs are often short, and a group that fails is paid for. Each group spells out all
# that was learnt: with few of them the expression is compiled sooner.
_LARGE, _NESTED = 16, 6
_SMALL = (8, 4, 2, 1)
_GROUPS = (_LARGE,) * _NESTED + _SMALL
_SIGHTINGS = 8  # of a kind or length before it is worth a place in the expression
_KINDS, _LENGTHS = 16, 1024
# Frames of a capture that are looked at one by one, so that RTP is counted exactly in captures of a usual size.
_EXACT = 20_000
_LEARNING = 2_000  # of them, the last, from which the first expression is learnt
_MISSES = 1_000  # records of RTP that the expression does not know, before another is worth its compilation

_IPV4_UDP = rb"\x45.{5}[\x00\x40\x80\xc0]\x00.\x11.{10}"  # no options, no fragment
_IPV6_UDP = rb"[\x60-\x6f].{5}\x11.{33}"
_RTP = rb".{8}[\x80-\xff]"  # a UDP header, and an octet with which no SIP start line begins, and no tunnel


class Skipper:
    """Learns what the records with RTP of a capture look like, and recognises runs of them.

    A record is known by the *kind* of its frame (link layer, IP, UDP and the first octet of the payload say: neither
    SIP nor anything that can hold it) and by its *length*, both literally. As the length is literal, the next record
    begins where it says: a run that is passed over is what a loop over the records would have passed over.

    The file format gives the expressions for what precedes kind and length in its records.
    """

    __slots__ = (
        "_kinds",
        "_left",
        "_lengths",
        "_missed",
        "_next",
        "_pattern",
        "_prefix",
        "_taken",
        "kind",
        "number",
        "ready",
        "skipped",
    )

    def __init__(self) -> None:
        self.skipped = 0
        self.number = 0  # of the last frame passed over
        self._left = max(0, _EXACT - _LEARNING)
        self.restart(b"")

    def restart(self, prefix: bytes) -> None:
        """Forget what was learnt; `prefix` is the expression for the beginning of a record, before its length."""
        self._prefix = prefix
        self._kinds: Counter[bytes] = Counter()
        self._lengths: Counter[bytes] = Counter()
        self._pattern: re.Pattern[bytes] | None = None
        self._taken: frozenset[bytes] = frozenset()  # kinds and lengths that the expression knows
        self._missed, self._next = 0, _LEARNING
        self.ready = False
        self.kind: bytes | None = None  # of the frame that was handed on last, where it was RTP

    def see(self, link: int, kind: int, frame: bytes, payload: int) -> None:
        """The frame at hand carries RTP over UDP over `kind` (an EtherType)."""
        if self._left:
            self._left -= 1
        else:
            self.kind = kind_of(link, kind, frame, payload)

    def learn(self, kind: bytes, length: bytes) -> None:
        """A record with RTP was seen: what its frame looks like, and what its length."""
        self.kind = None
        for known, expression, most in ((self._kinds, kind, _KINDS), (self._lengths, length, _LENGTHS)):
            if expression in known or len(known) < most:
                known[expression] += 1
        if kind in self._taken and length in self._taken:
            return  # one of those that are looked at on purpose
        self._missed += 1
        if self._missed >= self._next:
            # Less and less often: there may be more kinds and lengths than have their place in it.
            self._missed, self._next = 0, max(_MISSES, 2 * self._next if self.ready else 0)
            self._compile()

    def _compile(self) -> None:
        kinds = [kind for kind, count in self._kinds.most_common() if count >= _SIGHTINGS]
        lengths = [length for length, count in self._lengths.most_common() if count >= _SIGHTINGS]
        taken = frozenset(kinds + lengths)
        if kinds and lengths and taken != self._taken:
            self._taken = taken
            record = self._prefix + b"(?=" + b"|".join(kinds) + b")(?:" + b"|".join(lengths) + b")"
            large = b""
            for _ in range(_NESTED):
                large = b"(?:((?:%b){%d}+)%b)?+" % (record, _LARGE, large)
            small = b"".join(b"((?:%b){%d}+)?+" % (record, size) for size in _SMALL)
            self._pattern = re.compile(b"(?s)" + large + small)
            self.ready = True

    def skip(self, data: bytearray, at: int, end: int, number: int) -> tuple[int, int]:
        """Where the run of RTP that begins behind frame `number` at `at` ends, and its last frame: at most 111 further.

        Longer ones are interrupted on purpose: the record after a run is looked at, so that RTP is still sampled.
        """
        if self._pattern is None:
            return at, number
        match = self._pattern.match(data, at, end)
        if match is None or match.end() == at:
            return at, number
        count = 0
        for size, span in zip(_GROUPS, match.regs[1:], strict=True):
            if span[0] >= 0:
                count += size
        self.skipped += count
        self.number = number + count
        return match.end(), self.number


def kind_of(link: int, kind: int, frame: bytes, payload: int) -> bytes | None:
    """The expression for frames like this one, whose UDP payload begins at `payload`.

    None where it is not of the simple kind that can be recognised by fixed places.
    """
    at = payload - (28 if kind == IPV4 else 48)  # of the IP packet, where its header has no options
    if at < 0 or at > 64:
        return None
    return _kind(link, kind, frame[12:at] if link == 1 else frame[:2] if link == 276 else frame[14:at], at)


@lru_cache(maxsize=256)
def _kind(link: int, kind: int, link_type: bytes, at: int) -> bytes | None:
    """As above; `link_type` are the octets of the link header from the first that tells what it carries."""
    if link == 1:
        tags = [link_type[i : i + 2] for i in range(0, at - 14, 4)]
        if at < 14 or (at - 14) % 4 or any(int.from_bytes(tag, "big") not in VLAN for tag in tags):
            return None
        before = b".{12}" + b"".join(re.escape(tag) + b".{2}" for tag in tags) + re.escape(link_type[-2:])
    elif link in (101, 12, 14, 228, 229) and at == 0:
        before = b""
    elif link in (0, 108) and at == 4:
        before = b".{4}"
    elif link == 113 and at == 16:
        before = b".{14}" + re.escape(link_type)
    elif link == 276 and at == 20:
        before = re.escape(link_type) + b".{18}"
    else:
        return None
    return before + (_IPV4_UDP if kind == IPV4 else _IPV6_UDP) + _RTP
