from __future__ import annotations

from collections.abc import Iterable, Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.delivery import undelivered
from sipdiag.facts.leg import Side
from sipdiag.facts.refusal import bite
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.uri import Uri
from sipdiag.values import Text, UriText, Word

# What a new call over a transport that is not there ends with.
_NO_WAY = frozenset({416, 430, 480, 500, 502, 503, 504})
_SECURE = {"ws": "ws", "wss": "ws", "tls": "tls", "tcp": "tcp", "udp": "udp"}


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-unanswered", "target-unavailable", "target-no-answer", "target-leg-failed", "refer-rejected"),
    refs=("RFC 3261 19.1.1", "RFC 3263 4.1", "RFC 3261 26.2.2"),
    refuted_by="the same transport in URI, configuration and packets",
)
def transport_mismatch_on_the_wire(transfer: Transfer, trunk: Trunk | None) -> Iterator[Finding | CannotTell]:
    """Configuration, URIs and packets disagree about the transport

    The trunk is configured for another transport than the call uses, the Contact asks for one that nobody listens on,
    or Refer-To demands one that the receiver does not have, so that REFER or new call go where nothing is.

    Bad:

        transport tls
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com;transport=udp>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 503 Service Unavailable
        agent -> caller 200 OK

    Good:

        transport tls
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com;transport=tls>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 503 Service Unavailable
        agent -> caller 200 OK
    """
    leg, refer = transfer.leg, transfer.decisive
    if leg is None or not leg.transports:
        return
    used = {_SECURE.get(t, t) for t in leg.transports}
    set_to = [t for t in trunk.transports if str(t) in _SECURE] if trunk is not None else []
    if trunk is not None and trunk.transports_of == "outbound" and transfer.transferor is not Side.CALLER:
        set_to = []  # the caller chose the transport of this call
    if set_to and trunk is not None and not used & {str(t) for t in set_to} and not transfer.targets:
        yield Finding(
            "{trunk} is configured for {set}, and the call uses {used}",
            trunk=Text(f"trunk {trunk.name}" if trunk.name else "the trunk"),
            set=_words(str(t) for t in set_to),
            used=_words(used),
            at=leg.first.frame,
            because=[Because("the transport as configured", at=set_to[0].where)],
            fix="set trunk and peer to the same transport",
            severity=Severity.WARNING,
        )
    if refer is None:
        return
    proof = undelivered(transfer)
    asked = _asked(refer.message.uri)
    over = refer.first.transport
    if proof is not None and asked is not None and over is not None and asked != _SECURE.get(over, over):
        yield Finding(
            "the Request-URI {uri} asks for {asked}, and the REFER went over {used}: {proof}",
            uri=UriText(refer.message.uri_text or ""),
            asked=_words([asked]),
            used=_words([over]),
            proof=Text(proof.words),
            at=refer.at,
            because=[Because("{proof}", at=proof.at[-1], proof=Text(proof.words))],
            fix="send in-dialog requests over the transport that the Contact asks for",
            stage=Stage.DELIVERED,
            owner=Owner.PLATFORM,
        )
        return
    others = {_SECURE.get(h.transport, h.transport) for h in leg.hops if h.transport and h not in refer.hops}
    if proof is not None and over is not None and others and _SECURE.get(over, over) not in others:
        yield Finding(
            "the call uses {others}, and the REFER went over {used}: {proof}",
            others=_words(others),
            used=_words([over]),
            proof=Text(proof.words),
            at=refer.at,
            because=[Because("{proof}", at=proof.at[-1], proof=Text(proof.words))],
            fix="send in-dialog requests over the transport of the call: name it in Contact and Record-Route",
            stage=Stage.DELIVERED,
            owner=Owner.PLATFORM,
        )
        return
    wanted = _asked(transfer.refer_to.uri if transfer.refer_to is not None else None)
    bit = bite(transfer, _NO_WAY, _NO_WAY)
    if wanted is None or wanted in used or bit.severity is not Severity.ERROR:
        return
    if bit.stage is Stage.ACCEPTED and bit.status == 416 and transfer.refer_to is not None:
        uri = transfer.refer_to.uri
        if uri is not None and uri.scheme == "sips":
            return  # the answer speaks of the scheme: refer-to-uri-form-rejected-by-trunk
    yield Finding(
        "Refer-To asks for {asked}, and the call uses {used}",
        asked=_words([wanted]),
        used=_words(used),
        at=refer.at,
        because=bit.proof(Because),
        fix="leave the transport parameter (or sips:) out of the destination, or use the transport that the receiver has",
        stage=bit.stage,
    )


def _asked(uri: Uri | None) -> str | None:
    """The transport that a URI demands."""
    if uri is None:
        return None
    if uri.scheme == "sips":
        return "tls"
    return _SECURE.get(uri.transport or "")


def _words(transports: Iterable[str]) -> Word:
    return Word(", ".join(sorted(t.upper() for t in transports)))
