from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.facts.matching import typed
from sipdiag.facts.profile import Profile, refer_to_form
from sipdiag.facts.uri_text import read
from sipdiag.values import Identity, Text, Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-refused-by-policy", "refer-to-uri-form-rejected-by-trunk", "carrier-does-not-support-refer"),
    refs=("RFC 3515 2.4.2",),
    refuted_by="a REFER on this trunk that is answered with 2xx",
)
def trunk_refer_disabled(
    trunk: Trunk, profile: Profile | None, rules: tuple[TransferRule, ...]
) -> Iterator[Finding | CannotTell]:
    """Trunk refuses REFER

    The REFER leaves and is refused, because transfers are switched off for this trunk or endpoint, or for this kind of
    target (a phone number while only SIP targets are allowed). A call without any REFER has another cause.

    Bad:

        trunks: [{name: carrier-a, address: sip.example, refer: deny}]

    Good:

        trunks: [{name: carrier-a, address: sip.example, refer: allow}]

    Good:

        # Where the setting is not given, nothing is claimed.
        trunks: [{name: carrier-a, address: sip.example}]
    """
    if trunk.is_sip is False:
        return
    refused = tuple(s for s in (profile.says("refer.refused-with") if profile is not None else None,) if s is not None)
    because = [Because("it answers {codes} then", at=None, codes=Word(", ".join(s.listed))) for s in refused]
    if trunk.refer.value == "deny":
        yield Finding(
            "trunk {trunk} refuses every REFER: {setting} is {value}",
            trunk=Identity(str(trunk.name) or trunk.id),
            setting=Word(trunk.refer.setting or "refer"),
            value=_written(trunk),
            at=trunk.refer.where or trunk.where,
            because=because,
            fix="switch transfers on for this trunk ({setting}), or route the call over one that has them",
        )
    elif trunk.refer.value is None:
        yield CannotTell(needs=_needs(trunk, profile), at=trunk.refer.where or trunk.where)
    else:
        yield from _partly(trunk, profile, rules)


def _written(trunk: Trunk) -> Text:
    """The value as it stands in the document, under the setting's own name."""
    option = trunk.option(trunk.refer.setting)
    return Text(str(option.value) if option is not None else str(trunk.refer))


def _needs(trunk: Trunk, profile: Profile | None) -> str:
    if profile is not None and (by := profile.says("refer.enabled-by")) is not None:
        where = profile.says("refer.enabled-where")
        return f"the trunk's transfer setting ({by.value}{f': {where.value}' if where is not None else ''})"
    if profile is not None and (shown := profile.says("refer.configurable")) is not None and shown.value is False:
        return "the provider's word: no setting of the trunk shows whether REFER is switched on"
    return "the transfer setting of the carrier's trunk"


def _partly(trunk: Trunk, profile: Profile | None, rules: tuple[TransferRule, ...]) -> Iterator[Finding]:
    """A mode that lets some targets pass and not those of a rule."""
    for rule in rules:
        if profile is None or rule.wants_refer is False or not rule.literal or not rule.destination:
            continue
        target = read(str(rule.destination))
        if target.uri is None:
            continue
        form = refer_to_form(target.uri.scheme, target.uri.user, target.uri.host, profile.own_domains)
        needs = profile.says(f"refer-to.{form}.needs")
        setting, equals, value = str(needs.value).partition("=") if needs is not None else ("", "", "")
        option = trunk.option(setting) if equals else None
        if needs is None or option is None or str(option.value) == value:
            continue
        yield Finding(
            "trunk {trunk} refuses a transfer to {to}: that needs {setting} {value}, and it is {actual}",
            trunk=Identity(str(trunk.name) or trunk.id),
            to=typed(target.text),
            setting=Word(setting),
            value=Word(value),
            actual=Word(str(option.value)),
            at=option.where or trunk.where,
            because=[Because("this destination is a phone number to the trunk", at=rule.destination.where)],
            severity=Severity.ERROR if needs.certain else Severity.INFO,
            fix="set {setting} to {value}",
        )
