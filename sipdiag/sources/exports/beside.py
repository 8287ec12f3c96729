"""What stands beside a message in a document: its time, its ends, its direction, in keys that say so plainly.

A key is compared without case and punctuation, alone and behind the name of the object it stands in, so that `srcIp`,
`source_ip` and `{"source": {"ip": …}}` are one. An address counts where it is one: a name or a telephone number is none.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping

from sipdiag.nodes import Scalar
from sipdiag.raw import Endpoint
from sipdiag.sources.traces.frame import FrameLine, direction, endpoint
from sipdiag.sources.traces.stamps import Stamp, dated, read_stamp

Pair = tuple[str, str, Scalar]  # the name of the object, the key in it, its value

_ADDRESS = ("ip", "address", "addr", "ipaddress", "ipaddr", "host", "")
_SIDES = {
    "source": ("src", "source", "from", "ipsrc", "ipv6src"),
    "destination": ("dst", "destination", "dest", "to", "ipdst", "ipv6dst"),
    "local": ("local",),
    "remote": ("remote", "peer"),
}
_HOSTS = {f"{name}{word}": side for side, names in _SIDES.items() for name in names for word in _ADDRESS}
_PORTS = {
    f"{name}port": side
    for side, names in (
        *_SIDES.items(),
        ("source", ("s", "udpsrc", "tcpsrc")),
        ("destination", ("d", "udpdst", "tcpdst")),
    )
    for name in names
}
_WAYS = ("direction", "dir", "way", "messagedirection", "sipdirection", "msgdirection")
_WORDS = {"inbound": False, "ingress": False, "out": True, "outbound": True, "egress": True}
_LAYERS = ("transport", "transportprotocol", "siptransport", "networktransport", "protocol", "proto")
_NUMBERS = {"6": "tcp", "17": "udp", "132": "sctp"}  # IANA's protocol numbers, as HEP has them
_TRANSPORTS = frozenset(("udp", "tcp", "tls", "ws", "wss", "sctp"))
_WHOLE = ("timeseconds", "timesec", "tsec")
_PART = ("timeuseconds", "timeusec", "tmsec")  # microseconds, also where heplify calls them Tmsec
_MOMENTS = (
    "timestamp", "time", "ts", "datetime", "date", "when", "t", "at", "createdat", "createdate", "created", "timeepoch",
    "epoch", "unixtime", "microts", "createdatunixmicro", "timestampms", "timestampus", "eventtime", "occurredat",
    "receivedat", "sentat", "loggedat", "capturedat", "capturetime",
)  # fmt: skip
_PUNCTUATION = re.compile(r"[^a-z0-9]+")
_LONGEST = 200  # characters of a key or value that are looked at
_DIGITS = re.compile(r"\d{1,20}(?:\.\d{1,9})?")
_UNITS = ((1e18, 1e9), (1e15, 1e6), (1e12, 1e3), (1e9, 1.0))  # what an epoch of this size counts


def told(pairs: Iterable[Pair], name: str) -> FrameLine:
    """What the pairs tell; of several that tell the same the first counts."""
    found: dict[str, str] = {}
    for owner, key, value in pairs:
        if value is None or isinstance(value, bool) or len(key) > _LONGEST or len(str(value)) > _LONGEST:
            continue
        plain = _PUNCTUATION.sub("", key.lower())
        for word in (plain, _PUNCTUATION.sub("", owner.lower()[-_LONGEST:]) + plain):
            found.setdefault(word, str(value).strip())
    sent = _sent(found)
    ends = {side: _end(found, side) for side in _SIDES}
    if sent is not None:
        ours, theirs = ("source", "destination") if sent else ("destination", "source")
        ends[ours] = ends[ours] or ends["local"]
        ends[theirs] = ends[theirs] or ends["remote"]
    return FrameLine(
        name,
        stamp=_stamp(found),
        source=ends["source"],
        destination=ends["destination"],
        sent=sent,
        transport=_transport(found),
    )


def _end(found: Mapping[str, str], side: str) -> Endpoint | None:
    for word, value in found.items():
        if _HOSTS.get(word) == side:
            end = endpoint(value)
            if end is not None and _is_address(end.host):
                port = next((v for w, v in found.items() if _PORTS.get(w) == side), None)
                return end if end.port is not None or port is None else endpoint(end.host, port)
    return None


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


def _sent(found: Mapping[str, str]) -> bool | None:
    word = next((found[way] for way in _WAYS if way in found), "").lower()
    return _WORDS[word] if word in _WORDS else direction(word)


def _transport(found: Mapping[str, str]) -> str | None:
    words = (found[layer].lower() for layer in _LAYERS if layer in found)
    return next((name for word in words if (name := _NUMBERS.get(word, word)) in _TRANSPORTS), None)


def _stamp(found: Mapping[str, str]) -> Stamp | None:
    whole = next((found[word] for word in _WHOLE if word in found), "")
    part = next((found[word] for word in _PART if word in found), "0")
    if _DIGITS.fullmatch(whole) and part.isascii() and part.isdigit():
        return moment(f"{whole}.{int(part):06d}")
    return next((stamp for word in _MOMENTS if word in found and (stamp := moment(found[word])) is not None), None)


def moment(text: str) -> Stamp | None:
    """A moment with its date: written out, or counted from the epoch in whatever unit its size tells.

    >>> dated([moment("1715682151149"), moment("2024-05-14T10:22:31.149Z"), moment("14.2")])
    [1715682151.149, 1715682151.149, None]
    """
    if _DIGITS.fullmatch(text):
        value = float(text)
        unit = next((unit for least, unit in _UNITS if least <= value < least * 10), None)
        return None if unit is None else read_stamp(f"{value / unit:.9f}")
    stamp = read_stamp(text)
    return stamp if stamp is not None and stamp.day is not None else None


__all__ = ["Pair", "dated", "moment", "told"]
