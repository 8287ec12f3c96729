"""Lists and drawings of messages: no verdict is made of them, and what they name is told."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.sources.listed import listed

TSHARK = """\
    1   0.000000     10.0.0.1 → 10.0.0.2     SIP/SDP 912 Request: INVITE sip:agent@10.0.0.2 |
    3   0.510000     10.0.0.2 → 10.0.0.1     SIP/SDP 830 Status: 200 OK (INVITE) |
    5   8.456789     10.0.0.2 → 10.0.0.1     SIP 512 Request: REFER sip:caller@10.0.0.1:5060 |
    6   8.476789     10.0.0.1 → 10.0.0.2     SIP 412 Status: 403 Forbidden |
"""
CSV = """\
"No.","Time","Source","Destination","Protocol","Length","Info"
"1","0.000000","10.0.0.1","10.0.0.2","SIP/SDP","912","Request: INVITE sip:agent@10.0.0.2 | "
"5","8.456789","10.0.0.2","10.0.0.1","SIP","512","Request: REFER sip:caller@10.0.0.1:5060 | "
"6","8.476789","10.0.0.1","10.0.0.2","SIP","412","Status: 202 Accepted | "
"""
GRAPH = """\
|Time     | 10.0.0.1          | 10.0.0.2          |
|0.000000 |         INVITE SDP (PCMU)             |SIP INVITE
|         |(5060)   ------------------>  (5060)   |
|8.456789 |         BYE       |                   |SIP Request BYE
|         |(5060)   <------------------  (5060)   |
"""
DRAWN = """\
10.0.0.1            10.0.0.2
   |---- INVITE ----->|
   |<--- 200 OK ------|
   |<--- REFER -------|
   |---- 603 -------->|
"""
TCPDUMP = """\
13:00:00.123456 IP 10.0.0.1.5060 > 10.0.0.2.5060: SIP: INVITE sip:agent@10.0.0.2 SIP/2.0
13:00:08.523456 IP 10.0.0.2.5060 > 10.0.0.1.5060: SIP: REFER sip:caller@10.0.0.1:5060 SIP/2.0
13:00:08.543456 IP 10.0.0.1.5060 > 10.0.0.2.5060: SIP: SIP/2.0 403 Forbidden
"""


@pytest.mark.parametrize(
    ("text", "names"),
    [
        (TSHARK, "REFER in line 3, then 403 Forbidden in line 4"),
        (CSV, "REFER in line 3, then 202 Accepted in line 4"),
        (GRAPH, "no REFER among them"),
        (DRAWN, "REFER in line 4, then 603 in line 5"),
        (TCPDUMP, "REFER in line 2, then 403 Forbidden in line 3"),
    ],
    ids=["tshark", "csv", "graph", "drawn", "tcpdump"],
)
def test_a_list_says_what_it_names_and_what_to_attach(text: str, names: str, tmp_path: Path) -> None:
    file = tmp_path / "call.txt"
    file.write_text(text, "utf-8")
    done = CliRunner().invoke(app, ["diagnose", str(file), "--format", "json"])
    report = json.loads(done.stdout)
    problem = " ".join(report["inputs"][0]["problems"])
    assert f"({names})" in problem
    assert "tshark -r FILE -Y sip -V" in problem
    assert report["transfers"] == []
    assert done.exit_code == 2


@pytest.mark.parametrize(
    "text",
    [
        "We see that REFER is sent and then 403 Forbidden -> the transfer fails.\nRegards\n",
        "10:00:00 INFO worker -> queue\n10:00:01 INFO POST /calls --> 404 Not Found\n",
        "name | INVITE only | yes\n",
        "",
    ],
)
def test_words_about_messages_are_no_list(text: str) -> None:
    assert listed(text.splitlines()) is None
