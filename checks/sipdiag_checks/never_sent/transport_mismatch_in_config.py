from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Agent, Trunk
from sipdiag.places import Read
from sipdiag.values import Text, Word

_PARAMETER = re.compile(r";\s*transport=([A-Za-z]+)", re.IGNORECASE)
_SIPS = re.compile(r"\s*<?\s*sips:", re.IGNORECASE)
_PORT = re.compile(r":(\d{1,5})(?=[;?>\s]|$)")


@check(stage=Stage.ELIGIBLE, severity=Severity.ERROR, owner=Owner.CONFIG, refs=("RFC 3261 19.1.1", "RFC 3261 26.2.2"))
def transport_mismatch_in_config(trunk: Trunk, agent: Agent | None) -> Iterator[Finding | CannotTell]:
    """Settings contradict each other about the transport

    The address of the trunk names one transport (`;transport=`, `sips:`, the port of another), its setting or the agent
    another. One of them is not used, and the connection that REFER needs is opened the wrong way.

    Bad:

        trunks: [{name: carrier-a, address: "sip:sip.example;transport=tls", transport: udp}]

    Bad:

        trunks: [{name: carrier-a, address: "sip.example:5061", transport: udp}]

    Bad:

        agent: {platform: other, name: sales, trunk: carrier-a, transport: tls, rules: []}
        trunks: [{name: carrier-a, address: sip.example, transport: udp}]

    Good:

        trunks: [{name: carrier-a, address: "sip:sip.example:5061;transport=tls", transport: tls}]
    """
    for part in trunk.each:
        set_to = [t for t in part.transports if t.setting != part.address.setting and str(t).isalnum()]
        implied = _implied(str(part.address))
        if implied is not None and set_to and implied not in map(str, set_to):
            yield _finding(
                trunk, "{trunk} is set to {transport}, and its address asks for {other}", set_to, implied, part.address
            )
        elif set_to and (port := _port(part)) in (5060, 5061):
            secure = [t for t in set_to if str(t) == "tls"]
            if (port == 5061 and not secure) or (port == 5060 and len(secure) == len(set_to)):
                yield _finding(
                    trunk,
                    "{trunk} is set to {transport}, and its port {port} is the usual one of {other}",
                    set_to,
                    "tls" if port == 5061 else "udp or tcp",
                    part.port or part.address,
                    Severity.WARNING,
                    port=port,
                )
    wanted = agent.option("transport") if agent is not None else None
    if wanted is not None and trunk.transports and str(wanted.value).lower() not in map(str, trunk.transports):
        yield _finding(
            trunk,
            "{trunk} uses {transport}, but the agent requires {other}",
            list(trunk.transports),
            str(wanted.value).lower(),
            wanted.value,
        )


def _implied(address: str) -> str | None:
    """The transport that an address names by itself; sips asks for TLS on every hop."""
    found = _PARAMETER.search(address)
    if found is not None:
        return found[1].lower()
    return "tls" if _SIPS.match(address) else None


def _port(trunk: Trunk) -> int | None:
    if trunk.port:
        return trunk.port.value
    found = _PORT.search(str(trunk.address))
    return int(found[1]) if found is not None else None


def _finding(
    trunk: Trunk,
    template: str,
    set_to: list[Read[Word]],
    other: str,
    against: Read[Text] | Read[int],
    severity: Severity = Severity.ERROR,
    port: int | None = None,
) -> Finding:
    return Finding(
        template,
        trunk=Text(f"trunk {trunk.name}" if trunk.name else "the trunk"),
        transport=Word(", ".join(str(t).upper() for t in set_to)),
        other=Word(other.upper() if other.isalpha() else other),
        at=set_to[0].where or trunk.where,
        because=[Because("here it is {other}", at=against.where, other=Word(other.upper()))],
        severity=severity,
        fix="let both name the same transport: TLS on 5061, or TCP on 5060",
        port=port,
    )
