"""What a box in the way changed: two captures beside it, or one on it, laid side by side in every report."""

from __future__ import annotations

import json
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from sipdiag.pipeline import examine
from sipdiag.raw import Endpoint, Packet
from sipdiag.redaction import Redactor
from sipdiag.reports import html, json_report, markdown, text
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, is_harmless
from tests.support.beside import Edit, on_the_box, recorded, sides

PROXY, PBX, CALLER = "198.51.100.5", "203.0.113.101", "198.51.100.10"
SKEWS = (0.0, 2.5, -3_600.0)

THROUGH_A_PROXY = """
    call caller -> proxy -> agent
    agent -> proxy -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
    caller -> proxy -> agent 202 Accepted
    caller -> proxy -> agent NOTIFY 404 Not Found  Event: refer;id=102
    agent -> proxy -> caller 489 Bad Event
    +3s caller -> proxy -> agent BYE
    agent -> proxy -> caller 200 OK
"""
THROUGH_A_B2BUA = """
    leg1: caller -> pbx INVITE  Session-ID: 0f3a; remote=00
    leg2: pbx -> agent INVITE  Session-ID: 0f3a; remote=00
    leg2: agent -> pbx 200 OK
    leg1: pbx -> caller 200 OK
    leg2: pbx -> agent ACK
    leg1: caller -> pbx ACK
    +3s leg2: agent -> pbx REFER  Refer-To: <sip:+15550100188@carrier.example?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2> | Referred-By: <sip:a@b.example>
    leg1: pbx -> caller REFER  Refer-To: <sip:+15550100188@pbx.example?Replaces=a%40b%3Bto-tag%3D1%3Bfrom-tag%3D2>
    leg1: caller -> pbx 202 Accepted
    leg2: pbx -> agent 202 Accepted
    leg3: caller -> target INVITE sip:+15550100188@pbx.example
    leg3: target -> caller 404 Not Found
    leg3: caller -> target ACK
    leg1: caller -> pbx NOTIFY 404 Not Found
    leg1: pbx -> caller 200 OK
    leg2: pbx -> agent NOTIFY 404 Not Found
    leg2: agent -> pbx 200 OK
    +5s leg2: agent -> pbx BYE
    leg2: pbx -> agent 200 OK
    leg1: pbx -> caller BYE
    leg1: caller -> pbx 200 OK
"""


def edited(**by_method: tuple[bytes, bytes]) -> Edit:
    """What replaces something in the requests of a method."""

    def edit(packet: Packet) -> bytes:
        old, new = by_method.get(packet.data.split(b" ", 1)[0].decode(), (b"", b""))
        assert old in packet.data
        return packet.data.replace(old, new, 1) if old else packet.data

    return edit


LOSES_EVENT = edited(
    NOTIFY=(b"Event: refer;id=102\r\n", b""),
    REFER=(b"188@carrier.example>", b"188@\x1b[31m10.1.1.1;p=sip:u:hunter2@h>"),
)


def crossings(report: Report) -> dict[str, Any]:
    """What is told of the messages of the only transfer, by message."""
    (transfer,) = json_report.to_object(report, Show())["transfers"]
    return {c["message"]: c for c in transfer["crossings"]}


def differences(told: dict[str, Any], *, usual: bool = False) -> dict[str, tuple[str | None, str | None]]:
    return {c["field"]: (c["before"], c["after"]) for c in told["changes"] if c["usual"] is usual}


@pytest.fixture
def beside_a_proxy(tmp_path: Path) -> Report:
    return examine(sides(on_the_box(THROUGH_A_PROXY, PROXY, LOSES_EVENT), CALLER, tmp_path))


@pytest.mark.parametrize("ahead", SKEWS)
def test_a_proxy_between_two_captures(ahead: float, tmp_path: Path) -> None:
    report = examine(sides(on_the_box(THROUGH_A_PROXY, PROXY, LOSES_EVENT), CALLER, tmp_path, ahead))
    told = crossings(report)
    assert list(told) == ["REFER", "NOTIFY 404"]
    notify = told["NOTIFY 404"]
    assert (notify["came"]["input"], notify["left"]["input"]) == ("in1", "in2")
    assert differences(notify) == {"Event": ("refer;id=102", None)}
    assert set(differences(notify, usual=True)) == {"Route", "Via", "Max-Forwards"}
    refer = told["REFER"]
    assert (refer["came"]["input"], refer["left"]["input"]) == ("in2", "in1")
    assert list(differences(refer)) == ["Refer-To"]
    assert len(report.calls) == 1
    assert bool([n for n in report.notes if "clock" in n]) is (ahead != 0.0)


@pytest.mark.parametrize("ahead", SKEWS)
def test_a_b2bua_between_two_captures(ahead: float, tmp_path: Path) -> None:
    report = examine(sides(on_the_box(THROUGH_A_B2BUA, PBX), CALLER, tmp_path, ahead))
    told = crossings(report)
    assert list(told) == ["REFER", "REFER as carried out by INVITE", "NOTIFY 404"]
    refer = told["REFER"]
    assert refer["by"] == "same Refer-To on another leg of the call"
    assert differences(refer) == {
        "Refer-To": ("<sip:+15550100188@carrier.example?Replaces=…>", "<sip:+15550100188@pbx.example?Replaces=…>"),
        "Referred-By": ("<sip:a@b.example>", None),
    }
    assert {"Call-ID", "From", "To", "Via"} <= set(differences(refer, usual=True))
    assert refer["kept"] == ["Replaces in Refer-To"]
    carried = told["REFER as carried out by INVITE"]
    assert differences(carried) == {"Replaces": ("a@b;to-tag=1;from-tag=2", None)}


def test_one_capture_on_the_box_tells_the_same(tmp_path: Path) -> None:
    packets = on_the_box(THROUGH_A_B2BUA, PBX)
    capture = tmp_path / "box.pcap"
    capture.write_bytes(recorded(packets))
    alone, both = crossings(examine([str(capture)])), crossings(examine(sides(packets, CALLER, tmp_path)))
    assert {k: v["changes"] for k, v in alone.items()} == {k: v["changes"] for k, v in both.items()}
    assert {c["came"]["input"] for c in alone.values()} == {"in1"}


def test_an_address_that_a_gateway_rewrites_in_a_message(tmp_path: Path) -> None:
    """A box that is no SIP element adds no Via: the branch stays, the addresses around the message change."""
    inside = on_the_box(
        """
        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
        caller -> agent 403 Forbidden
        +1s caller -> agent BYE
        agent -> caller 200 OK
        """,
        "",
    )
    files_ = tmp_path / "inside.pcap", tmp_path / "outside.pcap"
    files_[0].write_bytes(recorded(inside))
    files_[1].write_bytes(recorded([_moved(p) for p in inside]))
    told = crossings(examine([str(f) for f in files_]))
    assert told["REFER"]["by"] == "same branch, sent by another address"
    assert differences(told["REFER"])["Contact"] == (
        "<sip:+15550100171@192.0.2.20:5060>",
        "<sip:+15550100171@233.252.0.9:5060>",
    )


def _moved(packet: Packet) -> Packet:
    """The same behind an address translation that looks into SIP."""

    def nat(end: Endpoint | None) -> Endpoint | None:
        return Endpoint("233.252.0.9", end.port) if end is not None and end.host == "192.0.2.20" else end

    return replace(
        packet,
        data=packet.data.replace(b"192.0.2.20", b"233.252.0.9"),
        source=nat(packet.source),
        destination=nat(packet.destination),
        frame=replace(packet.frame, time=(packet.frame.time or 0.0) + 0.001),
    )


def test_a_transfer_that_worked_shows_none(tmp_path: Path) -> None:
    healthy = """
        call caller -> proxy -> agent
        agent -> proxy -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
        caller -> proxy -> agent 202 Accepted
        caller -> proxy -> agent NOTIFY 200 OK
        agent -> proxy -> caller 200 OK
        agent -> proxy -> caller BYE
        caller -> proxy -> agent 200 OK
    """
    report = examine(sides(on_the_box(healthy, PROXY), CALLER, tmp_path))
    assert report.verdicts[0].outcome.value == "completed"
    assert crossings(report) == {}
    assert "In between" not in text.render(report, Show())


def test_the_terminal_report_tells_what_only_such_a_box_changes(beside_a_proxy: Report) -> None:
    lines = text.render(beside_a_proxy, Show()).splitlines()
    first = next(n for n, line in enumerate(lines) if line.startswith("  In between"))
    assert all(len(line) <= 80 and is_harmless(line) for line in lines[first:-2])
    at = next(n for n, line in enumerate(lines) if "NOTIFY 404 came as near.pcap frame 7, left as far.pcap" in line)
    assert lines[at + 1].strip() == "Event: removed refer;id=102"
    assert lines[at + 2].strip() == "changed too: Route, Via, Max-Forwards"
    assert not [line for line in lines if line.strip().startswith(("Via:", "Max-Forwards:"))]
    assert any("[31m10.1.1.1" in line and "\\x1b" in line for line in lines)
    assert "hunter2" not in "\n".join(lines)


def test_markdown_and_html_show_both_sides_in_a_table(beside_a_proxy: Report) -> None:
    marked = markdown.render(beside_a_proxy, Show())
    assert "| field | came | left |\n|---|---|---|\n| `Event` | `refer;id=102` | – |" in marked
    assert "hunter2" not in marked
    page = html.render(beside_a_proxy, Show())
    assert "NOTIFY 404 on both sides of a box" in page
    assert '<th scope="row">Event</th><td><code>refer;id=102</code></td><td><code>–</code></td>' in page
    assert "\x1b" not in page
    assert "hunter2" not in page


def test_json_is_as_its_schema_says(beside_a_proxy: Report) -> None:
    schema = json.loads(files("sipdiag").joinpath("schemas/report.json").read_text("utf-8"))
    told = json_report.to_object(beside_a_proxy, Show())
    jsonschema.validate(told, schema)
    assert told["transfers"][0]["crossings"]


def test_what_is_redacted_is_redacted_before_it_is_compared(beside_a_proxy: Report) -> None:
    redactor = Redactor(key=b"k" * 32)
    show = Show(redactor, redactor.message)
    shown = json_report.render(beside_a_proxy, show) + markdown.render(beside_a_proxy, show)
    shown += html.render(beside_a_proxy, show) + text.render(beside_a_proxy, show)
    for original in ("15550100188", "carrier.example", "5550100171", "hunter2"):
        assert original not in shown
    (transfer,) = json_report.to_object(beside_a_proxy, show)["transfers"]
    told = {c["message"]: differences(c) for c in transfer["crossings"]}
    assert list(told["NOTIFY 404"]) == ["Event"]
    before, after = told["REFER"]["Refer-To"]
    assert before is not None
    assert after is not None
    assert before.partition("@")[0] == after.partition("@")[0]
