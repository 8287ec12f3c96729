from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Agent, TransferRule, Trunk
from sipdiag.values import Identity, Number, Text, Word


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refs=("RFC 3515 2.4.1",),
    refuted_by="SIP messages of the leg that is to be transferred",
)
def call_leg_not_sip_in_config(
    trunk: Trunk, agent: Agent | None, rules: tuple[TransferRule, ...]
) -> Iterator[Finding | CannotTell]:
    """Calls on this number are not SIP calls

    A REFER moves a SIP dialog. Calls on a number that the platform takes over a provider's own API (a native CPaaS
    number, a WebSocket, a web widget) have none, so a rule that wants a REFER cannot send one there.

    Bad:

        agent: {platform: other, trunk: desk, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: desk, leg: twilio, number: "+12025550100"}]

    Bad:

        # Without a rule that wants a REFER this is only worth knowing.
        trunks: [{name: desk, leg: websocket, number: "+12025550100"}]

    Good:

        agent: {platform: other, trunk: desk, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: desk, address: sip.example, number: "+12025550100"}]
    """
    if trunk.is_sip is not False or trunk.leg.value == "unknown":
        return
    wanting = [r for r in rules if r.wants_refer]
    others = agent is not None and len(agent.numbers) > 1
    because = [
        Because("{named} wants a REFER", at=r.where, named=Text(f"rule {r.name}" if r.name else "the rule"))
        for r in wanting
    ]
    yield Finding(
        "calls on {name} are of kind {leg}, not SIP: no REFER can be sent for them",
        name=Number(str(trunk.number)) if trunk.number else Identity(str(trunk.name) or trunk.id),
        leg=Word(str(trunk.leg)),
        at=trunk.leg.where or trunk.where,
        because=because[:3],
        severity=Severity.INFO if not wanting else Severity.WARNING if others else Severity.ERROR,
        fix="attach the agent to a number that reaches it over a SIP trunk, or use a transfer method of that provider",
    )
