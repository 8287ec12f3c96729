"""The call is lost although the transfer failed."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.hangups import gave_up, moved_party_left
from sipdiag.facts.new_call import failure
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 5589 6.1", "RFC 3515 2.4.4"),
    refuted_by="a call that goes on after the failed transfer",
)
def original_call_dropped_on_failed_transfer(transfer: Transfer) -> Iterator[Finding]:
    """The original call is hung up although the transfer failed

    The new call failed, and the old one is ended as well, right before or after: the caller is left with nothing.
    Where the caller had hung up first, there was no call to keep.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 486 Busy Here
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 486 Busy Here
        agent -> caller 200 OK
        +30s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        # The caller does not wait for the target: the PBX ends what is left.
        leg2: caller -> pbx INVITE  X-Call-ID: 7
        pbx -> agent INVITE  X-Call-ID: 7
        agent -> pbx 200 OK
        pbx -> agent ACK
        leg2: pbx -> caller 200 OK
        leg2: caller -> pbx ACK
        agent -> pbx REFER  Refer-To: <sip:2003@example.com>
        pbx -> agent 202 Accepted
        +8s leg2: caller -> pbx BYE
        leg2: pbx -> caller 200 OK
        pbx -> agent NOTIFY 487 Request Terminated
        agent -> pbx 200 OK
        pbx -> agent BYE
        agent -> pbx 200 OK
    """
    failed = failure(transfer)
    if failed is None or transfer.leg is None or transfer.acceptance is None:
        return
    after = [b for b in transfer.leg.byes if b.order > transfer.acceptance.order]
    if not after:
        return
    bye = after[0]
    if any(r not in transfer.attempts and transfer.acceptance.order < r.order < bye.order for r in transfer.leg.refers):
        return  # another transfer was tried before: what ends the call then is its affair
    if gave_up(transfer) or moved_party_left(transfer, bye) is not None:
        return  # the moved party had hung up itself: there was no call left to keep
    gap = elapsed(failed.at, bye.at)
    if gap is not None and gap > TARGET_HUNG_UP:
        return
    who = sender(transfer, bye)
    yield Finding(
        "the {who} sends BYE {when} the new call failed with {status}",
        who=Word(who.value if who is not Party.UNKNOWN else "other side"),
        when=Word("before it was known that" if gap is not None and gap < 0 else "as soon as"),
        status=failed.status,
        at=bye.at,
        severity=Severity.WARNING if gap is None else Severity.ERROR,  # without times nobody knows how soon
        because=[Because("the new call failed: {status}", at=failed.at, status=failed.status)],
        owner=who.owner or Owner.CARRIER,
        fix="end the old call only on a 2xx sipfrag; on any other, keep it and go back to the caller",
    )
