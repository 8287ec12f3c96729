"""The target of an attended transfer is addressed by its public name."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.uri import Uri
from sipdiag.values import UriText


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "target-leg-failed",
        "target-forbidden",
        "target-not-found",
        "target-busy",
        "target-no-answer",
        "target-declined",
        "target-unavailable",
    ),
    refs=("RFC 5589 7.3", "RFC 3891 3", "RFC 5627 3"),
    refuted_by="the target answers the INVITE with Replaces 2xx",
)
def refer_to_aor_instead_of_contact(transfer: Transfer) -> Iterator[Finding]:
    """Refer-To names the target's AOR and not its Contact

    The dialog that Replaces names lives at one device. Refer-To must lead there: to the Contact that the target
    gave in the consultation call. With the address of record instead, a proxy may send the INVITE to another
    device, or to several, which do not know the dialog.

    Bad:

        target contact sip:+15550100188@203.0.113.30:5066
        leg2: call agent -> target
        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 481 Call/Transaction Does Not Exist
        agent -> caller 200 OK

    Good:

        target contact sip:+15550100188@203.0.113.30:5066
        leg2: call agent -> target
        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30:5066?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 481 Call/Transaction Does Not Exist
        agent -> caller 200 OK
    """
    consult, refer_to = transfer.consultation, transfer.refer_to
    broken = failure(transfer)
    if consult is None or refer_to is None or refer_to.uri is None or refer_to.replaces is None or broken is None:
        return
    if consult.call_id != refer_to.replaces.call_id or broken.status not in (403, 404, 480, 481, 486, 603):
        return
    for side in Side:
        name, given = consult.uri_of(side), consult.contact(side)
        if name is None or name.uri is None or given is None or given[0].uri is None:
            continue
        contact = given[0].uri
        asked = (refer_to.uri.user, refer_to.uri.host.lower())
        public = {(name.uri.user, name.uri.host.lower())}
        called = consult.invite.message.uri if consult.invite is not None else None
        if side is Side.CALLEE and called is not None and called.host:
            public.add((called.user, called.host.lower()))
        if asked not in public or _is_contact(refer_to.uri, contact):
            continue
        yield Finding(
            "Refer-To is {aor}, the target's address of record; its Contact in the consultation call is {contact}",
            aor=transfer.wanted,
            contact=UriText(given[0].uri_text),
            at=transfer.attempts[-1].at,
            because=[
                Because("the Contact of the target", at=given[1].frame),
                Because("the new call failed: {status}", at=broken.at, status=broken.status),
            ],
            fix="put the Contact URI of the consultation call into Refer-To when it carries Replaces",
            severity=Severity.WARNING if _arrived(transfer, consult, side) else None,
        )
        return


def _is_contact(asked: Uri, contact: Uri) -> bool:
    """Whether Refer-To leads to the Contact. A GRUU is the address of record with `gr`: without it, it is that alone (RFC 5627, 3)."""
    same = (asked.user, asked.host.lower()) == (contact.user, contact.host.lower())
    return same and asked.param("gr") == contact.param("gr")


def _arrived(transfer: Transfer, consult: Leg, side: Side) -> bool:
    """Whether the INVITE with Replaces came to the very device of the consultation call all the same."""
    device = consult.address(side)
    hops = [t.invite.hops[-1] for t in transfer.targets if t.certain and t.invite.message.replaces is not None]
    return device is not None and any(hop.destination == device for hop in hops)
