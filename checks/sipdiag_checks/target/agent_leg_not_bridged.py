"""The leg that the transferor wants to move has nobody at its other end."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.notify import Notify
from sipdiag.facts.profile import Profile
from sipdiag.facts.timers import EARLY_SUCCESS
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.visible import had_to_be_visible
from sipdiag.facts.wording import UNBRIDGED
from sipdiag.places import elapsed
from sipdiag.values import Text


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("target-forbidden", "target-leg-failed", "original-call-dropped-on-failed-transfer"),
    refs=("RFC 3515 2.4.5",),
    refuted_by="an INVITE to the target, or a NOTIFY whose sipfrag is 200",
)
def agent_leg_not_bridged(transfer: Transfer, profile: Profile | None) -> Iterator[Finding]:
    """The agent's leg is bridged with nobody

    A PBX can move a leg only if another leg is bridged with it. The agent's leg is parked, held by an application
    (Stasis, a queue, an AI connector), or is the only leg of the call: the PBX accepts the REFER with 202, places no
    new call, and reports 400 (Asterisk) or 403 (FreeSWITCH) at once.

    Bad:

        leg0: caller -> carrier OPTIONS
        leg0: carrier -> caller 200 OK
        leg1: call carrier -> agent
        agent -> carrier REFER  Refer-To: <sip:2003@example.com>
        carrier -> agent 202 Accepted
        carrier -> agent NOTIFY 403 Forbidden
        agent -> carrier 200 OK

    Good:

        leg0: call caller -> carrier
        leg1: call carrier -> agent
        agent -> carrier REFER  Refer-To: <sip:2003@example.com>
        carrier -> agent 202 Accepted
        leg2: carrier -> target INVITE sip:2003@example.com
        leg2: target -> carrier 403 Forbidden
        carrier -> agent NOTIFY 403 Forbidden
        agent -> carrier 200 OK
    """
    report = transfer.final_notify
    if not transfer.accepted or report is None or report.status not in (400, 403) or transfer.targets:
        return
    if transfer.other_legs or transfer.relayed:
        return  # another leg of the call is there to be bridged with
    known = profile.says("leg.unbridged") if profile is not None else None
    by_profile = known is not None and known.certain and known.holds(f"202-then-{report.status}")
    said = [line for line in transfer.around.log if UNBRIDGED.search(line.text[:500])]
    alone = (had_to_be_visible(transfer) or _own_log(transfer)) and _at_once(transfer, report)
    if not (by_profile or said or alone):
        return
    because = [Because("NOTIFY reports {code}, and no INVITE to the target was seen", at=report.at, code=report.status)]
    because += [Because("{line}", at=line.frame, line=Text(line.text[:200])) for line in said[:1]]
    yield Finding(
        "the PBX has no second leg to transfer: NOTIFY {status} {reason} without any call to the target",
        status=report.status,
        reason=Text(report.reason),
        at=report.at,
        because=because,
        fix=(
            "bridge the agent's leg with the caller (Dial, bridge) before it transfers, or let the application "
            "that holds"
            " the leg place the new call itself"
        ),
    )


def _at_once(transfer: Transfer, report: Notify) -> bool:
    gap = elapsed(transfer.acceptance.frame if transfer.acceptance is not None else None, report.at)
    return gap is None or gap < EARLY_SUCCESS


def _own_log(transfer: Transfer) -> bool:
    """Whether the transferee's side wrote these messages itself, as it sent and received them: it would show its calls."""
    leg, side = transfer.leg, transfer.transferor
    return leg is not None and side is not None and leg.writer is side.other and not transfer.around.lost
