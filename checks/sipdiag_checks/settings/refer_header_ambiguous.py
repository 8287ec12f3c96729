from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Misread
from sipdiag.values import Word


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def refer_header_ambiguous(misread: Misread) -> Iterator[Finding | CannotTell]:
    """A custom header is read otherwise than it looks

    The header has no type, or braces around the name of a variable. The platform may take its value for the name of a variable,
    or send the braces as they are.

    Bad:

        transfers:
          - transfer_destination: {type: sip_uri, sip_uri: "sip:500@pbx.example"}
            transfer_type: sip_refer
            condition: asks for a person
            custom_sip_headers: [{key: X-Case, value: "118"}]

    Good:

        transfers:
          - transfer_destination: {type: sip_uri, sip_uri: "sip:500@pbx.example"}
            transfer_type: sip_refer
            condition: asks for a person
            custom_sip_headers: [{type: static, key: X-Case, value: "118"}]
    """
    if misread.cause != "refer-header-ambiguous":
        return
    yield Finding(
        "the platform may read header {name} otherwise than it looks: it wants {wanted}",
        name=Word(misread.name),
        value=misread.value,
        wanted=Word(misread.wanted),
        at=misread.value.where,
        severity=Severity.ERROR if misread.refused else Severity.WARNING,
        fix="give {wanted}",
        edit=misread.edit,
    )
