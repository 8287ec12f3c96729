from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.profile import Profile
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address, Text, Word


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3261 20.5", "RFC 3261 12.1", "RFC 3515 2"),
    refuted_by="a REFER that the peer answers with 2xx, or an Allow that lists REFER",
)
def allow_lacks_refer_on_the_wire(transfer: Transfer, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The peer's Allow does not list REFER

    In the INVITE or its 200 the other side lists the methods that it takes, and REFER is not among them. A platform that
    goes by Allow sends none.

    Bad:

        expect transfer
        caller allow INVITE, ACK, BYE, CANCEL
        agent allow INVITE, ACK, BYE, CANCEL
        call
        +5s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        expect transfer
        call
        +5s caller -> agent BYE
        agent -> caller 200 OK
    """
    leg = transfer.leg
    if leg is None or transfer.accepted or transfer.targets or not leg.confirmed:
        return
    refer = transfer.decisive
    before = refer.first if refer is not None else None
    sides = [transfer.transferor.other] if transfer.transferor is not None else list(Side)
    told = [(side, leg.allow(side, before)) for side in sides]
    lacking = [side for side, allow in told if allow is not None and "REFER" not in allow[0]]
    if not lacking:
        return
    if len(lacking) < len(sides):
        yield CannotTell(needs="which end transfers: name it with --agent, since only one end takes REFER", at=None)
        return
    yield _finding(leg, lacking[0], profile, refused=refer is not None)


def _finding(leg: Leg, side: Side, profile: Profile | None, *, refused: bool) -> Finding:
    found = leg.allow(side)
    assert found is not None  # noqa: S101 - the caller has read it
    methods, hop = found
    statement = profile.says("allow.decides") if profile is not None else None
    because = []
    if statement is not None and statement.value is True:
        because.append(Because("{words}", at=None, words=Text(statement.words)))
    return Finding(
        "{who} takes {methods}, and not REFER",
        who=Address(hop.source.host) if hop.source is not None else Word("the other side"),
        methods=Word(", ".join(sorted(methods)) or "no method at all"),
        at=hop.frame,
        because=because,
        fix="ask whoever runs {who} to enable REFER and to list it in Allow, or transfer by a second leg",
        severity=Severity.WARNING if refused else None,
    )
