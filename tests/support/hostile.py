"""Calls whose every text is out to act in whatever shows it, and calls by the dozen."""

from __future__ import annotations

from pathlib import Path

from sipdiag.pipeline import Options, examine
from sipdiag.raw import Endpoint
from sipdiag.reports.report import Report
from tests.support.pcap import pcap
from tests.support.sent import Sent

AGENT, CARRIER = Endpoint("192.0.2.40", 5060), Endpoint("198.51.100.20", 5060)
TEXTS = (
    "<script>alert(1)</script>",
    '"onload="alert(1)',
    "\x1b[31mred\x1b]8;;http://x\x07",
    "\u202egnp.exe\u2066",
    "[bold]x[/bold]",
    "x](javascript:alert(1))",
    "a\x00b",
    "</style></title></textarea><img src=x onerror=alert(1)>",
    "| pipe | **bold** `tick` ``` ~~~ {{7*7}} {% raw %}",
    "; end\\n#35; %% Note over p0: x",
    "=HYPERLINK(1)",
    "@everyone #1 www.example.com http://e.example/?a&lt;b",
    "\ufffe\uffff\ud7ff",
    "]]> --> <!--",
)
SECRETS = (
    "0123456789abcdef0123456789abcdef",
    "hunter2hunter2",
    "PS1uQCVeeCFCanVmcjkpPywjNWhcYD0mXXtxaVBR",
    "eyJhbGciOiJFUzI1NiJ9.eyJvcmlnIjp7InRuIjoiMTIxNTU1NTEyMTIifX0.c2ln",
)
_SDP = (
    "v=0\r\no=- 1 1 IN IP4 192.0.2.40\r\ns={text}\r\nc=IN IP4 192.0.2.40\r\nt=0 0\r\nm=audio 40000 RTP/SAVP 0\r\n"
    f"a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:{SECRETS[2]}\r\n"
)  # fmt: skip


def _message(start: str, n: int, cseq: str, *more: str, back: bool, tag: bool, text: str = "", body: str = "") -> bytes:
    caller = f'"{text}" <sip:+1555010{n:04}@198.51.100.20>;tag=f{n}'
    callee = "<sip:agent@192.0.2.40>" + (f";tag=t{n}" if tag else "")
    head = [
        start,
        f"Via: SIP/2.0/UDP {AGENT if back else CARRIER};branch=z9hG4bK{n}{cseq.replace(' ', '')}",
        f"From: {callee if back else caller}",
        f"To: {caller if back else callee}",
        f"Call-ID: {n}-call@198.51.100.20",
        f"CSeq: {cseq}",
        *more,
        f"Content-Length: {len(body.encode())}",
        "",
        body,
    ]
    return "\r\n".join(head).encode("utf-8", "surrogatepass")


def call(n: int, text: str = "x", status: str = "603 Decline", more: str = "") -> list[Sent]:
    """A call in which the agent sends a REFER that is refused. `text` stands wherever a text may stand."""
    start = 1_790_600_000.0 + 60 * n
    contact = f'Contact: <sip:agent@192.0.2.40>;x="{text}"'
    common = (f"X-Hostile: {text}", f"Subject: {text}", *([more] if more else []))
    digest = f'Authorization: Digest username="a", realm="r", nonce="n", uri="sip:x", response="{SECRETS[0]}"'
    sdp = _SDP.format(text=text)
    told = (
        (0.0, False, _message(f"INVITE sip:agent:{SECRETS[1]}@192.0.2.40 SIP/2.0", n, "1 INVITE", "Contact: <sip:c@198.51.100.20>",
         "Content-Type: application/sdp", f"Identity: {SECRETS[3]};info=<https://c.example>", *common, back=False, tag=False, text=text, body=sdp)),
        (0.1, True, _message(f"SIP/2.0 180 {text}", n, "1 INVITE", contact, back=False, tag=True)),
        (0.5, True, _message("SIP/2.0 200 OK", n, "1 INVITE", contact, "Content-Type: application/sdp", back=False, tag=True, body=sdp)),
        (0.6, False, _message("ACK sip:agent@192.0.2.40 SIP/2.0", n, "1 ACK", back=False, tag=True, text=text)),
        (9.0, True, _message("REFER sip:c@198.51.100.20 SIP/2.0", n, "7 REFER", f'Refer-To: "{text}" <sip:+15550190{n:04}@198.51.100.20>',
         contact, digest, *common, back=True, tag=True)),
        (9.1, False, _message(f"SIP/2.0 {status} {text}", n, "7 REFER", f"Warning: 399 h \"{text}\"", back=True, tag=True)),
        (20.0, False, _message("BYE sip:agent@192.0.2.40 SIP/2.0", n, "2 BYE", back=False, tag=True)),
        (20.1, True, _message("SIP/2.0 200 OK", n, "2 BYE", back=False, tag=True)),
    )  # fmt: skip
    ends = {True: (AGENT, CARRIER), False: (CARRIER, AGENT)}
    return [Sent(start + at, *ends[agent], "udp", data) for at, agent, data in told]


def hostile(folder: Path) -> Report:
    """One call for each text."""
    return report_of(folder, [s for n, text in enumerate(TEXTS) for s in call(n, text)])


def many(folder: Path, calls: int = 50) -> Report:
    """Failed transfers of usual size, with headers that make messages about as long as they are in the field."""
    more = (
        "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, INFO, UPDATE, PRACK, SUBSCRIBE, MESSAGE\r\nX-Id: "
        + "7" * 200
    )
    return report_of(folder, [s for n in range(calls) for s in call(n, more=more)])


def report_of(folder: Path, sent: list[Sent]) -> Report:
    file = folder / "call.pcap"
    file.write_bytes(pcap(sent))
    return examine([str(file)], Options())
