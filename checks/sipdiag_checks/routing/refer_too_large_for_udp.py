from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.delivery import undelivered
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer

_TOO_LARGE = (413, 513)
_ADVISED = 1300  # RFC 3261 18.1.1: 200 bytes below the path MTU, or 1300 where it is not known
_ETHERNET = 1500
_GROWTH = 400  # bytes that a request may gain on its way to where it is refused: Via, Record-Route, identities
_HEADERS = {4: 28, 6: 48}  # IP and UDP


@check(
    stage=Stage.DELIVERED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-unanswered", "refer-rejected"),
    refs=("RFC 3261 18.1.1",),
    refuted_by="a 2xx to the REFER",
)
def refer_too_large_for_udp(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER does not fit into one UDP packet

    Above 1300 bytes a request should go over TCP. Over UDP it is cut into fragments, and firewalls and NATs drop
    fragments: the REFER is lost while smaller requests of the same call pass.

    A peer that answers 413 or 513 to a small REFER has a limit of its own, and TCP would not help.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | Subject: x*1400
        +0.5s again
        +1s again
        +2s again
        +4s agent -> caller BYE
        caller -> agent 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        +0.5s again
        +1s again
        +2s again
        +4s agent -> caller BYE
        caller -> agent 200 OK
    """
    refer = transfer.decisive
    if refer is None:
        return
    sighting = max(refer.hops, key=lambda h: len(h.message.data))
    size = len(sighting.message.data)
    said = refusal(transfer, _TOO_LARGE)
    cut = _fragmented(size, sighting.source.host if sighting.source is not None else "")
    refused_udp = said is not None and sighting.transport in ("udp", None) and size > _ADVISED - _GROWTH
    proof = undelivered(transfer)
    if said is not None and refused_udp:
        stage, severity = Stage.ACCEPTED, Severity.ERROR
    elif sighting.transport != "udp" or size <= _ADVISED:
        return
    elif refer.final is None and (
        _too_big_reported(transfer, refer) or (cut and proof is not None and proof.kind != "unreachable")
    ):
        stage, severity = Stage.DELIVERED, Severity.ERROR
    else:
        stage, severity = Stage.DELIVERED, Severity.WARNING
    because = (
        [Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason)] if said else []
    )
    because += [
        Because("fragmentation needed, says the network", at=u.frame)
        for u in transfer.around.unreachables
        if "fragment" in u.reason and _about(refer, u.destination.host)
    ][:1]
    yield Finding(
        "REFER of {size} bytes over UDP, and above {advised} bytes it belongs on TCP"
        if size > _ADVISED
        else "REFER of {size} bytes over UDP: with what the way adds to it, it comes near the {advised} bytes above which "
        "it belongs on TCP",
        size=size,
        advised=_ADVISED,
        at=sighting.frame,
        because=because,
        fix="use TCP or TLS towards this peer, or shorten the REFER (headers inside Refer-To, custom headers, Identity)",
        stage=stage,
        severity=severity,
    )


def _fragmented(size: int, host: str) -> bool:
    return size + _HEADERS[6 if ":" in host else 4] > _ETHERNET


def _about(refer: Transaction, host: str) -> bool:
    return any(h.destination is not None and h.destination.host == host for h in refer.hops)


def _too_big_reported(transfer: Transfer, refer: Transaction) -> bool:
    return any("fragment" in u.reason and _about(refer, u.destination.host) for u in transfer.around.unreachables)
