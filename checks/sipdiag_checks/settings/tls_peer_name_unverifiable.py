from __future__ import annotations

import re
from collections.abc import Iterator
from ipaddress import ip_address

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.values import Address, Identity, Word


@check(stage=Stage.EMITTED, severity=Severity.WARNING, owner=Owner.CONFIG, refs=("RFC 5922 7.2",))
def tls_peer_name_unverifiable(trunk: Trunk) -> Iterator[Finding | CannotTell]:
    """The name in the peer's certificate cannot be checked

    TLS to an IP address has no name to compare with the certificate. A platform that opens a new connection for REFER or
    BYE, because the first one was closed, compares the certificate with names that it was given, and was given none: the
    handshake fails and the REFER never leaves.

    Bad:

        trunks: [{name: carrier-a, address: 192.0.2.20, transport: tls}]

    Bad:

        trunks: [{name: carrier-a, address: sip.example, transport: tls, peer_names: []}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, transport: tls, peer_names: [sip.example]}]
    """
    for part in trunk.each:
        if not part.transports or any(str(t) != "tls" for t in part.transports):
            continue
        host = _address(str(part.address))
        if host is not None:
            yield Finding(
                "TLS to the address {address}: there is no name to check the certificate against",
                address=Address(host),
                at=part.address.where or part.where,
                fix="give the host name that stands in the certificate",
            )
    names = trunk.peer_names
    if names.setting and not names and any(str(t) == "tls" for t in trunk.transports):
        yield Finding(
            "trunk {trunk} uses TLS, and {setting} names no host: a new connection for REFER or BYE cannot be verified",
            trunk=Identity(str(trunk.name) or trunk.id),
            setting=Word(names.setting),
            at=names.where or trunk.where,
            fix="list the names of the peer's certificate under {setting}",
        )


def _address(text: str) -> str | None:
    host = re.sub(r"^\s*sips?:", "", text.strip(), flags=re.IGNORECASE).rpartition("@")[2]
    host = (
        host[1:].partition("]")[0]
        if host.startswith("[")
        else re.split(r"[:;?]", host)[0]
        if host.count(":") < 2
        else host
    )
    try:
        ip_address(host)
    except ValueError:
        return None
    return host
