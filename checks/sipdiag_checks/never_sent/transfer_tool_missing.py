from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Agent, Expectation
from sipdiag.facts.record import CallRecord
from sipdiag.values import Identity


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("transfer-tool-not-called", "transfer-rule-mismatch"),
    refuted_by="a REFER of the transferring side",
)
def transfer_tool_missing(
    agent: Agent, expectation: Expectation | None, record: CallRecord | None
) -> Iterator[Finding | CannotTell]:
    """The agent has nothing to transfer with

    A transfer was meant, and the agent that was live has no transfer tool, or a tool without any rule. A model that
    has no tool can only say that it transfers. The tool may sit in another agent, version or branch than the one that
    took the call.

    Bad:

        # --expect refer
        agent: {platform: other, name: reception, trunk: desk, rules: []}

    Good:

        # --expect refer
        agent: {platform: other, name: reception, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}

    Good:

        # An agent that nobody expects to transfer needs no tool.
        agent: {platform: other, name: reception, trunk: desk, rules: []}
    """
    meant = expectation is not None and (expectation.refer or expectation.transfer)
    announced = record.announced if record is not None else ()
    attempts = record.calls if record is not None else ()
    if agent.rules or not (meant or announced or attempts):
        return
    at = agent.tool_missing_at or agent.where
    if not agent.complete:
        yield CannotTell(needs="the agent's tools that are kept elsewhere (workspace tools, server settings)", at=at)
        return
    if record is not None and record.version and agent.version and record.version != agent.version:
        yield CannotTell(needs="the version of the agent that took the call", at=at)
        return
    because = [Because("the agent says that it transfers", at=announced[0].where)] if announced else []
    because += [Because("the record shows an attempt to transfer", at=attempts[0].where)] if attempts else []
    yield Finding(
        "agent {agent} has no transfer tool, so it cannot transfer any call",
        agent=Identity(str(agent.name) or agent.id),
        at=at,
        because=because,
        fix="add a transfer tool with a rule for the destination to this agent, and publish it",
    )
