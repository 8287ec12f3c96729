from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.profile import Profile
from sipdiag.values import Text, Word

_ANY = ("0.0.0.0/0", "::/0", "*", "any", "all")


@check(stage=Stage.ELIGIBLE, severity=Severity.WARNING, owner=Owner.CONFIG)
def allow_list_not_effective(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The address list does not apply to this transport

    The platform compares source addresses on connections only. Over UDP the list is not looked at: it neither protects
    nor admits anybody.

    Bad:

        trunks: [{name: a, platform: elevenlabs, address: sip.example, transport: udp, allow_from: [192.0.2.0/24]}]

    Good:

        trunks: [{name: a, platform: elevenlabs, address: sip.example, transport: tcp, allow_from: [192.0.2.0/24]}]
    """
    said = profile.says("allow-list.transports") if profile is not None else None
    listed = [a for a in trunk.allow_from if str(a).strip().lower() not in _ANY]
    if said is None or not listed or not trunk.transports or any(said.holds(str(t)) for t in trunk.transports):
        return
    yield Finding(
        "the address list has no effect over {transport}",
        transport=Word(", ".join(str(t).upper() for t in trunk.transports)),
        at=listed[0].where or trunk.where,
        because=[
            Because("the trunk uses {transport}", at=trunk.transports[0].where, transport=trunk.transports[0]),
            *([Because("{words}", at=None, words=Text(said.words))] if said.words else []),
        ],
        severity=Severity.WARNING if said.certain else Severity.INFO,
        fix="use TCP or TLS, or authenticate the trunk by credentials",
    )
