"""A refreshed subscription starts the transfer again."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("no-final-notify", "subscription-ended-early"),
    refs=("RFC 3515 2.4.6", "RFC 7647 4"),
    refuted_by="a single REFER",
)
def refer_resent_as_refresh(transfer: Transfer) -> Iterator[Finding]:
    """The REFER is repeated as a refresh

    An accepted REFER was sent again in the same dialog, with a new CSeq and the same Refer-To. A REFER cannot
    refresh a subscription: it starts a second transfer. That holds too where the outcome was reported and the
    subscription left active.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 100 Trying
        agent -> caller 200 OK
        +50s agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        +5s

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
    accepted = [a for a in transfer.attempts if a.succeeded]
    if len(accepted) < 2:
        return
    between = [n for n in transfer.notifies if n.final and n.transaction.order < accepted[1].order]
    if any(n.state != "active" or (n.status or 0) >= 300 for n in between):
        return  # the first transfer was over: this is another try
    done = transfer.target_status is not None and transfer.target_status < 300
    if not between and done and not _called_twice(transfer, accepted[1]):
        return
    yield Finding(
        "the REFER with CSeq {first} was accepted and is sent again with CSeq {second} while its subscription lives",
        first=accepted[0].cseq,
        second=accepted[1].cseq,
        at=accepted[1].at,
        because=[Because("the REFER that was accepted", at=accepted[0].at)],
        fix="refresh the subscription with SUBSCRIBE inside it, or let it expire; do not send the REFER again",
    )


def _called_twice(transfer: Transfer, again: Transaction) -> bool:
    """Whether a second new call was placed at the repeated REFER and failed, while the first was still going on."""
    before = [t for t in transfer.targets if t.invite.order < again.order]
    after = [t for t in transfer.targets if t.invite.order > again.order]
    pending = any(t.invite.final is None or t.invite.final.order > again.order for t in before)
    return pending and any(t.invite.refused for t in after)
