from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Misread
from sipdiag.values import Word


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def config_value_invalid(misread: Misread) -> Iterator[Finding | CannotTell]:
    """A value has the wrong form

    The platform wants another form than the one that is written (base64, a number, a host). It refuses the request (then this
    is an error) or ignores the value.

    Bad:

        trunks: [{name: carrier-a, address: sip.example, refer: maybe}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, refer: allow}]
    """
    if misread.cause != "config-value-invalid":
        return
    yield Finding(
        "{name} is '{value}', and {wanted} is wanted",
        name=Word(misread.name),
        value=misread.value,
        wanted=Word(misread.wanted),
        at=misread.value.where,
        severity=Severity.ERROR if misread.refused else Severity.WARNING,
        fix="write {wanted}",
        edit=misread.edit,
    )
