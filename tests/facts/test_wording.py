"""What platforms say of a failed transfer is understood, and what only sounds like it is not."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from sipdiag.facts.wording import BAD_NUMBER, CLOSED, NO_CONNECTION, NO_TARGET, REFUSED, TLS_FAILED
from sipdiag.model.methods import speaks_of_transfer
from sipdiag.platforms.claims import announces_transfer, refuses_request, states_no_refer, status_of

SAYS: dict[str, Callable[[str], object]] = {
    "no connection": NO_CONNECTION.search,
    "closed": CLOSED.search,
    "refused": REFUSED.search,
    "tls": TLS_FAILED.search,
    "target": NO_TARGET.search,
    "number": BAD_NUMBER.search,
    "permission": refuses_request,
    "status": status_of,
    "no refer": states_no_refer,
    "asked": speaks_of_transfer,
    "announced": announces_transfer,
}
MEANT = {
    "no connection": (
        "no existing connection for 203.0.113.5:5061",
        "cannot originate a TCP connection",
        "could not open a socket to the peer",
        "transport<TCP> not found",
        "no usable TLS transport",
    ),
    "closed": (
        "TCP connection to 203.0.113.5:5060 closed by peer",
        "WebSocket disconnected",
        "the TLS connection was reset",
    ),
    "number": (
        "Invalid phone number format",
        "the transfer number is not valid",
        "transfer_number must be in E.164 format",
        "number is not E.164",
        "invalid_destination",
    ),
    "refused": ("connect ECONNREFUSED 203.0.113.5:5060", "connection refused", "connect to 203.0.113.5 timed out"),
    "tls": (
        "TLS handshake with 203.0.113.5:5061 failed: certificate has expired",
        "x509: certificate signed by unknown authority",
        "certificate verify failed",
        "the certificate is not trusted",
    ),
    "target": ("invalid transfer destination", "could not parse the Refer-To", "destination is not a valid URI"),
    "permission": (
        "no permission to perform the transfer",
        "transfer is not allowed on this trunk",
        "403 Forbidden",
        "permission denied",
        "insufficient scope",
    ),
    "status": ("call transfer failed: sip status: 603: Decline", "SIP 486", "sip code=480"),
    "no refer": (
        "no outbound REFER for this call",
        "REFER was not sent",
        "no INVITE or REFER seen",
        "ended without sending a REFER",
        "REFER never emitted",
    ),
    "asked": ("transferring the call", "session.refer(x)", "sending REFER", "attended transfer requested"),
    "announced": (
        "One moment, I'm transferring you.",
        "I'll put you through.",
        "Let me connect you with a colleague.",
        "I'm transferring your call now",
    ),
}
INNOCENT = {
    "number": ("603 Decline", "the number you dialled is busy", "no answer at +12025550150", "invalid token"),
    "no connection": (
        "no error on the connection",
        "no need to open a new connection",
        "no transcoding, media stream started",
        "transfer succeeded without opening a new connection",
        "not using the outbound proxy; connection reused",
        "SRTP stream not supported by the peer, using RTP stream",
    ),
    "closed": (
        "connection closed normally after BYE",
        "connection was not closed",
        "idle timeout of the connection set to 60 s, timed out never",
        "closed caption stream started",
        "audio stream terminated at the end of the call",
        "never lost the connection",
        "tts websocket closed",
    ),
    "refused": (
        "connection was not refused",
        "connect timeout set to 5 s",
        "reconnect after connection refused succeeded",
    ),
    "tls": (
        "TLS handshake done, no error",
        "certificate not expired",
        "TLS handshake completed; unknown SNI ignored",
        "TLS handshake did not fail",
    ),
    "target": (
        "invalid PIN entered, target called",
        "no invalid destination",
        "the target should be available",
        "failed to resolve the customer's issue, transfer to destination",
    ),
    "permission": ("no permission needed", "permission granted", "not forbidden", "permission check passed"),
    "status": ("SIP call took 603 ms", "sip response in 486 ms", "sip code: 6031", "room 603"),
    "no refer": (
        "no problem, REFER sent",
        "no error: REFER accepted",
        "no reply to REFER",
        "REFER accepted, BYE not seen",
        "No, the REFER was sent",
    ),
    "asked": (
        "call transfer rate 64 kbps",
        "warm transfer disabled",
        "no call transfer",
        "call transfers are not enabled",
        "transfer to bucket complete",
        "transferred 200 bytes",
    ),
    "announced": (
        "I'm not transferring you.",
        "I'll get you a quote.",
        "I'm getting you the price.",
        "I will pass you the opening hours.",
        "I'll connect you once you confirm.",
        "If you like, I'll transfer you.",
        "Let me put you on hold.",
        "I'll forward you the invoice.",
    ),
}


@pytest.mark.parametrize(("what", "words"), [(k, w) for k, ws in MEANT.items() for w in ws])
def test_what_is_meant_is_understood(what: str, words: str) -> None:
    assert SAYS[what](words)


@pytest.mark.parametrize(("what", "words"), [(k, w) for k, ws in INNOCENT.items() for w in ws])
def test_what_only_sounds_like_it_is_not(what: str, words: str) -> None:
    assert not SAYS[what](words)
