from __future__ import annotations

from collections.abc import Iterable, Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Receiver, Trunk
from sipdiag.facts.profile import Profile, Statement
from sipdiag.places import Read
from sipdiag.values import Identity, Text, Word


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refs=("RFC 3261 18",),
    refuted_by="a message of the platform over this transport",
)
def transport_not_supported(
    trunk: Trunk, profile: Profile | None, far_ends: tuple[Receiver, ...]
) -> Iterator[Finding | CannotTell]:
    """The trunk uses a transport that the platform cannot use

    The platform, or the one to which an address of the trunk leads, signals over other transports than the one that is
    set, or supports it for tests only (then this is a warning: REFER and BYE may be lost in production).

    Bad:

        trunks: [{name: carrier-a, platform: elevenlabs, address: sip.example, transport: udp}]

    Bad:

        trunks: [{name: carrier-a, platform: twilio, address: "sip:sip.pstnhub.microsoft.com;transport=tcp"}]

    Good:

        trunks: [{name: carrier-a, platform: elevenlabs, address: sip.example, transport: tcp}]

    Good:

        trunks: [{name: carrier-a, platform: twilio, address: "sip:sip.pstnhub.microsoft.com;transport=tls"}]
    """
    told: set[int] = set()
    for part in trunk.each:
        for finding in _unsupported(trunk, profile, part, part.transports):
            told.add(id(finding.at))
            yield finding
    for far in far_ends:
        part = far.trunk or trunk
        named = [t for t in part.transports if t.setting == part.address.setting]  # by the address itself
        yield from (f for f in _unsupported(trunk, far.profile, part, named) if id(f.at) not in told)


def _unsupported(
    trunk: Trunk, profile: Profile | None, part: Trunk, transports: Iterable[Read[Word]]
) -> Iterator[Finding]:
    """Those of the transports that a platform does not use."""
    known = profile.says("transports") if profile is not None else None
    if profile is None or known is None:
        return
    experimental = profile.says("transports.experimental")
    for transport in transports:
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
            fix=f"set the trunk to {_ways(known, experimental)} on both sides",
        )


def _ways(known: Statement, experimental: Statement | None) -> str:
    """The transports that may be used, the safest last."""
    words = [str(w) for w in known.listed if experimental is None or not experimental.holds(w)]
    return " or ".join(w.upper() for w in words)
