"""Success is reported of a call that nobody placed."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Finding, Owner, Severity, Stage, check
from sipdiag.facts.timers import EARLY_SUCCESS
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.visible import had_to_be_visible
from sipdiag.places import elapsed


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3515 2.4.5",),
    refuted_by="an INVITE to the target that was answered 2xx",
)
def success_claimed_without_target_leg(transfer: Transfer) -> Iterator[Finding]:
    """Success is claimed, and no call to the target was placed

    NOTIFY reports 200 at once, while no INVITE to the target was seen where it had to be visible: some receivers
    report success before they have called anybody.

    Bad:

        leg2: call caller -> pbx
        call pbx -> agent
        agent -> pbx REFER  Refer-To: <sip:2003@example.com>
        pbx -> agent 202 Accepted
        pbx -> agent NOTIFY 200 OK
        agent -> pbx 200 OK
        agent -> pbx BYE
        pbx -> agent 200 OK
        +30s leg2: pbx -> caller BYE
        leg2: caller -> pbx 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    final = transfer.final_notify
    if final is None or final.status is None or final.status >= 300 or transfer.targets or transfer.acceptance is None:
        return
    gap = elapsed(transfer.acceptance.frame, final.at)
    if gap is None or gap >= EARLY_SUCCESS or not had_to_be_visible(transfer):
        return
    yield Finding(
        "NOTIFY says {status} {gap} s after the {accepted}, and no INVITE to {target} was sent",
        status=final.status,
        gap=gap,
        accepted=transfer.status,
        target=transfer.wanted,
        at=final.at,
        fix="let the receiver report what the target answers (FreeSWITCH: confirm-blind-transfer, Asterisk: refer_blind_progress)",
    )
