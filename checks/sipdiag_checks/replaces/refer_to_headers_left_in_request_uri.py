"""The headers of Refer-To stay in the Request-URI."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.values import UriText


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "transfer-invite-not-verbatim",
        "replaces-blocked-by-policy",
        "target-leg-failed",
        "target-not-found",
        "target-unavailable",
        "target-declined",
        "target-forbidden",
        "refer-rejected",
        "refer-refused-by-policy",
        "replaces-names-wrong-dialog",
        "replaces-ignored-by-b2bua",
    ),
    refs=("RFC 3261 19.1.5",),
    refuted_by="a Request-URI without headers",
)
def refer_to_headers_left_in_request_uri(transfer: Transfer) -> Iterator[Finding]:
    """`?Replaces=` is left in the Request-URI of the new INVITE

    The part of Refer-To behind `?` names headers of the new INVITE; it must not stay in the Request-URI (RFC 3261,
    19.1.5).

    Bad:

        call
        leg2: call agent -> target
        agent -> caller REFER  Refer-To: <sip:+15550100188@203.0.113.30?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2>
        caller -> agent 202 Accepted
        leg3: caller -> target INVITE sip:+15550100188@203.0.113.30?Replaces=leg2%40sip.example%3Bto-tag%3Dtarget-leg2%3Bfrom-tag%3Dagent-leg2
        leg3: target -> caller 400 Bad Request
        leg3: caller -> target ACK
        caller -> agent NOTIFY 400 Bad Request
        agent -> caller 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    target = transfer.target
    if target is None or transfer.refer_to is None:
        return
    uri = target.invite.message.uri_text or ""
    if "?" not in uri or "replaces=" not in uri.lower():
        return
    broken = failure(transfer)
    yield Finding(
        "the Request-URI of the new INVITE still holds headers: {uri}",
        uri=UriText(uri),
        at=target.invite.at,
        severity=Severity.ERROR if broken is not None else Severity.WARNING,
        because=[Because("what the new call got", at=broken.at)] if broken is not None else [],
        fix="move what stands behind ? in Refer-To into headers of the INVITE, and leave it out of the Request-URI",
    )
