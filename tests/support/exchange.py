"""An exchange of messages with bodies of several kinds: an answered call, a REFER, its NOTIFYs, the BYE."""

from __future__ import annotations

from sipdiag.raw import Endpoint
from tests.support.sent import Sent

A, B = Endpoint("192.0.2.10", 5060), Endpoint("198.51.100.20", 5080)
LOCAL = A.host
START = 1715682151.149511
SDP = (
    b"v=0\r\no=- 1 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\nm=audio 11370 RTP/AVP 0 8 101\r\n"
    b"a=rtpmap:101 telephone-event/8000\r\na=sendrecv\r\n"
)


def message(
    start: str, cseq: str, *, body: bytes = b"", kind: str = "", more: str = "", transport: str = "UDP"
) -> bytes:
    head = (
        f"{start}\r\nVia: SIP/2.0/{transport} 192.0.2.10:5060;branch=z9hG4bK19de36f3024bac79;rport\r\n"
        "Max-Forwards: 70\r\n"
        f'From: "Joe D." <sip:2001@example.com>;tag=9f3c060f\r\nTo: <sip:2002@example.com>;tag=81db37b99b09\r\n'
        f"Call-ID: 1982818b-92e7-ec77f4975cc8@192.0.2.10\r\nCSeq: {cseq}\r\n{more}"
    )
    typed = f"Content-Type: {kind}\r\n" if kind else ""
    return f"{head}{typed}Content-Length: {len(body)}\r\n\r\n".encode() + body


def exchange(transport: str = "udp") -> list[Sent]:
    """A REFER with its NOTIFYs between two calls' worth of SDP."""
    via = transport.upper()
    refer = (
        "Refer-To: <sip:2003@example.com?Replaces=1%40a%3Bto-tag%3Db%3Bfrom-tag%3Dc>\r\n"
        "Referred-By: <sip:2001@example.com>\r\n"
    )
    fragment = "message/sipfrag;version=2.0"
    event = "Event: refer\r\nSubscription-State: active;expires=60\r\n"
    texts = [
        (
            A,
            message(
                "INVITE sip:2002@198.51.100.20:5080 SIP/2.0",
                "778 INVITE",
                body=SDP,
                kind="application/sdp",
                transport=via,
            ),
        ),
        (B, message("SIP/2.0 200 OK", "778 INVITE", body=SDP, kind="application/sdp", transport=via)),
        (A, message("ACK sip:2002@198.51.100.20:5080 SIP/2.0", "778 ACK", transport=via)),
        (A, message("REFER sip:2002@198.51.100.20:5080 SIP/2.0", "779 REFER", more=refer, transport=via)),
        (B, message("SIP/2.0 202 Accepted", "779 REFER", transport=via)),
        (
            B,
            message(
                "NOTIFY sip:2001@192.0.2.10:5060 SIP/2.0",
                "1 NOTIFY",
                body=b"SIP/2.0 100 Trying\r\n",
                kind=fragment,
                more=event,
                transport=via,
            ),
        ),
        (A, message("SIP/2.0 200 OK", "1 NOTIFY", transport=via)),
        (
            B,
            message(
                "NOTIFY sip:2001@192.0.2.10:5060 SIP/2.0",
                "2 NOTIFY",
                body=b"SIP/2.0 503 Service Unavailable",
                kind=fragment,
                more=event,
                transport=via,
            ),
        ),
        (A, message("SIP/2.0 200 OK", "2 NOTIFY", transport=via)),
        (A, message("BYE sip:2002@198.51.100.20:5080 SIP/2.0", "780 BYE", transport=via)),
    ]
    return [
        Sent(START + 0.25 * index, sender, B if sender is A else A, transport, data)
        for index, (sender, data) in enumerate(texts)
    ]
