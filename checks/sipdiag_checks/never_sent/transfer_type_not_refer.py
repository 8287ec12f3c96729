from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Expectation, Receiver, TransferRule, Trunk
from sipdiag.facts.matching import failed_by, typed
from sipdiag.facts.possible import refer_is_possible
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord
from sipdiag.values import Text, Word


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.WARNING,
    owner=Owner.CONFIG,
    beats=("transfer-tool-not-called", "platform-permission-refused"),
    refs=("RFC 3515 2", "RFC 5589 5"),
    refuted_by="a REFER of the transferring side",
)
def transfer_type_not_refer(
    rule: TransferRule,
    expectation: Expectation | None,
    profile: Profile | None,
    record: CallRecord | None,
    trunks: tuple[Trunk, ...],
    receivers: tuple[Receiver, ...],
) -> Iterator[Finding | CannotTell]:
    """The rule transfers by another method than REFER

    The type of the rule, or the documented default where it has none, selects a conference, a second call, a bridge or
    the platform's own blind transfer. Such a transfer never sends a REFER, however well the trunk takes one. That is a
    choice and no fault, unless REFER was expected, the destination needs it, or the transfer failed.

    Bad:

        agent: {platform: other, rules: [{name: support, type: conference, to: "+12025550123"}]}

    Bad:

        # --expect refer
        agent: {platform: elevenlabs, rules: [{name: support, to: "+12025550123"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}

    Good:

        # A native CPaaS number cannot be moved by REFER: the conference is the right choice there.
        agent: {platform: other, trunk: desk, rules: [{name: support, type: conference, to: "+12025550123"}]}
        trunks: [{name: desk, leg: twilio, number: "+12025550100"}]
    """
    if rule.wants_refer is not False:
        return
    because = []
    severity = Severity.WARNING
    attempt = failed_by(rule, record, 1) if record is not None else None
    if expectation is not None and expectation.refer:
        severity = Severity.ERROR
    elif attempt is not None:
        severity = Severity.ERROR
        because.append(
            Because("the record says that this transfer failed: {result}", at=attempt.where, result=attempt.result)
        )
    elif _needs_refer(rule, profile):
        severity = Severity.ERROR
    elif trunks and all(t.is_sip is False for t in trunks):
        return
    yield Finding(
        "{named} has type {method}, which sends no REFER" if rule.written or rule.method else _BY_DEFAULT,
        named=Text(f"rule {rule.name}" if rule.name else "the transfer rule"),
        setting=Word(rule.method.setting or "type"),
        method=Word(rule.method_word),
        to=typed(str(rule.destination)),
        at=(rule.method.where if rule.method else None) or rule.where,
        because=because,
        severity=severity,
        fix="select REFER for this rule (where the platform calls it so: sip_refer), if the call is to be moved by REFER",
        edit=rule.as_refer if refer_is_possible(rule, profile, trunks, receivers) else None,
    )


_BY_DEFAULT = "{named} names no {setting}; the documented default {method} sends no REFER"


def _needs_refer(rule: TransferRule, profile: Profile | None) -> bool:
    """Whether only REFER reaches this kind of destination on this platform."""
    said = profile.says(f"methods.{rule.method_word}.destinations") if profile is not None else None
    return said is not None and said.certain and rule.destination_kind == "sip-uri" and not said.holds("sip-uri")
