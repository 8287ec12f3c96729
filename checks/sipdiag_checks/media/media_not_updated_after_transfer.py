"""After the transfer the media go where nobody of the final call is."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.media import bypassed
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Address


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3264 8", "RFC 3725"),
    refuted_by="an offer or answer after the transfer that names a party of the final call or its relay",
)
def media_not_updated_after_transfer(transfer: Transfer) -> Iterator[Finding]:
    """Media is not updated after the transfer

    The last SDP that a party of the final call got after the transfer names a media address that differs from the
    one that all other exchanges use: one side sends past the media relay, and audio is missing in one direction or
    both.

    Bad:

        pbx aor sip:+15550100123@carrier.example
        leg2: caller -> pbx INVITE
        pbx -> agent INVITE
            -- v=0
            -- c=IN IP4 203.0.113.9
            -- m=audio 5000 RTP/AVP 0
        agent -> pbx 200 OK
        pbx -> agent ACK
        leg2: pbx -> caller 200 OK
            -- v=0
            -- c=IN IP4 203.0.113.9
            -- m=audio 5000 RTP/AVP 0
        leg2: caller -> pbx ACK
        agent -> pbx REFER  Refer-To: <sip:+15550100188@example.com>
        pbx -> agent 202 Accepted
        leg3: pbx -> target INVITE sip:+15550100188@example.com
            -- v=0
            -- c=IN IP4 203.0.113.9
            -- m=audio 5000 RTP/AVP 0
        leg3: target -> pbx 200 OK
        leg3: pbx -> target ACK
        leg3: pbx -> target INVITE
            -- v=0
            -- c=IN IP4 198.51.100.10
            -- m=audio 40000 RTP/AVP 0
        leg3: target -> pbx 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    if not transfer.accepted or transfer.target is None or not transfer.target.answered or transfer.acceptance is None:
        return
    odd = bypassed(transfer)
    if odd is None:
        return
    yield Finding(
        "after the transfer {who} is told to send media to {wrong}, and all other exchanges of that side use the relay {relay}",
        who=Address(odd.receiver),
        wrong=Address(odd.address),
        relay=Address(odd.relay),
        at=odd.at,
        because=[Because("before, the same side offered {relay}", at=odd.usual_at, relay=Address(odd.relay))],
        fix="engage the media relay on the re-INVITE of the bridged leg too, so that its SDP names the relay as before",
    )
