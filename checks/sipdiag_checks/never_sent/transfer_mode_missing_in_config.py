from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import TransferRule
from sipdiag.facts.profile import Profile
from sipdiag.values import Text, Word


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("platform-permission-refused", "transfer-tool-not-called"),
    refs=(
        "https://community.retellai.com/t/transfer-node-silently-corrupted-settings-looked-correct-but-underlying-config-was-broken/660",
    ),
    refuted_by="a REFER of the transferring side",
)
def transfer_mode_missing_in_config(rule: TransferRule, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The stored rule does not say how to transfer

    The key that selects REFER is absent from the stored configuration, and the platform documents no default. An
    editor may still show REFER as selected. Such a platform refuses the transfer before any SIP leaves, often with a
    misleading message about permissions.

    Bad:

        agent: {platform: other, rules: [{name: support, to: "sip:500@pbx.example"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}

    Good:

        # A documented default applies: that is transfer-type-not-refer.
        agent: {platform: elevenlabs, rules: [{name: support, to: "+12025550123"}]}
    """
    if rule.method or rule.written or rule.default_method is not None:
        return
    if profile is not None and profile.says("methods.default") is not None:
        return
    yield Finding(
        "{named} does not say how to transfer: {setting} is not set",
        named=Text(f"rule {rule.name}" if rule.name else "the transfer rule"),
        setting=Word(rule.method.setting or "type"),
        at=rule.method.where or rule.where,
        fix="set {setting} to the value that selects REFER; if the editor shows it as set, create the rule again",
        edit=rule.as_refer,
    )
