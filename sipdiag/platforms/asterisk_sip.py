"""sip.conf of the older channel driver chan_sip: peers and friends become trunks."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.facts.config import Trunk
from sipdiag.places import Read
from sipdiag.platforms.asterisk_ini import PEERS, Section
from sipdiag.platforms.asterisk_pjsip import contexts, options, port_of
from sipdiag.platforms.reading import is_literal, truth
from sipdiag.values import Text, Word

PLATFORM = "asterisk"
_TRANSPORTS = frozenset(("udp", "tcp", "tls", "ws", "wss"))


def peers(found: list[Section]) -> Iterable[Trunk]:
    """One trunk for each peer; what a peer does not say is read in [general]."""
    general = next((s for s in found if s.name.lower() == "general"), None)
    for peer in found:
        if peer.last("type").lower() in PEERS:
            yield _trunk(peer, general)


def _trunk(peer: Section, general: Section | None) -> Trunk:
    host = peer.get("host")
    usable = host and str(host).lower() != "dynamic" and is_literal(str(host))
    secret = peer.get("secret", "remotesecret", "md5secret")
    transport = _said("transport", peer, general)
    port = peer.get("port")
    return Trunk(
        id=peer.name,
        platform=PLATFORM,
        where=peer.where,
        name=Read(Text(peer.name), peer.where, "type"),
        leg=Read(Word("sip"), peer.where, "type"),
        address=host if usable else Read(),
        port=Read(port_of(str(port)), port.where, "port") if port else Read(),
        transports=tuple(
            Read(Word(word), transport.where, "transport")
            for word in str(transport).lower().replace(" ", "").split(",")
            if word in _TRANSPORTS
        ),
        refer=_refer(peer, general),
        credentials=Read(True, secret.where, "secret") if secret else Read(),
        options=tuple(o for o in options(peer) if "secret" not in o.name.lower()),
        profile=PLATFORM,
        contexts=contexts(peer),
    )


def _said(key: str, peer: Section, general: Section | None) -> Read[Text]:
    written = peer.get(key)
    return written if written or general is None else general.get(key)


def _refer(peer: Section, general: Section | None) -> Read[Word]:
    written = _said("allowtransfer", peer, general)
    allowed = truth(str(written)) if written else True  # documented default
    return Read() if allowed is None else Read(Word("allow" if allowed else "deny"), written.where, "allowtransfer")
