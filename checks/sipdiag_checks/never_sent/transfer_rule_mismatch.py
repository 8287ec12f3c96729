from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import TransferRule
from sipdiag.facts.matching import names, nearest, same, typed, where_they_part
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord
from sipdiag.values import Text, Word


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("transfer-rule-invalid-combination", "transfer-type-not-refer", "platform-permission-refused"),
    refuted_by="a REFER of the transferring side",
)
def transfer_rule_mismatch(
    record: CallRecord, rules: tuple[TransferRule, ...], profile: Profile | None
) -> Iterator[Finding | CannotTell]:
    """The requested destination is none of those configured

    The model asked for a transfer to a destination that equals no configured one, character by character. Platforms
    compare the texts: a missing `+`, a space, or a number from the prompt instead of the one from the rule is enough,
    and nothing is sent.

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "+12025550150"}]}
        call: {leg: sip, transfers: [{to: "+12025550158", ok: false, error: "no rule matches"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "+12025550150"}]}
        call: {leg: sip, transfers: [{to: "+12025550150", ok: false, error: "timed out"}]}

    Good:

        # What a variable holds when the call runs cannot be known from here.
        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "{{ desk }}"}]}
        call: {leg: sip, transfers: [{to: "+12025550158", ok: false, error: "no rule matches"}]}
    """
    known = [r for r in rules if r.destination]
    if not known:
        return
    # A lone rule may be taken for whatever was asked for; among several the text decides where the platform says so.
    said = profile.says("destination.chosen-by") if profile is not None and len(known) > 1 else None
    by_text = said is not None and said.certain
    seen: set[str] = set()
    for call in record.calls:
        wanted = str(call.destination)
        if not call.destination or call.succeeded or wanted in seen:
            continue
        if any(same(wanted, str(r.destination)) if by_text else names(wanted, r) for r in known):
            continue
        seen.add(wanted)
        if any(not r.literal for r in known):
            yield CannotTell(
                needs="what the rule's variable held in this call", at=call.destination.where or call.where
            )
            continue
        rule = nearest(wanted, known)
        if rule is None:
            continue
        yield Finding(
            "transfer to {wanted} was asked for, and no rule has that destination; the nearest is {nearest}: {difference}",
            wanted=typed(wanted),
            nearest=typed(str(rule.destination)),
            difference=Word(where_they_part(wanted, str(rule.destination))),
            at=call.destination.where or call.where,
            because=[
                Because(
                    "{named} goes to {nearest}",
                    at=rule.destination.where,
                    named=_named(rule),
                    nearest=typed(str(rule.destination)),
                ),
                *(
                    [Because("the platform answered: {result}", at=call.result.where, result=call.result)]
                    if call.result
                    else []
                ),
            ],
            severity=Severity.ERROR if call.succeeded is False else Severity.WARNING,
            fix="name the configured destination in prompt and tool description, or add a rule for {wanted}",
        )


def _named(rule: TransferRule) -> Text:
    return Text(f"rule {rule.name}" if rule.name else "the rule")
