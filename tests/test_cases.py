"""The stories of fixtures/cases, end to end; `python -m tests.test_cases --write` makes captures and verdicts anew."""

from __future__ import annotations

import re
import sys
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.raw import Endpoint
from tests.support.pcap import pcap
from tests.support.sent import Sent

ROOT = Path(__file__).parents[1]
CASES = ROOT / "fixtures" / "cases"
START = 1_790_600_000.2

SBC, AGENT = Endpoint("198.51.100.20", 5060), Endpoint("192.0.2.40", 5060)
_FROM, _TO = "<sip:+12025550170@198.51.100.20>;tag=9f1", "<sip:+12025550100@192.0.2.40>"
_SDP = "v=0\r\no=- 1 1 IN IP4 {0}\r\ns=-\r\nc=IN IP4 {0}\r\nt=0 0\r\nm=audio 40000 RTP/AVP 0 8\r\na=sendrecv\r\n"


def _message(
    start: str, branch: str, cseq: str, *more: str, to_tag: str = "", back: bool = False, body: str = ""
) -> bytes:
    """One message of the call; `back` for requests that the agent sends."""
    caller, callee = _FROM, _TO + (f";tag={to_tag}" if to_tag else "")
    via = f"Via: SIP/2.0/TCP {AGENT if back else SBC};branch=z9hG4bK{branch}"
    head = [start, via, f"From: {callee if back else caller}", f"To: {caller if back else callee}"]
    head += ["Call-ID: 7f3c91-55a0@198.51.100.20", f"CSeq: {cseq}", *more, f"Content-Length: {len(body)}", "", body]
    return "\r\n".join(head).encode()


def rule_left_at_conference() -> bytes:
    """A call over TCP that is answered, stands for 20 s, and is ended by the caller: no REFER in it."""
    allow = "Allow: INVITE, ACK, BYE, CANCEL, OPTIONS, REFER, NOTIFY, INFO, UPDATE"
    sbc = "Contact: <sip:+12025550170@198.51.100.20:5060;transport=tcp>"
    agent = "Contact: <sip:agent@192.0.2.40:5060;transport=tcp>"
    sdp = "Content-Type: application/sdp"
    uri = "sip:agent@192.0.2.40:5060;transport=tcp"
    told = [
        (
            0.0,
            SBC,
            _message(
                "INVITE sip:+12025550100@192.0.2.40;transport=tcp SIP/2.0",
                "a1",
                "1 INVITE",
                "Max-Forwards: 70",
                sbc,
                allow,
                sdp,
                body=_SDP.format(SBC.host),
            ),
        ),
        (0.02, AGENT, _message("SIP/2.0 100 Trying", "a1", "1 INVITE")),
        (0.4, AGENT, _message("SIP/2.0 180 Ringing", "a1", "1 INVITE", agent, to_tag="c4")),
        (
            0.8,
            AGENT,
            _message("SIP/2.0 200 OK", "a1", "1 INVITE", agent, allow, sdp, to_tag="c4", body=_SDP.format(AGENT.host)),
        ),
        (0.83, SBC, _message(f"ACK {uri} SIP/2.0", "a2", "1 ACK", "Max-Forwards: 70", to_tag="c4")),
        (21.0, SBC, _message(f"BYE {uri} SIP/2.0", "a3", "2 BYE", "Max-Forwards: 70", to_tag="c4")),
        (21.03, AGENT, _message("SIP/2.0 200 OK", "a3", "2 BYE", to_tag="c4")),
    ]
    ends = {SBC: AGENT, AGENT: SBC}
    return pcap(Sent(START + at, source, ends[source], "tcp", data) for at, source, data in told)


CAPTURES = {"rule-left-at-conference": rule_left_at_conference}


def verdict(name: str) -> str:
    done = CliRunner().invoke(app, ["diagnose", str(CASES / name), "--color", "never", "--redact", "off"])
    assert done.exit_code == 1, done.output
    return done.stdout


@pytest.mark.parametrize("name", CAPTURES)
def test_a_case_ends_in_its_verdict(name: str) -> None:
    folder = CASES / name
    assert (folder / "call.pcap").read_bytes() == CAPTURES[name]()
    assert verdict(name) == (CASES / f"{name}.txt").read_text("utf-8")


def test_the_readme_shows_what_is_printed() -> None:
    shown = re.search(
        r"```text\n\$ sipdiag diagnose fixtures/cases/rule-left-at-conference\n(.*?)```",
        (ROOT / "README.md").read_text("utf-8"),
        re.DOTALL,
    )
    assert shown is not None
    assert shown[1].rstrip() == verdict("rule-left-at-conference").rstrip()


if __name__ == "__main__" and "--write" in sys.argv:
    for name, make in CAPTURES.items():
        (CASES / name / "call.pcap").write_bytes(make())
        (CASES / f"{name}.txt").write_text(verdict(name), "utf-8")
