from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import TransferRule
from sipdiag.facts.refusal import bite
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.uri_text import read
from sipdiag.sip.uri import Uri
from sipdiag.values import Host, UriText

# What the wrong host leads to. Other codes say nothing of the host.
_NOT_THERE = frozenset({400, 403, 404, 408, 410, 416, 480, 482, 483, 484, 500, 502, 503, 504, 604})
# Who answers so is there and has no time, or nobody picked up. It does not say that it knows no such user or domain.
_NOT_NOW = frozenset({408, 480, 500, 502, 503, 504})


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=(
        "refer-to-uri-form-rejected-by-trunk",
        "refer-rejected",
        "refer-refused-by-policy",
        "carrier-does-not-support-refer",
        "target-not-found",
        "target-forbidden",
        "target-unavailable",
        "target-leg-failed",
        "target-no-answer",
    ),
    refs=("RFC 3261 8.1.1.1", "RFC 3515 2.4.2"),
    refuted_by="the same host in the configured destination, in Refer-To and in the new INVITE",
)
def refer_to_host_rewritten(transfer: Transfer, rule: TransferRule | None) -> Iterator[Finding | CannotTell]:
    """Somebody replaced the host of the destination

    The host in Refer-To is not the one that was configured, a middlebox changed it on the way, or the new INVITE goes to
    another host than Refer-To says, and the target is not known there.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:1001@pbx.example>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:1001@carrier.example  Referred-By: <sip:+15550100171@agent.example>
        leg2: target -> caller 404 Not Found

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:1001@pbx.example>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:1001@pbx.example  Referred-By: <sip:+15550100171@agent.example>
        leg2: target -> caller 404 Not Found

    Good:

        # The name was looked up, and who lives at its address is overloaded.
        target at 203.0.113.30:5060
        call
        agent -> caller REFER  Refer-To: <sip:1001@pbx.example>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:1001@203.0.113.30:5060  Referred-By: <sip:+15550100171@agent.example>
        leg2: target -> caller 503 Service Unavailable
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    bit = bite(transfer, _NOT_THERE, _NOT_THERE)
    if refer is None or refer_to is None or refer_to.uri is None or bit.severity is not Severity.ERROR:
        return
    because = bit.proof(Because)
    wanted = refer_to.uri
    asked = read(str(rule.destination)).uri if rule is not None and rule.literal and rule.destination else None
    changed = _changed(transfer, refer, wanted)
    if asked is not None and rule is not None and _moved(asked, wanted):
        because.insert(0, Because("the destination as configured", at=rule.destination.where))
        yield _finding(
            asked,
            wanted,
            refer.first,
            "Refer-To names host {found}, and {wanted} was configured",
            because,
            bit.stage,
            Owner.PLATFORM,
        )
    elif changed is not None:
        hop, uri = changed
        because.insert(0, Because("Refer-To as its sender wrote it", at=refer.at))
        yield _finding(
            wanted,
            uri,
            hop,
            "Refer-To was changed on the way: host {wanted} became {found}",
            because,
            bit.stage,
            Owner.CARRIER,
        )
    elif transfer.target is not None and transfer.target.certain and bit.stage is Stage.TARGET_REACHED:
        invite = transfer.target.invite
        placed = invite.message.uri
        looked_up = wanted.host_key in _own_hosts(transfer)
        looked_up = looked_up or (bit.status in _NOT_NOW and _at_its_address(wanted, placed, invite.first))
        if placed is not None and len(invite.message.vias) <= 1 and not looked_up and _elsewhere(wanted, placed):
            because.insert(0, Because("Refer-To asks for {value}", at=refer.at, value=UriText(refer_to.uri_text)))
            yield _finding(
                wanted,
                placed,
                invite.first,
                "the new INVITE goes to host {found}, and Refer-To says {wanted}",
                because,
                bit.stage,
                Owner.CARRIER,
            )


def _finding(
    wanted: Uri, found: Uri, at: Hop, words: str, because: list[Because], stage: Stage, owner: Owner
) -> Finding:
    return Finding(
        words,
        wanted=Host(wanted.host if _moved(wanted, found) else _with_port(wanted)),
        found=Host(found.host if _moved(wanted, found) else _with_port(found)),
        at=at.frame,
        because=because,
        fix="keep the host {wanted} of the destination, or let {found} know the target",
        stage=stage,
        owner=owner,
    )


def _moved(wanted: Uri, found: Uri) -> bool:
    """Whether two SIP URIs have the same user at different hosts."""
    if not (wanted.is_sip and found.is_sip and wanted.user and wanted.host and found.host):
        return False
    return wanted.user == found.user and wanted.host_key != found.host_key


def _elsewhere(wanted: Uri, found: Uri) -> bool:
    """Whether two SIP URIs have the same user at different hosts, or at a port other than the one that was written."""
    if _moved(wanted, found):
        return True
    same = wanted.is_sip and found.is_sip and wanted.user == found.user and wanted.host_key == found.host_key
    return same and wanted.port is not None and wanted.effective_port != found.effective_port


def _with_port(uri: Uri) -> str:
    return f"{uri.host}:{uri.effective_port}"


def _at_its_address(wanted: Uri, placed: Uri | None, invite: Hop) -> bool:
    """Whether a name was asked for and the new INVITE names the very address that it is sent to.

    So does a PBX that knows where the name lives: by DNS, a registration, or the address of a trunk.
    """
    if placed is None or invite.destination is None or wanted.is_ip or not placed.is_ip:
        return False
    return placed.host_key.strip("[]") == invite.destination.host


def _own_hosts(transfer: Transfer) -> set[str]:
    """By which hosts the party that places the new call is known: it may look its own users up, and dial them elsewhere."""
    refer = transfer.refer
    assert refer is not None  # noqa: S101 - there is a REFER whose Refer-To was read
    known = [refer.uri, refer.to.uri if refer.to is not None else None]
    return {*transfer.placers, *(u.host_key for u in known if u is not None and u.host)}


def _changed(transfer: Transfer, refer: Transaction, wanted: Uri) -> tuple[Hop, Uri] | None:
    """The first sighting of the REFER whose Refer-To names another host.

    A B2BUA that passes it on may name itself or the receiver there, as the one that is to place or route the new call.
    """
    passed = [(hop, {t.first.origin, t.first.goal}) for t in transfer.relayed for hop in t.hops[:1]]
    for hop, ends in [*((hop, set[str | None]()) for hop in refer.hops[1:]), *passed]:
        later = hop.message.refer_to
        if later is not None and later.uri is not None and _moved(wanted, later.uri) and later.uri.host_key not in ends:
            return hop, later.uri
    return None
