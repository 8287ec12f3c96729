from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.profile import Profile
from sipdiag.values import Identity, Text, Word


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refs=("RFC 3261 18",),
    refuted_by="a message of the platform over this transport",
)
def transport_not_supported(trunk: Trunk, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The trunk uses a transport that the platform cannot use

    The platform signals over other transports than the one that the trunk is set to, or supports it for tests only
    (then this is a warning: REFER and BYE may be lost in production).

    Bad:

        trunks: [{name: carrier-a, platform: elevenlabs, address: sip.example, transport: udp}]

    Good:

        trunks: [{name: carrier-a, platform: elevenlabs, address: sip.example, transport: tcp}]
    """
    known = profile.says("transports") if profile is not None else None
    if profile is None or known is None:
        return
    experimental = profile.says("transports.experimental")
    for part in trunk.each:
        for transport in part.transports:
            word = str(transport)
            if not word.isalnum():
                continue  # a variable, which holds a transport later
            if not known.holds(word):
                said, severity = known, Severity.ERROR
                template = "{trunk} uses {transport}, and {platform} signals over {known} only"
            elif experimental is not None and experimental.holds(word):
                said, severity = experimental, Severity.WARNING
                template = "{trunk} uses {transport}, which {platform} supports for tests only"
            else:
                continue
            yield Finding(
                template,
                trunk=Text(f"trunk {trunk.name}") if trunk.name else Identity(f"trunk {trunk.id}"),
                transport=Word(word.upper()),
                platform=Word(profile.name),
                known=Word(", ".join(w.upper() for w in known.listed)),
                at=transport.where or part.where,
                because=[Because("{words}", at=None, words=Text(said.words))] if said.words else (),
                severity=severity if said.certain else Severity.INFO,
                fix="set the trunk to TCP or TLS on both sides",
            )
