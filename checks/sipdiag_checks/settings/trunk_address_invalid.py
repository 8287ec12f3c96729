from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import IPv4Address

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.edit import Edit, Replace
from sipdiag.facts.placeholders import is_literal
from sipdiag.facts.profile import Profile, Statement
from sipdiag.values import Text, UriText, Word

_SCHEME = re.compile(r"\s*(sips?|tel|https?|wss?|udp|tcp|tls)(?::(?!\d{1,5}$)|://)", re.IGNORECASE)
_URI = re.compile(r"\s*sips?:(?://)?([A-Za-z0-9_.-]+(?::\d{1,5})?)/?\s*", re.IGNORECASE)
_HOST = re.compile(r"\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9_.-]+")


@check(stage=Stage.ELIGIBLE, severity=Severity.ERROR, owner=Owner.CONFIG, refs=("RFC 3261 19.1.1",))
def trunk_address_invalid(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The address of the trunk is not one that the platform takes

    It is a URI where a host is wanted, it has no host, or a port that does not exist. The platform refuses it, or cannot
    reach the trunk.

    Bad:

        trunks: [{name: carrier-a, platform: livekit, address: "sip:sip.example;transport=tls", transport: tls}]

    Bad:

        trunks: [{name: carrier-a, address: "sip.example:506000"}]

    Good:

        trunks: [{name: carrier-a, platform: livekit, address: sip.example, transport: tls}]
    """
    for part in trunk.each:
        text = str(part.address)
        if not part.address or not is_literal(text):
            continue
        fault = _fault(part, text.strip(), profile)
        if fault is None:
            continue
        words, said = fault
        yield Finding(
            "trunk address '{address}' {words}",
            address=UriText(text),
            words=Word(words),
            at=part.address.where or part.where,
            because=[Because("{words_of}", at=None, words_of=Text(said.words))]
            if said is not None and said.words
            else (),
            severity=Severity.ERROR if said is None or said.certain else Severity.INFO,
            fix="give the host name or address alone; port and transport have settings of their own"
            if said is not None
            else "give a host name or address, with a port from 1 to 65535 where it is not the usual one",
            edit=_host_alone(part, said),
        )


def _host_alone(part: Trunk, said: Statement | None) -> Edit | None:
    """A URI that says nothing beside its host and port."""
    found = _URI.fullmatch(str(part.address))
    wants_host = said is not None and said.certain and said.key == "trunk.address"
    if found is None or not wants_host or part.address.where is None:
        return None
    return Replace(part.address.where, str(part.address), found[1], safe=True)


def _fault(trunk: Trunk, text: str, profile: Profile | None) -> tuple[str, Statement | None] | None:
    scheme = _SCHEME.match(text)
    said = profile.says("trunk.address") if profile is not None else None
    if said is not None and said.value == "host" and (scheme or "@" in text or ";" in text):
        return "is a URI or has parameters, and a host is wanted", said
    schemes = profile.says("trunk.address-schemes") if profile is not None else None
    if schemes is not None and scheme is not None and scheme[1].lower() not in schemes.listed:
        return f"begins with {scheme[1]}:, and only {', '.join(schemes.listed)}: is taken", schemes
    rest = text[scheme.end() :] if scheme else text
    hostport = re.split(r"[;?>/]", rest.rpartition("@")[2].lstrip("/"))[0].strip()
    host = _HOST.match(hostport)
    if host is None:
        return "has no host", None
    tail = hostport[host.end() :]
    if tail and not (re.fullmatch(r":\d{1,5}", tail) and 0 < int(tail[1:]) < 65536) and hostport.count(":") < 2:
        return "has a port that does not exist" if tail.startswith(":") else "is no host", None
    ipv4 = profile.says("gateway.inbound-address") if profile is not None else None
    takes_calls = trunk.direction in ("inbound", "both") and trunk.entries == ()
    if ipv4 is not None and ipv4.value == "ipv4" and takes_calls and not _is_ipv4(host[0]):
        return "is no IPv4 address, and a gateway that takes inbound calls needs one", ipv4
    return None


def _is_ipv4(host: str) -> bool:
    try:
        IPv4Address(host)
    except ValueError:
        return False
    return True
