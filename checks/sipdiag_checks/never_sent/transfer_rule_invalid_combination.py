from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Receiver, TransferRule, Trunk
from sipdiag.facts.edit import Edit
from sipdiag.facts.possible import refer_is_possible
from sipdiag.facts.profile import Profile, Statement
from sipdiag.values import Text, Word


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("transfer-type-not-refer", "platform-permission-refused"),
    refuted_by="a REFER of the transferring side",
)
def transfer_rule_invalid_combination(
    rule: TransferRule, profile: Profile | None, trunks: tuple[Trunk, ...], receivers: tuple[Receiver, ...]
) -> Iterator[Finding | CannotTell]:
    """Type and destination of the rule exclude each other

    The platform documents that this type of transfer does not reach this kind of destination, or does not work on the
    numbers that the agent is attached to: a SIP URI with a conference, a blind transfer on a SIP trunk.

    Bad:

        agent: {platform: elevenlabs, rules: [{name: support, type: conference, to: "sip:500@pbx.example"}]}

    Bad:

        agent: {platform: elevenlabs, trunk: desk, rules: [{name: support, type: blind, to: "+12025550123"}]}
        trunks: [{name: desk, platform: elevenlabs, address: sip.example, transport: tcp}]

    Good:

        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}

    Good:

        agent: {platform: elevenlabs, trunk: desk, rules: [{name: support, type: blind, to: "+12025550123"}]}
        trunks: [{name: desk, platform: elevenlabs, leg: twilio, number: "+12025550100"}]
    """
    if profile is None or not rule.method_word:
        return
    word, kind = rule.method_word, _kind(rule)
    said = profile.says(f"methods.{word}.destinations")
    if said is not None and kind is not None and not said.holds(kind):
        yield _finding(
            "{named} combines type {method} with {kind} as destination, which {platform} does not transfer to",
            rule,
            profile,
            said,
            Severity.ERROR,
            kind=Word(_WORDS.get(kind, kind)),
            edit=rule.as_refer if refer_is_possible(rule, profile, trunks, receivers) else None,
        )
        return
    legs = profile.says(f"methods.{word}.legs")
    known = [t for t in trunks if t.leg]
    # REFER on a call that is no SIP call is a fault of the call: call-leg-not-sip.
    unfit = [t for t in known if legs is not None and not legs.holds(str(t.leg))]
    if legs is None or rule.wants_refer or not unfit:
        return
    yield _finding(
        "{named} has type {method}, which {platform} does not do on a number of kind {leg}",
        rule,
        profile,
        legs,
        Severity.ERROR if len(unfit) == len(known) else Severity.WARNING,
        unfit[0],
        leg=Word(str(unfit[0].leg)),
        edit=rule.as_refer if refer_is_possible(rule, profile, trunks, receivers) else None,
    )


_WORDS = {"sip-uri": "a SIP URI", "phone": "a phone number", "extension": "an extension", "assistant": "an assistant"}


def _kind(rule: TransferRule) -> str | None:
    """The kind of destination; a variable's setting may tell what it will hold."""
    if rule.destination_kind != "dynamic":
        return None if rule.destination_kind == "unknown" else rule.destination_kind
    return "sip-uri" if "sip" in rule.destination.setting.lower() else None


def _finding(
    template: str,
    rule: TransferRule,
    profile: Profile,
    said: Statement,
    severity: Severity,
    trunk: Trunk | None = None,
    *,
    kind: Word | None = None,
    leg: Word | None = None,
    edit: Edit | None = None,
) -> Finding:
    because = [Because("{words}", at=None, words=Text(said.words))] if said.words else []
    if trunk is not None:
        because.append(Because("the agent's number is of kind {leg}", at=trunk.leg.where or trunk.where, leg=trunk.leg))
    return Finding(
        template,
        named=Text(f"rule {rule.name}" if rule.name else "the transfer rule"),
        method=Word(rule.method_word),
        platform=Word(profile.name),
        at=(rule.method.where if rule.method else None) or rule.where,
        because=because,
        severity=severity if said.certain else Severity.INFO,
        fix="select the method that reaches this destination (a SIP URI needs REFER), or change the destination",
        edit=edit,
        kind=kind,
        leg=leg,
    )
