from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Misread
from sipdiag.values import Word


@check(stage=Stage.CONFIGURED, severity=Severity.ERROR, owner=Owner.CONFIG)
def config_reference_dangling(misread: Misread) -> Iterator[Finding | CannotTell]:
    """A name refers to nothing

    The configuration names a trunk, transport, context, agent or number that does not exist in it. What depends on it does not
    work, or silently takes a default. Where files may be missing in which the name stands, that is only told.

    Bad:

        agent: {platform: other, trunk: carrier-b, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: carrier-a, address: sip.example}]

    Good:

        agent: {platform: other, trunk: carrier-a, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: carrier-a, address: sip.example}]
    """
    if misread.cause != "config-reference-dangling":
        return
    if not misread.certain:
        yield Finding(
            "{name} names '{value}', which is in no file that was given",
            name=Word(misread.name),
            value=misread.value,
            wanted=Word(misread.wanted),
            at=misread.value.where,
            severity=Severity.INFO,
            fix="give the file that has it; if there is none, name {wanted}, or add what is missing",
        )
        return
    yield Finding(
        "{name} names '{value}', which does not exist here",
        name=Word(misread.name),
        value=misread.value,
        wanted=Word(misread.wanted),
        at=misread.value.where,
        severity=Severity.ERROR,
        fix="name {wanted}, or add what is missing",
    )
