"""What differs between two sightings of one message: start line, header fields, session description, body."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from urllib.parse import unquote

from sipdiag.dataclass import dataclass
from sipdiag.sip.message import Message
from sipdiag.sip.names import canonical_name
from sipdiag.sip.params import split_list

MOST = 60  # changes of one message
# What decides on a transfer comes first; then what routes it; then the rest as it stands in the message.
_FIRST = (
    "Request-URI", "Status", "Refer-To", "Replaces in Refer-To", "Replaces", "Referred-By", "Target-Dialog", "Event",
    "Subscription-State", "sipfrag", "Refer-Sub", "Require", "Supported", "Allow", "Allow-Events", "SDP c=", "SDP m=",
    "SDP direction", "Contact", "Route", "Record-Route", "Via", "Max-Forwards", "Call-ID", "From", "To", "CSeq",
)  # fmt: skip
_DECIDING = ("Refer-To", "Replaces in Refer-To", "Replaces", "Referred-By", "Target-Dialog", "Event")
_MADE = ("Replaces",)  # what an INVITE must not have unless the REFER asked for it
_LISTS = frozenset({"Via", "Route", "Record-Route", "Contact", "Allow", "Allow-Events", "Supported", "Require"})
_UNTOLD = frozenset({"Content-Length", "Refer-To", "Date"})  # lengths follow from the rest; Refer-To is taken apart
_OF_FORWARDING = frozenset({"Via", "Max-Forwards", "Route", "Record-Route"})
_OF_A_NEW_DIALOG = _OF_FORWARDING | {
    "Contact", "Call-ID", "From", "To", "CSeq", "User-Agent", "Server", "Session-ID", "SDP c=",
}  # fmt: skip
_DIRECTIONS = ("a=sendrecv", "a=sendonly", "a=recvonly", "a=inactive")


@dataclass(frozen=True, slots=True)
class Change:
    """One field that differs. `before` is None where it was added, `after` where it was removed; of a list only the
    elements that differ. `usual` tells that whoever forwards the message, or makes it anew, has to change it.
    """

    field: str
    before: str | None
    after: str | None
    usual: bool


def changes(came: Message, left: Message, *, anew: bool) -> list[Change]:
    """What a box changed in a message, the weightiest first. `anew` tells that it made a message of its own dialog."""
    usual = _OF_A_NEW_DIALOG if anew else _OF_FORWARDING
    if anew and came.to_tag:
        usual |= {"Request-URI"}  # the Contact of another peer
    return _compared(fields(came), fields(left), usual)


def not_as_asked(refer: Message, invite: Message) -> list[Change]:
    """Where the INVITE that a REFER asked for differs from it (RFC 3515 2.4.2, RFC 3892 2.2, RFC 5589 7)."""
    wanted, refer_to = fields(refer), refer.refer_to
    asked = {"Referred-By": wanted.get("Referred-By", ())}
    uri = refer_to.uri if refer_to is not None else None
    if refer_to is not None and uri is not None:
        asked["Request-URI"] = (refer_to.uri_text.partition("?")[0],)
        asked |= {canonical_name(unquote(n)): (unquote(v, errors="replace"),) for n, v in uri.raw_headers}
    made = fields(invite)
    compared = [n for n in ("Request-URI", "Replaces", "Referred-By", "Require") if asked.get(n) or n in _MADE]
    names = dict.fromkeys((*compared, *asked))
    return _compared({n: asked.get(n, ()) for n in names}, {n: made.get(n, ()) for n in names}, frozenset())


def kept(came: Message, left: Message) -> list[str]:
    """What decides on a transfer and was passed on as it came."""
    before, after = fields(came), fields(left)
    return [n for n in _DECIDING if n in before and before[n] == after.get(n)]


def _compared(
    before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]], usual: frozenset[str]
) -> list[Change]:
    found = []
    for name in dict.fromkeys((*_FIRST, *before, *after)):
        gone, new = _differing(before, after, name)
        if gone != new:
            found.append(Change(name, gone, new, name in usual))
    return found[:MOST]


def _differing(
    before: Mapping[str, tuple[str, ...]], after: Mapping[str, tuple[str, ...]], name: str
) -> tuple[str | None, str | None]:
    one, other = before.get(name, ()), after.get(name, ())
    if name in _LISTS:
        gone, new = Counter(one) - Counter(other), Counter(other) - Counter(one)
        if gone or new:
            one, other = tuple(gone.elements()), tuple(new.elements())
    return _joined(one), _joined(other)


def _joined(values: tuple[str, ...]) -> str | None:
    return ", ".join(values) if values else None


def fields(message: Message) -> dict[str, tuple[str, ...]]:
    """What a message says, by the names that a reader knows the parts by."""
    found: dict[str, list[str]] = defaultdict(list)
    if message.uri_text is not None:
        found["Request-URI"].append(message.uri_text)
    elif message.status is not None:
        found["Status"].append(f"{message.status} {message.reason or ''}".strip())
    for refer_to in message.refer_tos:
        bare = refer_to.raw
        if refer_to.raw_replaces is not None:
            found["Replaces in Refer-To"].append(refer_to.raw_replaces)
            bare = bare.replace(refer_to.raw_replaces, "…", 1)
        found["Refer-To"].append(bare)
    for header in message.headers:
        name = header.canonical
        if name in _LISTS:
            found[name] += (v for _, v in split_list(header.value) if v)
        elif name not in _UNTOLD:
            found[name].append(header.value)
    return {name: tuple(values) for name, values in found.items()} | _body(message)


def _body(message: Message) -> dict[str, tuple[str, ...]]:
    if not message.body:
        return {}
    if message.sdp is not None:
        lines = (message.part("application/sdp") or b"").decode("utf-8", "replace").splitlines()
        return {
            "SDP c=": tuple(dict.fromkeys(x[2:].strip() for x in lines if x.startswith("c="))),
            "SDP m=": tuple(x[2:].strip() for x in lines if x.startswith("m=")),
            "SDP direction": tuple(x.strip() for x in lines if x.strip() in _DIRECTIONS),
        }
    if message.sipfrag is not None:
        return {"sipfrag": (f"{message.sipfrag.code} {message.sipfrag.reason}".strip(),)}
    return {"body": (f"{len(message.body)} bytes",)}
