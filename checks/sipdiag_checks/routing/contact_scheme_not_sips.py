from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Side
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import UriText

_FOR_IT = (400, 403, 416, 421, 480, 488, 494, 500, 606)


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-to-uri-form-rejected-by-trunk", "refer-rejected", "refer-refused-by-policy"),
    refs=("RFC 3261 8.1.1.8", "RFC 3261 12.1.1", "RFC 5630 3.3"),
    refuted_by="a sips: Contact in the REFER",
)
def contact_scheme_not_sips(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """A sip: Contact in a sips: dialog

    Where the Request-URI or the topmost Route is a sips: URI, Contact has to be one too. Strict receivers refuse the
    REFER otherwise.

    Bad:

        transport tls
        caller contact sips:+15550100123@198.51.100.10:5061
        call
        agent -> caller REFER  Refer-To: <sips:2003@example.com>
        caller -> agent 400 Bad Request

    Good:

        transport tls
        caller contact sips:+15550100123@198.51.100.10:5061
        agent contact sips:+15550100171@192.0.2.20:5061
        call
        agent -> caller REFER  Refer-To: <sips:2003@example.com>
        caller -> agent 202 Accepted
    """
    refer = transfer.decisive
    if refer is None:
        return
    message = refer.message
    contact, top = message.contact, message.routes[0] if message.routes else None
    if contact is None or contact.uri is None or contact.uri.scheme != "sip":
        return
    asked = message.uri if message.uri is not None and message.uri.scheme == "sips" else None
    if asked is None and top is not None and top.uri is not None and top.uri.scheme == "sips":
        asked = top.uri
    said = refusal(transfer, _FOR_IT)
    invite = transfer.leg.invite if transfer.leg is not None else None
    if asked is None and said is not None and invite is not None and transfer.transferor is Side.CALLEE:
        # The call itself was to be secure on every hop, whatever its caller then wrote into Contact.
        first = invite.message.uri
        asked = first if first is not None and first.scheme == "sips" else None
    if asked is None:
        return
    because = (
        [Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason)] if said else []
    )
    yield Finding(
        "REFER in a dialog with {asked} has Contact {contact}, and a sips: dialog needs a sips: Contact",
        asked=UriText(str(asked)),
        contact=UriText(contact.uri_text),
        at=refer.at,
        because=because,
        fix="write the Contact of the transferring side as a sips: URI, or use sip: with transport=tls on both sides",
        severity=None if said is not None else Severity.WARNING,
    )
