from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Misread
from sipdiag.values import Word


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def dynamic_variable_form(misread: Misread) -> Iterator[Finding | CannotTell]:
    """A variable is not written as the platform reads it

    A dynamic destination is the bare name of a variable. With braces around it, or without a default where one is needed, it
    stays empty or is dialled as it stands.

    Bad:

        transfers:
          - transfer_destination: {type: phone_dynamic_variable, phone_number: "{{desk_number}}"}
            transfer_type: sip_refer
            condition: asks for a person

    Good:

        transfers:
          - transfer_destination: {type: phone_dynamic_variable, phone_number: desk_number}
            transfer_type: sip_refer
            condition: asks for a person
    """
    if misread.cause != "dynamic-variable-form":
        return
    yield Finding(
        "{name} is '{value}', and the platform wants {wanted}",
        name=Word(misread.name),
        value=misread.value,
        wanted=Word(misread.wanted),
        at=misread.value.where,
        severity=Severity.ERROR if misread.refused else Severity.WARNING,
        fix="write {wanted}",
        edit=misread.edit,
    )
