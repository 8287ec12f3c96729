"""The party that asked for the transfer is moved itself."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.hangups import by_the_party_between
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.target_leg import TargetLeg
from sipdiag.facts.timers import BYE_AFTER_NOTIFY
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import elapsed
from sipdiag.sip.message import Message
from sipdiag.values import UriText, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("transferor-did-not-bye", "no-final-notify", "media-not-updated-after-transfer"),
    refs=("RFC 3515 2.4.1", "RFC 5589 6"),
    refuted_by="a new INVITE in the name of the transferee",
)
def wrong_party_transferred(transfer: Transfer) -> Iterator[Finding]:
    """The wrong party is transferred

    The REFER asks its receiver to call the target. Here the transferee is hung up on, and the target is called in
    the name of the transferor: transferor and transferee are swapped.

    Bad:

        call caller -> pbx -> agent
        agent -> pbx REFER  Refer-To: <sip:2003@example.com>
        pbx -> agent 202 Accepted
        pbx -> caller BYE
        caller -> pbx 200 OK
        leg2: pbx -> target INVITE sip:2003@example.com  From: <sip:+15550100171@agent.example>;tag=z
        leg2: target -> pbx 200 OK
        leg2: pbx -> target ACK
        pbx -> agent NOTIFY 200 OK
        agent -> pbx 200 OK

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
    target = transfer.target
    if not transfer.accepted or transfer.leg is None or transfer.transferor is None or target is None:
        return
    why = _in_the_name_of_the_transferor(transfer, target)
    dropped = _transferee_dropped(transfer)
    if not why or dropped is None or _transferor_released(transfer, target):
        return
    yield Finding(
        "the transferee is sent BYE, and {target} is called for the transferor: {why}",
        target=UriText(target.invite.message.uri_text or ""),
        why=Word(why),
        at=dropped.at,
        because=[
            Because("the new INVITE", at=target.invite.at),
            Because("the REFER", at=transfer.attempts[0].at),
        ],
        fix="connect the transferee to the target and release the transferor: the receiver of a REFER stays, its sender leaves",
    )


def _in_the_name_of_the_transferor(transfer: Transfer, target: TargetLeg) -> str:
    """Why the new call is the transferor's: its identity in From, or its media in the offer; empty where it is not."""
    leg, side = transfer.leg, transfer.transferor
    if leg is None or side is None:
        return ""
    offered, own, theirs = _media(target.invite.message), _media_of(leg, side), _media_of(leg, side.other)
    if offered is not None and offered == own and own != theirs:
        return "it offers the transferor's media"
    names = [
        name.uri.user if name is not None and name.uri is not None else None
        for name in (target.invite.message.from_, leg.uri_of(side), leg.uri_of(side.other))
    ]
    caller, mine, other = names
    return "it is From the transferor" if caller and caller == mine and caller != other else ""


def _media(message: Message) -> tuple[str | None, int] | None:
    audio = message.sdp.audio if message.sdp is not None else None
    return (audio.address, audio.port) if audio is not None and audio.active else None


def _media_of(leg: Leg, side: Side) -> tuple[str | None, int] | None:
    return next((m for h in leg.sent_by(side) if (m := _media(h.message)) is not None), None)


def _transferee_dropped(transfer: Transfer) -> Transaction | None:
    """The BYE with which the party that took the REFER hangs up on the transferee: on this leg or on another of the call."""
    leg, accepted = transfer.leg, transfer.acceptance
    if leg is None or accepted is None:
        return None
    in_name = [b for b in leg.byes if leg.side_of(b) is transfer.transferor and sender(transfer, b) is Party.BETWEEN]
    others = by_the_party_between(transfer) if not transfer.relayed else []  # else the old legs are to end
    return next((b for b in (*in_name, *others) if b.order > accepted.order), None)


def _transferor_released(transfer: Transfer, target: TargetLeg) -> bool:
    """Whether the transferor's own leg was ended before the target answered, or soon after."""
    leg, answer = transfer.leg, target.leg.answer
    for bye in leg.byes if leg is not None else ():
        if leg is None or (sender(transfer, bye) is Party.BETWEEN and leg.side_of(bye) is transfer.transferor):
            continue  # that one went to the transferee
        gap = elapsed(answer.frame, bye.at) if answer is not None else None
        if gap is None or gap < BYE_AFTER_NOTIFY:
            return True
    return False
