"""The transferor keeps its leg."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.profile import Profile
from sipdiag.facts.timers import BYE_AFTER_NOTIFY, KEPT_LEG, TIMER_F
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    refs=("RFC 5589 6.1", "https://support.twilio.com/hc/en-us/articles/42826350337179"),
    refuted_by="a BYE of either side soon after the final NOTIFY",
)
def transferor_did_not_bye(transfer: Transfer, profile: Profile | None) -> Iterator[Finding]:
    """The transferor does not hang up after the final NOTIFY

    The target answered and the last NOTIFY ended the subscription. Now the transferor has to send BYE; it does not,
    and the old leg stays up beside the new one until somebody else ends it.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        +32s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        # Click to dial: the REFER begins a dialog of its own, and no call of its sender is to end.
        controller -> agent REFER  Refer-To: <sip:2003@example.com> | To: <sip:agent@agent.example>
        agent -> controller 202 Accepted
        leg2: agent -> target INVITE sip:2003@example.com
        leg2: target -> agent 200 OK
        leg2: agent -> target ACK
        agent -> controller NOTIFY 200 OK
        controller -> agent 200 OK
        +40s

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
    if final is None or final.status is None or final.status >= 300 or transfer.leg is None or not transfer.accepted:
        return
    if failure(transfer) is not None or final.state not in (None, "terminated"):
        return
    if final.transaction.refused:
        return  # the transferor was told nothing that it took
    if not transfer.leg.holds_call:
        return  # it sent the REFER outside any call, and has nothing to end
    if not transfer.attempts and not transfer.leg.coverage.starts:
        return  # it may have left before the input begins: its subscription outlives the call (RFC 5057, 4)
    if transfer.with_focus:
        return  # it asked a conference to call somebody else in, and stays in it itself
    stated = profile.says("bye.sent-by") if profile is not None else None
    if stated is not None and stated.certain and stated.holds("transferee"):
        return
    late = transfer.leg.absent(
        lambda h: h.message.method == "BYE", after=final.transaction.first, within=BYE_AFTER_NOTIFY
    )
    if transfer.leg.byes and transfer.leg.byes[0].order < final.transaction.order:
        return
    if not late.yes:
        return
    byes = transfer.leg.byes
    waited = elapsed(final.at, byes[0].at) if byes else late.waited
    if waited is None:
        return
    late_itself = bool(byes) and sender(transfer, byes[0]) is Party.TRANSFEROR
    if late_itself:
        words = "the transferor sends BYE only {waited} s after the final NOTIFY"
    elif byes:
        words = "the transferor sent no BYE; the other side ended the leg {waited} s after the final NOTIFY"
    else:
        words = "no BYE from the transferor in {waited} s after the final NOTIFY (terminated, {status})"
    yield Finding(
        words,
        waited=waited,
        status=final.status,
        at=byes[0].at if byes else final.at,
        severity=Severity.WARNING if waited < (TIMER_F if late_itself else KEPT_LEG) else Severity.ERROR,
        because=[Because("NOTIFY {status}, Subscription-State: terminated", at=final.at, status=final.status)],
        fix="send BYE as soon as the terminating NOTIFY with a 2xx sipfrag arrives",
    )
