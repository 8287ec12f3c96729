from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Side
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, UriText

_PLACEHOLDER = "sip"


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("call-not-answered", "allow-lacks-refer"),
    refs=("RFC 3261 8.1.1.1", "RFC 3261 19.1.1"),
    refuted_by="a user in the Request-URI of the INVITE",
)
def inbound_uri_without_user_on_the_wire(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The call was sent to a URI without an identifier

    The Request-URI of the INVITE has no user, or the placeholder "sip", so the platform could not tell which agent or
    number was called and routed it wrong.

    Bad:

        expect transfer
        caller -> agent INVITE sip:192.0.2.20
        agent -> caller 404 Not Found
        caller -> agent ACK

    Good:

        expect transfer
        caller -> agent INVITE sip:+15550100171@192.0.2.20
        agent -> caller 404 Not Found
        caller -> agent ACK
    """
    leg = transfer.leg
    if leg is None or leg.invite is None or transfer.sent or transfer.targets:
        return
    if transfer.transferor is Side.CALLER:
        return  # it is the transferring side's own call to somebody
    hop = leg.invite.hops[-1]
    uri = hop.message.uri
    if uri is None or not uri.is_sip or (uri.user or _PLACEHOLDER).lower() != _PLACEHOLDER:
        return
    answer = leg.invite.final
    because = (
        [
            Because(
                "answered {status} {reason}",
                at=answer.frame,
                status=answer.message.status or "",
                reason=Text(answer.message.reason or ""),
            )
        ]
        if answer is not None
        else []
    )
    yield Finding(
        "INVITE was sent to {uri}, which names nobody"
        if not uri.user
        else "INVITE was sent to {uri}: {user} is a placeholder",
        uri=UriText(hop.message.uri_text or ""),
        user=Text(uri.user or ""),
        at=hop.frame,
        because=because,
        fix="configure the trunk to send calls to sip:+number@host (the number or identifier that the platform assigned)",
        severity=None if leg.confirmed is False else Severity.WARNING,
    )
