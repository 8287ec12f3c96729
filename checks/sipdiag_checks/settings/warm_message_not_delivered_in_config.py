from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import TransferRule
from sipdiag.facts.profile import Profile
from sipdiag.values import Text, Word


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def warm_message_not_delivered_in_config(rule: TransferRule, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The rule promises words to the human, and a REFER carries none

    A warm mode says a message or a summary to the person who takes the call over before the caller is connected. That
    takes a second call of the platform's own. A REFER hands the call away at once, so the person answers without having
    heard anything.

    Bad:

        agent:
          platform: vapi
          rules: [{name: support, type: refer, to: "sip:500@pbx.example", mode: warm-transfer-say-message}]

    Good:

        agent:
          platform: vapi
          rules: [{name: support, type: dial, to: "sip:500@pbx.example", mode: warm-transfer-say-message}]

    Good:

        agent: {platform: vapi, rules: [{name: support, type: refer, to: "sip:500@pbx.example", mode: blind-transfer}]}
    """
    if profile is None or rule.wants_refer is not True:
        return
    for option in rule.options:
        said = profile.says(f"options.{option.name}.warm")
        if said is None or str(option.value) not in said.listed:
            continue
        yield Finding(
            "{option} {value} promises words to the human, and a transfer by REFER delivers none",
            option=Word(option.name),
            value=Word(str(option.value)),
            at=option.where or rule.where,
            because=[Because("{words}", at=None, words=Text(said.words))] if said.words else (),
            severity=Severity.WARNING if said.certain else Severity.INFO,
            fix="choose a method that dials, or put what they need to know into a custom header of the REFER",
        )
