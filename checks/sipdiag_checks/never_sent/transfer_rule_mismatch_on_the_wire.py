from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Agent
from sipdiag.facts.matching import names, nearest, same_user, typed, where_they_part
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, UriText, Word


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.WARNING,
    owner=Owner.CONFIG,
    refs=("RFC 3515 2.1",),
    refuted_by="a Refer-To that names a configured destination",
)
def transfer_rule_mismatch_on_the_wire(transfer: Transfer, agent: Agent) -> Iterator[Finding | CannotTell]:
    """The REFER goes to no configured destination

    Refer-To names a target that no rule of the agent has: another version of the configuration was live, the call
    belongs to another agent, or somebody else rewrote the target.

    Bad:

        rules to=sip:2001@example.com
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>

    Good:

        rules to=sip:2001@example.com to=sip:2003@example.com
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    if refer is None or refer_to is None or refer_to.uri is None or "Replaces" in dict(refer_to.uri.headers):
        return
    rules = [r for r in agent.rules if r.wants_refer is not False and r.destination]
    if not rules or not agent.complete:
        return
    wanted = refer_to.uri_text
    if any(r.literal and (names(wanted, r) or same_user(wanted, str(r.destination))) for r in rules):
        return
    if any(not r.literal for r in rules):
        yield CannotTell(needs="what the rule's variable held in this call", at=refer.at, collect=agent.platform)
        return
    rule = nearest(wanted, rules)
    if rule is None:
        return
    yield Finding(
        "the REFER goes to {wanted}, and no rule has that destination; the nearest is {nearest}: {difference}",
        wanted=UriText(wanted),
        nearest=typed(str(rule.destination)),
        difference=Word(where_they_part(wanted, str(rule.destination))),
        at=refer.at,
        because=[
            Because(
                "{named} goes to {nearest}",
                at=rule.destination.where,
                named=Text(f"rule {rule.name}" if rule.name else "the rule"),
                nearest=typed(str(rule.destination)),
            )
        ],
        fix="give the configuration that was live in this call, or say which end transfers (--agent)",
    )
