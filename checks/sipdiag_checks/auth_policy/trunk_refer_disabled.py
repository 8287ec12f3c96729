from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.edit import Edit, Replace, Switch
from sipdiag.facts.profile import Profile
from sipdiag.values import Identity, Text, Word

_ROUTE_IT = "let REFER pass like any request of a dialog: loose routing before the list of methods, or REFER and NOTIFY in that list"


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-refused-by-policy", "refer-to-uri-form-rejected-by-trunk", "carrier-does-not-support-refer"),
    refs=("RFC 3515 2.4.2",),
    refuted_by="a REFER on this trunk that is answered with 2xx",
)
def trunk_refer_disabled(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """Trunk refuses REFER

    The REFER leaves and is refused, because transfers are switched off for this trunk or endpoint. A call without any
    REFER has another cause.

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
            edit=_allowed(trunk, profile),
            fix=_ROUTE_IT
            if profile is not None and "proxy" in profile.roles
            else "switch transfers on for this trunk ({setting}), or route the call over one that has them",
        )
    elif trunk.refer.value is None:
        own = profile is not None and profile.says("refer.enabled-by") is not None
        collect = (trunk.provider or "") if not own else ""
        yield CannotTell(needs=_needs(trunk, profile), at=trunk.refer.where or trunk.where, collect=collect)


def _allowed(trunk: Trunk, profile: Profile | None) -> Edit | None:
    where, option = trunk.refer.where, trunk.option(trunk.refer.setting)
    if where is None:
        return None
    if option is None:
        return Replace(where, "deny", "allow")
    value = str(option.value).strip().lower()
    if value in ("no", "off", "false", "0", "n"):
        return Switch(where, on=True)
    if value in ("yes", "on", "true", "1", "y"):  # a setting that forbids
        return Switch(where, on=False)
    needs = profile.says("refer-to.tel.needs") if profile is not None else None
    setting, equals, wanted = str(needs.value if needs is not None else "").partition("=")
    return Replace(where, str(option.value), wanted) if equals and setting == option.name else None


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
