from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.profile import Profile
from sipdiag.values import Identity, Text

_ANY = ("0.0.0.0/0", "::/0", "*", "any", "all")


@check(stage=Stage.ELIGIBLE, severity=Severity.INFO, owner=Owner.CONFIG)
def trunk_auth_missing(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """Nothing authenticates the trunk

    There are no credentials and no list of addresses. Whoever finds the address may call, or, where the vendor says so,
    nobody can and traffic stops (then this is an error).

    Bad:

        trunks: [{name: carrier-a, address: sip.example, credentials: false}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, credentials: false, allow_from: [192.0.2.0/24]}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, credentials: true}]
    """
    listed = [a for a in trunk.allow_from if str(a).strip().lower() not in _ANY]
    if trunk.is_sip is False or trunk.credentials.value is not False or listed:
        return
    said = profile.says("trunk.auth") if profile is not None else None
    stops = said is not None and said.value == "required"
    yield Finding(
        "trunk {trunk} has no credentials and no address list, so it gets no traffic"
        if stops
        else "trunk {trunk} has no credentials and no address list",
        trunk=Identity(str(trunk.name) or trunk.id),
        at=trunk.credentials.where or trunk.where,
        because=[Because("{words}", at=None, words=Text(said.words))] if said is not None and said.words else (),
        severity=Severity.ERROR if stops and said is not None and said.certain else Severity.INFO,
        fix="add credentials, or the addresses from which the other side calls",
    )
