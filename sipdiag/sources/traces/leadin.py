"""The line above a message in a log whose format nobody has described: its time, its direction, an address.

Only what stands there in plain words is taken: a direction together with a word for a message, two addresses with an
arrow between them.
"""

from __future__ import annotations

import re

from sipdiag.sources.traces.frame import FrameLine, direction, endpoint
from sipdiag.sources.traces.lines import Line
from sipdiag.sources.traces.stamps import line_stamp

NAME = "application-log"

_HOST = r"(?:\[[0-9A-Fa-f:.]{2,45}\]|\d{1,3}(?:\.\d{1,3}){3})(?::\d{1,5})?"
_LAYER = r"(?:(?:udp|tcp|tls|wss?):)?"
_ARROW = re.compile(
    rf"{_LAYER}(?P<src>{_HOST}) {{0,2}}(?P<arrow>-{{1,3}}>|=>|<-{{1,3}}|<=) {{0,2}}{_LAYER}(?P<dst>{_HOST})",
    re.IGNORECASE,
)
_TUPLE = re.compile(r"\('([0-9A-Fa-f:.]{2,45})', ?(\d{1,5})(?:, ?\d{1,9}){0,2}\)")  # as Python prints an address
_FROM_TO = re.compile(rf"\bfrom (?:\w+[:/])?(?P<src>{_HOST}) to (?:\w+[:/])?(?P<dst>{_HOST})", re.IGNORECASE)
_PEER = re.compile(rf"\b(?P<way>to|from) \[?(?:(?:udp|tcp|tls|wss?)[:/ ]/{{0,2}})?(?P<peer>{_HOST})", re.IGNORECASE)
_WAY = re.compile(r"\b(sent|sending|send|received|receiving|recv|incoming|outgoing|tx|rx)\b|(>>>|<<<)", re.IGNORECASE)
_SPEAKS = re.compile(r"\b(?:sip|messages?|requests?|responses?|repl(?:y|ies)|packets?|bytes|data|msg)\b", re.IGNORECASE)
_ONLY_WAY = re.compile(r"\W{0,8}(?:sent|sending|send|received|receiving|recv|tx|rx|>>>|<<<)\W{0,8}", re.IGNORECASE)
_TRANSPORT = re.compile(r"\b(udp|tcp|tls|wss|ws)\b", re.IGNORECASE)
_VIEW = 500


def told(prefix: str, lead: Line | None, number: int = 0) -> FrameLine | None:
    """What the text before a start line and the log line above it tell; None where they tell nothing.

    `number` is the start line's: what stood on that line itself, before a line end that was written out, speaks of it.
    """
    above = _plain(lead.text[-_VIEW:]) if lead is not None else ""
    if lead is not None and lead.number != number and not (_SPEAKS.search(above) or _ONLY_WAY.fullmatch(above)):
        above = ""  # it speaks of something else, and its time may be any time before
    frame = FrameLine(NAME, stamp=line_stamp(prefix) or line_stamp(above))
    own = _plain(prefix[-_VIEW:])
    for text in (own, above):
        # Two addresses with an arrow, on the very line of the message, need no word for it.
        if _SPEAKS.search(text) or _WAY.search(text) or (text is own and _ARROW.search(text)):
            said = _addresses(text)
            if said != FrameLine(NAME):
                frame = frame.joined(said)
                break
    return None if frame == FrameLine(NAME) else frame


def _plain(text: str) -> str:
    """
    >>> _plain("MESSAGE FROM ('192.0.2.10', 5060)"), _plain("to ('2001:db8::1', 5060, 0, 0)")
    ('MESSAGE FROM 192.0.2.10:5060', 'to [2001:db8::1]:5060')
    """
    return _TUPLE.sub(lambda m: f"[{m[1]}]:{m[2]}" if ":" in m[1] else f"{m[1]}:{m[2]}", text)


def _addresses(text: str) -> FrameLine:
    ways = {direction(way[0]) for way in _WAY.finditer(text)}
    sent = ways.pop() if len(ways) == 1 else None
    named = _TRANSPORT.search(text)
    transport = named[0].lower() if named else None
    both = _ARROW.search(text) or _FROM_TO.search(text)
    if both is not None:
        first, second = endpoint(both["src"]), endpoint(both["dst"])
        if (both.groupdict().get("arrow") or "").startswith("<"):
            first, second = second, first
        return FrameLine(NAME, source=first, destination=second, sent=sent, transport=transport)
    peer = _PEER.search(text)
    if peer is not None and sent is not None and direction(peer["way"]) == sent:
        return FrameLine(NAME, peer=endpoint(peer["peer"]), sent=sent, transport=transport)
    return FrameLine(NAME, sent=sent, transport=None if sent is None else transport)
