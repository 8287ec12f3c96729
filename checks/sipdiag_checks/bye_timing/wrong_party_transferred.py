"""The party that asked for the transfer is moved itself."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.transfer import Transfer
from sipdiag.values import UriText


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
    if not transfer.accepted or transfer.leg is None or transfer.transferor is None or transfer.acceptance is None:
        return
    target = transfer.target
    own = transfer.leg.uri_of(transfer.transferor)
    theirs = transfer.leg.uri_of(transfer.transferor.other)
    if target is None or own is None or own.uri is None or not own.uri.user:
        return
    caller = target.invite.message.from_
    if caller is None or caller.uri is None or caller.uri.user != own.uri.user:
        return
    if theirs is not None and theirs.uri is not None and theirs.uri.user == own.uri.user:
        return
    victims = [
        b
        for b in transfer.leg.byes
        if b.order > transfer.acceptance.order
        and sender(transfer, b) is not Party.TRANSFEROR
        and transfer.leg.side_of(b) is transfer.transferor
    ]
    stays = not any(transfer.leg.side_of(b) is not transfer.transferor for b in transfer.leg.byes)
    if not victims or not stays:
        return
    yield Finding(
        "the transferee is sent BYE, and {target} is called in the name of the transferor, {who}",
        target=UriText(target.invite.message.uri_text or ""),
        who=UriText(caller.uri_text),
        at=victims[0].at,
        because=[
            Because("the new INVITE, From the transferor", at=target.invite.at),
            Because("the REFER", at=transfer.attempts[0].at),
        ],
        fix="connect the transferee to the target and release the transferor: the receiver of a REFER stays, its sender leaves",
    )
