from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Misread
from sipdiag.values import Word


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def transfer_option_unknown(misread: Misread) -> Iterator[Finding | CannotTell]:
    """The platform does not know this option or value

    The key or its value is none of those that the platform documents. A platform that checks refuses the whole request (then
    this is an error); others ignore it, and the default applies instead.

    Bad:

        agent: {platform: other, rules: [{name: support, type: siprefer, to: "sip:500@pbx.example"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
    """
    if misread.cause != "transfer-option-unknown":
        return
    yield Finding(
        "{name} is '{value}', which the platform does not know",
        name=Word(misread.name),
        value=misread.value,
        wanted=Word(misread.wanted),
        at=misread.value.where,
        severity=Severity.ERROR if misread.refused else Severity.WARNING,
        fix="write {wanted}",
        edit=misread.edit,
    )
