from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.profile import Profile
from sipdiag.values import Identity, Text, Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.WARNING,
    owner=Owner.CONFIG,
    refs=("RFC 3261 22.2",),
    refuted_by="a REFER with credentials, or one that is accepted without",
)
def refer_auth_challenge_unanswered_in_config(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The receiver will challenge the REFER

    A setting makes the receiver ask for credentials on requests inside a dialog too. Most voice platforms answer no
    challenge to a REFER: the 401 or 407 ends the transfer.

    Bad:

        trunks: [{name: a, platform: freeswitch, address: pbx.example, auth-all-packets: "true"}]

    Good:

        trunks: [{name: a, platform: freeswitch, address: pbx.example, auth-all-packets: "false"}]
    """
    said = profile.says("refer.challenges-by") if profile is not None else None
    setting, equals, value = str(said.value).partition("=") if said is not None else ("", "", "")
    option = trunk.option(setting) if equals else None
    if said is None or option is None or str(option.value).strip().lower() != value:
        return
    yield Finding(
        "{setting} makes {trunk} challenge a REFER, and few platforms answer that",
        setting=Word(setting),
        trunk=Identity(str(trunk.name) or trunk.id),
        at=option.where or trunk.where,
        because=[Because("{words}", at=None, words=Text(said.words))] if said.words else (),
        severity=Severity.WARNING if said.certain else Severity.INFO,
        fix="switch {setting} off for this peer and trust its address, or give the platform credentials for REFER",
    )
