from __future__ import annotations

from collections.abc import Iterator
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Identity

# Behind NAT the callee sees another address than the capture: these prove nothing (RFC 1918, RFC 6598, RFC 4193).
_INSIDE = tuple(ip_network(n) for n in ("10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "fc00::/7"))


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.WARNING,
    owner=Owner.CONFIG,
    beats=("call-not-answered",),
    refs=("RFC 3261 26.1",),
    refuted_by="the source of the INVITE in the list",
)
def allow_list_not_effective_on_the_wire(transfer: Transfer, trunk: Trunk) -> Iterator[Finding]:
    """The caller's address is not on the list

    The trunk takes calls from listed addresses, and this call came from another one. Where it was refused, that is why.
    Else it was taken for another reason (credentials, a list that is not looked at), or calls from there are refused from
    time to time: carriers call from several addresses.

    Bad:

        trunk allow=198.51.100.0/24
        caller at 203.0.113.7
        call caller -> agent
        agent -> caller REFER  Refer-To: <sip:2003@example.com>

    Bad:

        trunk allow=198.51.100.0/24
        expect transfer
        caller at 203.0.113.7
        caller -> agent INVITE
        agent -> caller 403 Forbidden
        caller -> agent ACK

    Good:

        trunk allow=203.0.113.0/24
        caller at 203.0.113.7
        call caller -> agent
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
    """
    leg = transfer.leg
    # A trunk of a known far side is that side's; any other, and one for inbound calls, is that of the platform which transfers.
    owner = Side.CALLER if trunk.profile is not None and trunk.direction != "inbound" else Side.CALLEE
    if leg is None or not leg.invites or not trunk.allow_from:
        return
    refused = _turned_away(leg) if owner is Side.CALLEE else None
    if transfer.transferor is not owner and refused is None:
        return
    source = leg.invites[0].first.source
    networks = [_network(str(a)) for a in trunk.allow_from]
    if source is None or any(n is None for n in networks):
        return  # a name in the list may stand for any address
    host = _network(source.host)
    if host is None or _holds(_INSIDE, source.host) or _holds([n for n in networks if n is not None], source.host):
        return
    yield Finding(
        "the call came from {source}, which the address list of {trunk} does not hold",
        source=Address(source.host),
        trunk=Identity(str(trunk.name) or trunk.id),
        at=leg.invites[0].at,
        because=[
            Because("the list", at=trunk.allow_from[0].where),
            *([Because("refused: {status}", at=refused.frame, status=refused.message.status)] if refused else []),
        ],
        severity=Severity.ERROR if refused is not None else None,
        fix="add {source} to the list, with all addresses that the carrier names for its signalling",
    )


def _turned_away(leg: Leg) -> Hop | None:
    """The answer by which the called side refused the call by policy."""
    invite = leg.invites[0]
    return invite.final if not leg.confirmed and invite.status in (403, 603) else None


def _network(text: str) -> IPv4Network | IPv6Network | None:
    try:
        return ip_network(text.strip().strip("[]"), strict=False)
    except ValueError:
        return None


def _holds(networks: list[IPv4Network | IPv6Network] | tuple[IPv4Network | IPv6Network, ...], host: str) -> bool:
    address = ip_address(host.strip("[]"))
    return any(address in n for n in networks)
