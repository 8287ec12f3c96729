from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.facts.dialplan import Dialplan, Extension, matches
from sipdiag.stages import Answer
from sipdiag.values import Number, Text, Word

# Applications that keep a call to themselves, and those that join it with another leg.
_HOLDS = ("stasis", "audiosocket", "park", "valet_park", "externalivr")
_JOINS = ("dial", "queue", "bridge", "confbridge", "retrydial", "followme", "transfer", "deflect", "originate", "agi")


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.WARNING,
    owner=Owner.CARRIER,
    refs=("RFC 3515 2.4.5",),
    refuted_by="a second leg that the application bridges with the agent's",
)
def agent_leg_not_bridged_in_config(
    rule: TransferRule, trunks: tuple[Trunk, ...], dialplans: tuple[Dialplan, *tuple[Dialplan, ...]]
) -> Iterator[Finding]:
    """The agent's calls end in an application of the PBX

    A PBX can move a leg only if another leg is bridged with it. Where the number that the agent answers is given to an
    application (Stasis, AudioSocket, park) and never dialled on, a REFER is accepted and then reported as 400 or 403,
    unless the application itself bridges the call.

    Bad:

        === extensions.conf
        [from-pstn]
        exten => +12025550100,1,Answer()
         same => n,Stasis(ai-bridge)
        === agent.yaml
        agent: {trunk: a, rules: [{type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: a, address: pbx.example, number: "+12025550100"}]

    Good:

        === extensions.conf
        [from-pstn]
        exten => +12025550100,1,Dial(PJSIP/ai-agent)
        === agent.yaml
        agent: {trunk: a, rules: [{type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: a, address: pbx.example, number: "+12025550100"}]
    """
    if not rule.wants_refer:
        return
    numbers = dict.fromkeys(str(n) for t in trunks for n in (t.number, *t.numbers) if n)
    for plan in dialplans:
        for extension in (e for c in plan.contexts for e in c.extensions):
            taken = next((n for n in numbers if matches(extension, n) is Answer.YES), None)
            if taken is not None and _keeps(extension):
                yield _finding(rule, extension, taken)


def _keeps(extension: Extension) -> bool:
    return extension.runs(_HOLDS) is not None and extension.runs(_JOINS) is None


def _finding(rule: TransferRule, extension: Extension, number: str) -> Finding:
    step = extension.runs(_HOLDS)
    assert step is not None  # noqa: S101 - the extension has been looked through
    return Finding(
        "calls to {number} end in {application}: with no second leg to move, a REFER is accepted and then reported as failed",
        number=Number(number),
        application=Word(str(step.application)),
        rule=Text(str(rule.name)),
        at=step.where,
        because=[Because("the rule that wants a REFER", at=rule.where)],
        fix="bridge the agent's leg with the caller (Dial, bridge), or let the application place the new call itself",
    )
