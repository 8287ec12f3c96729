from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.edit import Switch
from sipdiag.values import Identity, Text, Word


@check(stage=Stage.ELIGIBLE, severity=Severity.WARNING, owner=Owner.CONFIG)
def trunk_entry_disabled(trunk: Trunk) -> Iterator[Finding | CannotTell]:
    """An entry of the trunk is switched off

    The gateway or origination entry is disabled, so no call takes this way.

    Bad:

        trunks: [{name: carrier-a, address: sip.example, enabled: false}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, enabled: true}]
    """
    for part in trunk.each:
        if part.enabled.value is not False:
            continue
        # A setting that is missing leaves it off: what stands at this place is the entry, and no switch.
        elsewhere = part.enabled.where is not None and part.enabled.where == part.where
        yield Finding(
            "{entry} is switched off",
            entry=Text(f"entry {part.address or part.name}")
            if part is not trunk and (part.address or part.name)
            else Identity(f"trunk {trunk.name or trunk.id}"),
            at=part.enabled.where or part.where,
            setting=Word(part.enabled.setting or "it"),
            fix="switch {setting} on, or take the entry out if it is not needed"
            if elsewhere
            else "switch it on, or take it out if it is not needed",
            edit=Switch(part.enabled.where, on=True) if part.enabled.where is not None and not elsewhere else None,
        )
