from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.facts.told import unseen_attempt
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import UNBRIDGED
from sipdiag.values import Text


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("target-forbidden", "target-leg-failed"),
    refs=("RFC 3515 2.4.5",),
    refuted_by="an INVITE to the target, or a NOTIFY whose sipfrag is 200",
)
def agent_leg_not_bridged_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The PBX says that the agent's leg is bridged with nobody

    A PBX can move a leg only if another leg is bridged with it. Its own log says that the leg which sent the REFER is the
    only one of its call.

    Bad:

        call: {leg: sip, transfers: [{to: "500", error: Cannot Blind Transfer 1 Legged calls, notify_status: 403}]}

    Good:

        call: {leg: sip, transfers: [{to: "500", error: caller number not permitted, notify_status: 403}]}
    """
    last = unseen_attempt(record, transfers)
    if last is None or last.told.report.value not in (400, 403) or not UNBRIDGED.search(str(last.result)[:500]):
        return
    yield Finding(
        'the PBX has no second leg to transfer: "{words}"',
        words=Text(str(last.result)[:200]),
        at=last.result.where or last.where,
        because=[Because("the transfer that it speaks of", at=last.where)],
        fix="bridge the agent's leg with the caller (Dial, bridge) before it transfers, or let the application that holds"
        " the leg place the new call itself",
    )
