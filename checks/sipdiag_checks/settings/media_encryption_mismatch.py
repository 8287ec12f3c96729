from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.values import Identity, Word

_DEMANDS = ("required", "require", "srtp", "sdes", "mandatory", "sip_media_encrypt_require")
_REFUSES = ("disabled", "disable", "none", "no", "off", "rtp", "sip_media_encrypt_disable")


@check(stage=Stage.TARGET_REACHED, severity=Severity.WARNING, owner=Owner.CONFIG, refs=("RFC 4568", "RFC 3711"))
def media_encryption_mismatch(trunk: Trunk) -> Iterator[Finding | CannotTell]:
    """One side demands encrypted media and the other does not offer it

    SRTP is demanded in one direction and switched off in the other, or demanded while the keys would travel in the clear
    (no TLS): most peers then answer 488, to the call or to the new one that a transfer places.

    Bad:

        trunks: [{name: a, address: sip.example, media_encryption: required, inbound_media_encryption: disabled}]

    Bad:

        trunks: [{name: a, address: sip.example, transport: udp, media_encryption: required}]

    Good:

        trunks: [{name: a, address: sip.example, transport: tls, media_encryption: required}]
    """
    inbound = trunk.option("inbound_media_encryption")
    out = str(trunk.media_encryption).lower()
    into = str(inbound.value).lower() if inbound is not None else ""
    if inbound is not None and ((out in _DEMANDS and into in _REFUSES) or (out in _REFUSES and into in _DEMANDS)):
        yield Finding(
            "trunk {trunk} has encrypted media {out} outbound and {into} inbound",
            trunk=Identity(str(trunk.name) or trunk.id),
            out=Word(out),
            into=Word(into),
            at=trunk.media_encryption.where or trunk.where,
            because=[Because("inbound it is {into}", at=inbound.where, into=Word(into))],
            fix="set both directions alike, as the other side does it",
        )
    elif out in _DEMANDS and trunk.transports and all(str(t) in ("udp", "tcp") for t in trunk.transports):
        yield Finding(
            "trunk {trunk} demands encrypted media over {transport}, where the keys travel in the clear",
            trunk=Identity(str(trunk.name) or trunk.id),
            transport=Word(str(trunk.transports[0]).upper()),
            at=trunk.media_encryption.where or trunk.where,
            because=[Because("the transport is set here", at=trunk.transports[0].where)],
            fix="use TLS for signalling, or allow media without encryption",
        )
