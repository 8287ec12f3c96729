"""Success will be claimed before anybody has answered."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Option, TransferRule, Trunk
from sipdiag.facts.profile import Profile
from sipdiag.values import Identity, Text, Word

_OFF = frozenset(("no", "false", "off", "0", "n", "disabled"))
_ON = frozenset(("yes", "true", "on", "1", "y", "enabled"))


@check(
    stage=Stage.COMPLETED,
    severity=Severity.WARNING,
    owner=Owner.CARRIER,
    refs=("RFC 3515 2.4.5",),
    refuted_by="a NOTIFY that waits for the target's answer",
)
def success_claimed_without_target_leg_in_config(
    trunk: Trunk, profile: Profile | None, rules: tuple[TransferRule, ...]
) -> Iterator[Finding | CannotTell]:
    """The receiver is set to claim success at once

    Some receivers can report 200 as soon as they have taken a REFER, before they have called the target. The transferor
    then counts every transfer as a success and leaves, whatever becomes of it. Where that is only the receiver's
    default, it is told to those who transfer by REFER.

    Bad:

        trunks: [{name: a, platform: asterisk, address: pbx.example, refer_blind_progress: "no"}]

    Bad:

        agent: {platform: other, trunk: a, rules: [{type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: a, platform: freeswitch, address: pbx.example, refer: allow}]

    Good:

        trunks: [{name: a, platform: asterisk, address: pbx.example, refer_blind_progress: "yes"}]

    Good:

        agent: {platform: other, trunk: a, rules: [{type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: a, platform: freeswitch, address: pbx.example, refer: allow, confirm-blind-transfer: "true"}]
    """
    said = profile.says("notify.early-200-by") if profile is not None else None
    usual = profile.says("notify.early-200") if profile is not None else None
    if said is None:
        return
    setting, equals, value = str(said.value).partition("=")
    option = trunk.option(setting)
    written = _truth(option)
    if not equals or (written is None and option is not None):
        return
    early = written is (value in _ON)
    by_default = written is None and usual is not None and usual.value is True
    if not early and not (by_default and trunk.refer.value == "allow" and any(r.wants_refer for r in rules)):
        return
    yield Finding(
        "{trunk} reports success as soon as it has taken a REFER: {setting} is {value}",
        trunk=Identity(str(trunk.name) or trunk.id),
        setting=Word(setting),
        value=Text(str(option.value)) if option is not None else Word("not set"),
        at=(option.where if option is not None else None) or trunk.where,
        because=[Because("{words}", at=None, words=Text(said.words))] if said.words else (),
        severity=Severity.WARNING if early and said.certain else Severity.INFO,
        fix="have it wait for the target's answer ({setting}), so that a transfer that fails is not taken for a success",
    )


def _truth(option: Option | None) -> bool | None:
    word = str(option.value).strip().lower() if option is not None else ""
    return True if word in _ON else False if word in _OFF else None
