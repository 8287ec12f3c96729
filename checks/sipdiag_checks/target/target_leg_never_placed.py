"""Nobody ever called the target."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.hangups import moved_party_left, peer_left
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.refusal import refused_beyond
from sipdiag.facts.timers import FIRST_NOTIFY
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.visible import had_to_be_visible
from sipdiag.places import elapsed
from sipdiag.values import Address, Word


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("no-final-notify", "subscription-ended-early", "notify-without-sipfrag", "transferor-bye-before-notify"),
    refs=("RFC 3515 2.4.2", "RFC 3515 2.4.4"),
    refuted_by="an INVITE to the target, or a NOTIFY whose sipfrag is 180 or above",
)
def target_leg_never_placed(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The target is never called

    The REFER was accepted and at most `100 Trying` was reported, but no INVITE to the target was sent. This is said
    only where such an INVITE had to be visible: where the input holds other SIP between the party that took the REFER
    and somebody who is not the transferor.

    Bad:

        leg0: call caller -> carrier
        leg1: call carrier -> agent
        agent -> carrier REFER  Refer-To: <sip:2003@example.com>
        carrier -> agent 202 Accepted
        carrier -> agent NOTIFY 100 Trying
        agent -> carrier 200 OK
        +40s agent -> carrier BYE
        carrier -> agent 200 OK

    Good:

        leg0: call caller -> carrier
        leg1: call carrier -> agent
        agent -> carrier REFER  Refer-To: <sip:2003@example.com>
        carrier -> agent 202 Accepted
        carrier -> agent NOTIFY 100 Trying
        agent -> carrier 200 OK
        leg2: carrier -> target INVITE sip:2003@example.com
        leg2: target -> carrier 180 Ringing
        +40s agent -> carrier BYE
        carrier -> agent 200 OK
    """
    accepted, leg = transfer.acceptance, transfer.leg
    if accepted is None or leg is None or transfer.targets or not had_to_be_visible(transfer):
        return
    if any(n.status is not None and n.status >= 180 for n in (*transfer.notifies, *transfer.relayed_notifies)):
        return
    if refused_beyond(transfer) is not None:
        return  # nobody was to place one
    if any(n.transaction.refused for n in transfer.notifies):
        return  # the subscription ended with that: what became of the new call could no longer be told
    waited = leg.absent(lambda hop: False, after=accepted, within=FIRST_NOTIFY)
    if waited.unknown:
        yield CannotTell(
            needs="a capture that goes on for some seconds after the REFER was accepted",
            at=accepted.frame,
            collect="capture",
        )
        return
    left = peer_left(transfer)
    if any(
        (bye is left or sender(transfer, bye) is Party.TRANSFEROR or moved_party_left(transfer, bye) is not None)
        and _soon(accepted, bye)
        for bye in transfer.byes()
    ):
        return  # somebody hung up before anybody could have placed the call
    far = (
        transfer.relayed[-1].answerer if transfer.relayed else transfer.decisive.answerer if transfer.decisive else None
    )
    placer = Address(far.source.host) if far is not None and far.source is not None else Word("the transferee's side")
    because = [Because("the REFER was accepted: {code}", at=accepted.frame, code=accepted.message.status)]
    because += [
        Because("NOTIFY reports {code} at most", at=n.at, code=n.status) for n in transfer.notifies[-1:] if n.status
    ]
    yield Finding(
        "{placer} accepted the REFER and never sent an INVITE to {target}",
        placer=placer,
        target=transfer.wanted,
        at=accepted.frame,
        because=because,
        fix=(
            "ask whoever runs {placer} why it did not call {target}: no route for it, transfers accepted and not "
            "carried"
            " out, or a handler that fails after its 202"
        ),
    )


def _soon(accepted: Hop, bye: Transaction) -> bool:
    gap = elapsed(accepted.frame, bye.at)
    return gap is not None and gap < FIRST_NOTIFY
