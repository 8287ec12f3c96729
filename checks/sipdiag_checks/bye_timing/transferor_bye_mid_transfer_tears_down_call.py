"""An early BYE makes somebody drop the whole call."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Side
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transaction import elapsed
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("transferor-bye-before-notify", "no-final-notify", "target-no-answer"),
    refs=("RFC 5589 6.1", "RFC 3515 2.4.4"),
    refuted_by="the new call is answered and goes on",
)
def transferor_bye_mid_transfer_tears_down_call(transfer: Transfer) -> Iterator[Finding]:
    """The transferor's BYE tears down the transferred call

    The transferor may leave as soon as its REFER was accepted. Here another party takes that BYE for the end of the
    whole call: it cancels or ends the new call, or hangs up on the transferee.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:2003@example.com  Referred-By: <sip:agent@example.com>
        leg2: target -> caller 180 Ringing
        agent -> caller BYE
        caller -> agent 200 OK
        leg2: caller -> target CANCEL
        leg2: target -> caller 200 OK
        leg2: target -> caller 487 Request Terminated  CSeq: 101 INVITE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:2003@example.com  Referred-By: <sip:agent@example.com>
        leg2: target -> caller 180 Ringing
        agent -> caller BYE
        caller -> agent 200 OK
        leg2: target -> caller 200 OK
        leg2: caller -> target ACK
    """
    if not transfer.accepted or transfer.acceptance is None or transfer.leg is None:
        return
    own = [
        b for b in transfer.leg.byes if sender(transfer, b) is Party.TRANSFEROR and b.order > transfer.acceptance.order
    ]
    if not own:
        return
    for target in transfer.targets:
        for later in target.leg.transactions:
            if later.method not in ("CANCEL", "BYE") or later.order < own[0].order:
                continue
            gap = elapsed(own[0].at, later.at)
            if gap is not None and gap > TARGET_HUNG_UP:
                continue
            if later.method == "BYE" and target.leg.side_of(later) is Side.CALLEE:
                continue  # the target itself hung up
            yield Finding(
                "after the BYE of the transferor the new call is ended by {method}",
                method=Word(later.method),
                at=later.at,
                because=[Because("the BYE of the transferor", at=own[0].at)],
                stage=Stage.TARGET_REACHED if not target.answered else Stage.COMPLETED,
                fix="let the party that places the new call keep it when the transferor leaves; "
                "until then, let the transferor wait for the final NOTIFY",
            )
            return
