from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.profile import Profile
from sipdiag.values import Identity, Word


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.WARNING,
    owner=Owner.CARRIER,
    refs=("RFC 3261 20.5", "RFC 3515 2"),
    refuted_by="a REFER that the peer answers with 2xx",
)
def allow_lacks_refer_in_config(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The peer's Allow does not list REFER

    The methods that the peer is known to take leave out REFER, or the NOTIFY that reports its outcome. A platform that
    decides by Allow sends no REFER at all; others send it and are refused.

    Bad:

        trunks: [{name: carrier-a, address: sip.example, methods: "INVITE, ACK, BYE, CANCEL, OPTIONS"}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, methods: "INVITE, ACK, BYE, CANCEL, REFER, NOTIFY"}]
    """
    methods = trunk.allowed_methods.value
    if not methods:
        return
    missing = [m for m in ("REFER", "NOTIFY") if m not in methods]
    if not missing:
        return
    said = profile.says("allow.decides") if profile is not None else None
    decides = said is not None and said.value is True and said.certain
    yield Finding(
        "the methods that {trunk} takes do not include {missing}",
        trunk=Identity(str(trunk.name) or trunk.id),
        missing=Word(" and ".join(missing)),
        at=trunk.allowed_methods.where or trunk.where,
        severity=Severity.ERROR if decides and "REFER" in missing else Severity.WARNING,
        fix="have transfers by REFER (and NOTIFY) switched on for this trunk, or use a trunk that has them",
    )
