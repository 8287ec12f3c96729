"""Sofia profiles and their gateways.

A target is looked up in the context of the other leg, so the profile's own context tells nothing about it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from ipaddress import ip_address

from sipdiag.facts.config import Option, Trunk
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.parts import host_and_port, uri_transport
from sipdiag.platforms.reading import is_literal, truth, whole
from sipdiag.platforms.xml import attribute, children, elements, tag
from sipdiag.values import Text, Word

PLATFORM = "freeswitch"
_SECRET = "password"  # noqa: S105 - the name of a parameter
_TRANSPORTS = frozenset(("udp", "tcp", "tls", "ws", "wss"))

Params = Mapping[str, Read[Text]]


def profile_trunk(profile: Node) -> Trunk:
    """A profile with its gateways as entries: it is the profile that takes a REFER or refuses it."""
    params = _params(n for s in children(profile, "settings") for n in children(s, "param"))
    name = attribute(profile, "name")
    return Trunk(
        id=str(name) or "profile",
        platform=PLATFORM,
        where=profile.place,
        name=name,
        leg=Read(Word("sip"), profile.place, "profile"),
        port=_port(params.get("sip-port", Read())),
        transports=tuple(_profile_transports(params, profile)),
        refer=_refer(params, profile),
        credentials=_credentials(params),
        options=_options(params),
        profile=PLATFORM,
        entries=tuple(gateway_trunk(g) for g in elements(profile) if tag(g) == "gateway"),
        listens=_listens(params),
    )


def _listens(params: Params) -> Read[Text]:
    """The address that a profile is bound to; `ext-sip-ip` is what it says of itself to peers behind a NAT."""
    given = params.get("ext-sip-ip") or params.get("sip-ip") or Read()
    try:
        ip_address(str(given))
    except ValueError:
        return Read()  # `auto`, `stun:…`, `$${local_ip_v4}`
    return given


def gateway_trunk(gateway: Node) -> Trunk:
    params = _params(children(gateway, "param"))
    name, proxy = attribute(gateway, "name"), params.get("proxy") or params.get("realm") or Read()
    host, port = host_and_port(str(proxy)) if is_literal(str(proxy)) else ("", None)
    user = params.get("username", Read())
    return Trunk(
        id=str(name) or "gateway",
        platform=PLATFORM,
        where=gateway.place,
        name=name,
        leg=Read(Word("sip"), gateway.place, "gateway"),
        address=Read(Text(host), proxy.where, proxy.setting) if proxy and host else Read(),
        port=Read(port, proxy.where, proxy.setting) if port else Read(),
        transports=tuple(_gateway_transports(params, proxy)),
        credentials=Read(True, user.where, user.setting) if user else Read(),
        options=_options(params),
        profile=PLATFORM,
    )


def _params(nodes: Iterator[Node]) -> dict[str, Read[Text]]:
    """Parameters by name; of one that stands twice the last counts."""
    found: dict[str, Read[Text]] = {}
    for node in nodes:
        name, value = str(attribute(node, "name")), attribute(node, "value")
        if name and value:
            found[name] = Read(value.value, value.where, name)
    return found


def _options(params: Params) -> tuple[Option, ...]:
    return tuple(Option(n, v) for n, v in params.items() if _SECRET not in n)


def _refer(params: Params, profile: Node) -> Read[Word]:
    written: Read[Text] = params.get("disable-transfer", Read(None, profile.place, "disable-transfer"))
    disabled = truth(str(written)) if written else False  # documented default
    return Read() if disabled is None else Read(Word("deny" if disabled else "allow"), written.where, written.setting)


def _credentials(params: Params) -> Read[bool]:
    asks = params.get("auth-calls", Read())
    return Read(True, asks.where, asks.setting) if truth(str(asks)) else Read()


def _profile_transports(params: Params, profile: Node) -> Iterator[Read[Word]]:
    """`sip-port` serves UDP and TCP; TLS has a port of its own."""
    port, tls = params.get("sip-port"), params.get("tls", Read())
    only_tls = truth(str(params.get("tls-only", Read())))
    if not only_tls:
        for word in ("udp", "tcp"):
            yield Read(Word(word), port.where if port else profile.place, "sip-port")
    if truth(str(tls)) or only_tls:
        yield Read(Word("tls"), tls.where or profile.place, "tls")


def _gateway_transports(params: Params, proxy: Read[Text]) -> Iterator[Read[Word]]:
    written: Read[Text] = params.get("register-transport", Read())
    asked = str(written).lower() if written else uri_transport(str(proxy)) or ""
    if asked in _TRANSPORTS:
        yield Read(Word(asked), written.where or proxy.where, written.setting or proxy.setting)


def _port(written: Read[Text]) -> Read[int]:
    port = whole(str(written))
    return Read(port, written.where, written.setting) if port is not None and 0 < port < 65536 else Read()
