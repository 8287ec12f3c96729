from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.profile import Profile
from sipdiag.values import Identity, Text


@check(stage=Stage.ELIGIBLE, severity=Severity.WARNING, owner=Owner.CONFIG)
def trunk_number_missing(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The trunk lists no number

    The platform wants to know which numbers a trunk calls from or answers on, and refuses one without any.

    Bad:

        trunks: [{name: carrier-a, platform: livekit, address: sip.example}]

    Good:

        trunks: [{name: carrier-a, platform: livekit, address: sip.example, number: "+12025550100"}]
    """
    said = profile.says("trunk.numbers") if profile is not None else None
    if said is None or said.value != "required" or trunk.number or any(n for n in trunk.numbers):
        return
    listed = trunk.option("numbers")
    if listed is not None and str(listed.value).strip():
        return
    yield Finding(
        "trunk {trunk} lists no number",
        trunk=Identity(str(trunk.name) or trunk.id),
        at=(listed.where if listed is not None else None) or trunk.number.where or trunk.where,
        because=[Because("{words}", at=None, words=Text(said.words))] if said.words else (),
        severity=Severity.WARNING if said.certain else Severity.INFO,
        fix="list the numbers of this trunk, as E.164",
    )
