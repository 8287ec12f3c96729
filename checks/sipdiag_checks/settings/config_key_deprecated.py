from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Deprecated
from sipdiag.values import Word


@check(stage=Stage.CONFIGURED, severity=Severity.INFO, owner=Owner.CONFIG)
def config_key_deprecated(deprecated: Deprecated) -> Iterator[Finding | CannotTell]:
    """A deprecated key is used

    The key still works and has a successor. Where both are set and differ (then this is a warning), only one of them
    counts, and a reader cannot see which.

    Bad:

        transfers:
          - transfer_destination: {type: phone, phone_number: "+12025550152"}
            transfer_type: sip_refer
            phone_number: "+12025550199"
            condition: asks for sales

    Good:

        transfers:
          - transfer_destination: {type: phone, phone_number: "+12025550152"}
            transfer_type: sip_refer
            condition: asks for sales
    """
    successor = deprecated.successor
    differs = bool(successor) and str(successor).strip() != str(deprecated.value).strip()
    yield Finding(
        "{key} is deprecated and contradicts its successor" if differs else "{key} is deprecated",
        key=Word(deprecated.name),
        successor=Word(successor.setting),
        at=deprecated.value.where,
        because=[Because("the successor says otherwise", at=successor.where)] if differs else (),
        severity=Severity.WARNING if differs else Severity.INFO,
        fix="take this {key} out; the one that replaces it, nearer to the destination, counts"
        if successor.setting == deprecated.name
        else "take {key} out and keep {successor}",
    )
