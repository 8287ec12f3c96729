"""The audio of every leg, by captures that hold RTP beside SIP: who sends where, and what was seen in each direction."""

from __future__ import annotations

import json
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sipdiag.pipeline import examine
from sipdiag.raw import Endpoint
from sipdiag.reports import html, json_report, markdown, text
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, is_harmless
from tests.support.pcap import pcap
from tests.support.rtp import talk
from tests.support.scenario import START, play
from tests.support.sent import Sent

CALLER, AGENT, TARGET = (Endpoint(host, 40000) for host in ("198.51.100.10", "192.0.2.20", "203.0.113.30"))
BEHIND_NAT = Endpoint("198.51.100.200", 61002)

TRANSFERRED = """
    call
    +8s agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
    caller -> agent 202 Accepted
    leg2: caller -> target INVITE sip:+15550100188@carrier.example
    leg2: target -> caller 200 OK
    leg2: caller -> target ACK
    caller -> agent NOTIFY 200 OK
    agent -> caller 200 OK
    agent -> caller BYE
    caller -> agent 200 OK
    +20s leg2: caller -> target BYE
    leg2: target -> caller 200 OK
"""
BEFORE, AFTER = (START + 1.2, START + 9.9), (START + 10.4, START + 30.0)
OLD_CALL = [*talk(CALLER, AGENT, *BEFORE), *talk(AGENT, CALLER, *BEFORE, ssrc=2)]


def recorded(folder: Path, rtp: list[Sent], scenario: str = TRANSFERRED) -> Report:
    signalling = [
        Sent(p.frame.time or 0.0, p.source, p.destination, "udp", p.data)
        for p in play(scenario).packets
        if p.source is not None and p.destination is not None
    ]
    capture = folder / "call.pcap"
    capture.write_bytes(pcap(sorted([*signalling, *rtp], key=lambda sent: sent.time)))
    return examine([str(capture)])


def verdict(report: Report) -> tuple[str, str | None]:
    (v,) = report.verdicts
    return v.outcome.value, v.cause.check.id if v.cause is not None else None


def audio(report: Report) -> dict[tuple[str, str, str], dict[str, Any]]:
    (transfer,) = json_report.to_object(report, Show())["transfers"]
    return {(row["leg"], row["side"], row["when"]): row for row in transfer["media"]}


def counted(report: Report, *row: str) -> tuple[int, int]:
    """The packets to the described address and from it."""
    rtp = audio(report)[row[0], row[1], row[2]]["rtp"]
    return rtp["to"], rtp["from"]


def test_audio_both_ways_is_a_transfer_that_worked(tmp_path: Path) -> None:
    report = recorded(tmp_path, [*OLD_CALL, *talk(CALLER, TARGET, *AFTER), *talk(TARGET, CALLER, *AFTER, ssrc=3)])
    assert verdict(report) == ("completed", None)
    assert list(audio(report)) == [
        ("call", "transferee", "before"), ("call", "transferor", "before"),
        ("new call", "caller", "after"), ("new call", "target", "after"),
    ]  # fmt: skip
    assert counted(report, "call", "transferor", "before") == (435, 435)
    assert counted(report, "new call", "target", "after") == (980, 980)
    assert "Audio" not in text.render(report, Show())


@pytest.mark.parametrize(("source", "destination"), [(CALLER, TARGET), (TARGET, CALLER)], ids=["to", "from"])
def test_audio_one_way_is_told_with_its_direction(source: Endpoint, destination: Endpoint, tmp_path: Path) -> None:
    report = recorded(tmp_path, [*OLD_CALL, *talk(source, destination, *AFTER)])
    assert verdict(report) == ("completed-but-broken", "media-not-updated-after-transfer")
    assert counted(report, "new call", "target", "after") == ((980, 0) if destination is TARGET else (0, 980))
    lines = text.render(report, Show()).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("  Audio"))
    told = "980 to it, 0 from it" if destination is TARGET else "0 to it, 980 from it"
    assert any(f"RTP {told}" in line for line in lines[at:])
    assert all(len(line) <= 80 and is_harmless(line) for line in lines[at:-2])


def test_one_flow_that_stays_and_one_that_goes_to_who_has_left(tmp_path: Path) -> None:
    """The transferee goes on to send to the transferor, and hears nobody."""
    report = recorded(tmp_path, [*OLD_CALL, *talk(CALLER, AGENT, *AFTER), *talk(TARGET, CALLER, *AFTER, ssrc=3)])
    assert verdict(report) == ("completed-but-broken", "media-not-updated-after-transfer")
    assert counted(report, "new call", "target", "after") == (0, 980)
    row = audio(report)["call", "transferor", "before"]["rtp"]
    assert row == {"to": 1415, "from": 435, "throughout": True, "exact": True}


def test_audio_from_behind_a_nat_counts_by_the_end_that_is_known(tmp_path: Path) -> None:
    after = [*talk(CALLER, TARGET, *AFTER), *talk(BEHIND_NAT, CALLER, *AFTER, ssrc=3)]
    report = recorded(tmp_path, [*OLD_CALL, *after])
    assert verdict(report) == ("completed", None)
    assert counted(report, "new call", "target", "after") == (980, 980)


def test_a_capture_of_signalling_alone_counts_nothing(tmp_path: Path) -> None:
    report = recorded(tmp_path, [])
    assert verdict(report) == ("completed", None)
    assert {row["rtp"] for row in audio(report).values()} == {None}


def test_a_target_that_speaks_no_common_codec(tmp_path: Path) -> None:
    opus = "\n        ".join(
        ("", "Content-Type: application/sdp", "-- v=0", "-- c=IN IP4 203.0.113.30", "-- m=audio 40000 RTP/AVP 9 101",
         "-- a=rtpmap:101 telephone-event/8000")
    )  # fmt: skip
    refused = TRANSFERRED.split("    leg2: target")[0] + (
        f"    leg2: target -> caller 488 Not Acceptable Here{opus}\n"
        "    leg2: caller -> target ACK\n    caller -> agent NOTIFY 488 Not Acceptable Here\n    agent -> caller 200 OK\n"
        "    +3s agent -> caller BYE\n    caller -> agent 200 OK\n"
    )
    report = recorded(tmp_path, OLD_CALL, refused)
    assert verdict(report)[0] == "accepted-but-target-failed"
    assert audio(report)["new call", "target", "after"]["codecs"] == ["G722/8000"]
    (transfer,) = json_report.to_object(report, Show())["transfers"]
    assert {c["leg"]: c["codecs"] for c in transfer["codecs_in_common"]} == {
        "call": ["PCMU/8000", "PCMA/8000"], "new call": [],
    }  # fmt: skip
    assert "new call: codecs in common none" in text.render(report, Show())
    assert "| new call | target | after | `203.0.113.30:40000` | sendrecv | `G722` |" in markdown.render(report, Show())
    page = html.render(report, Show())
    assert "Audio of each leg" in page
    assert "new call: none" in page


def test_json_is_as_its_schema_says(tmp_path: Path) -> None:
    schema = json.loads(files("sipdiag").joinpath("schemas/report.json").read_text("utf-8"))
    told = json_report.to_object(recorded(tmp_path, OLD_CALL), Show())
    jsonschema.validate(told, schema)
    assert told["transfers"][0]["media"]
