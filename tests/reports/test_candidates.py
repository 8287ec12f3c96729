"""Where the evidence leaves several causes open, each is told with what speaks for and against it, and what would decide."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from sipdiag.pipeline import examine
from sipdiag.reports import candidates, html, json_report, markdown, text
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, is_harmless
from tests.support.beside import recorded
from tests.support.scenario import play, statements
from tests.support.verdicts import verdicts
from tests.support.wire_case import case_of_statements, wire_of

_SILENT = "+0.5s again\n+1s again\n+2s again\n+4s again\n+30s\n"
ON_THE_WIRE = {
    "a REFER past the proxy that names no Contact": (
        "call caller -> proxy -> agent\n"
        "agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example> | -Contact | -Route\n" + _SILENT,
        ["refer-missing-contact", "route-set-wrong"],
        "a capture at 198.51.100.10 of the same time",
    ),
    "a REFER of several packets that names no Contact": (
        "call\nagent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example> | -Contact | X-Big: x*2000\n" + _SILENT,
        ["refer-missing-contact", "refer-too-large-for-udp"],
        "a capture at 198.51.100.10 of the same time",
    ),
    "a bare local number refused without a word": (
        "call\nagent -> caller REFER  Refer-To: tel:5550100188\ncaller -> agent 400 Bad Request\n",
        ["number-format-not-e164", "refer-to-uri-form-rejected-by-trunk"],
        "the log of 198.51.100.10 at that time: what it says beside its 400",
    ),
    "a target that hangs up, and a transferor that stays": (
        """
        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@carrier.example>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:+15550100188@carrier.example
        leg2: target -> caller 200 OK
        leg2: caller -> target ACK
        leg2: target -> caller BYE
        leg2: caller -> target 200 OK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        +20s caller -> agent BYE
        agent -> caller 200 OK
        """,
        ["target-hung-up-after-answer", "transferor-did-not-bye"],
        "a capture of one more call with nothing changed but what mends target-hung-up-after-answer",
    ),
}  # fmt: skip
IN_CONFIGURATION = """
agent:
  platform: other
  trunk: carrier-a
  rules:
    - {name: support, type: sip_refer, to: "sip:5550100"}
trunks:
  - {name: carrier-a, address: sip.example, transport: tls, refer: deny}
"""


def of_wire(folder: Path, scenario: str) -> Report:
    capture = folder / "call.pcap"
    wire = play(scenario)
    capture.write_bytes(recorded(list(wire.packets)))
    return examine([str(capture)])


def told(report: Report) -> dict[str, Any]:
    (transfer,) = json_report.to_object(report, Show())["transfers"]
    assert isinstance(transfer, dict)
    return transfer


def assert_whole(report: Report) -> None:
    """Every candidate says what it rests on, what speaks against it and what would rule it out; one input decides."""
    for transfer in json_report.to_object(report, Show())["transfers"]:
        candidates = transfer["candidates"]
        assert len(candidates) in (0, 2, 3)
        assert bool(transfer["decides"]) is bool(candidates)
        for candidate in candidates:
            assert all(candidate["for"])
            assert candidate["against"]
            assert all("{" not in words for words in (*candidate["for"], *candidate["against"], transfer["decides"]))
            assert len(candidate["ruled_out_by"].split()) > 2


@pytest.mark.parametrize("name", ON_THE_WIRE)
def test_several_causes_of_one_call(name: str, tmp_path: Path) -> None:
    scenario, expected, decides = ON_THE_WIRE[name]
    report = of_wire(tmp_path, scenario)
    transfer = told(report)
    assert transfer["cause"] is None
    assert [c["cause"] for c in transfer["candidates"]] == expected
    assert_whole(report)
    assert transfer["decides"].startswith(decides)


def test_several_faults_of_one_configuration(tmp_path: Path) -> None:
    document = tmp_path / "agent.yaml"
    document.write_text(IN_CONFIGURATION)
    report = examine([str(document)])
    transfer = told(report)
    assert {c["cause"] for c in transfer["candidates"]} == {"trunk-refer-disabled", "refer-to-missing-domain"}
    assert_whole(report)
    assert transfer["decides"] == "a capture of one such call (sipdiag explain collect-capture)"
    assert all(
        "it is read from a document, and no message of this call shows it" in c["against"]
        for c in transfer["candidates"]
    )


def test_the_one_that_came_first_speaks_against_the_other(tmp_path: Path) -> None:
    transfer = told(of_wire(tmp_path, ON_THE_WIRE["a target that hangs up, and a transferor that stays"][0]))
    against = {c["cause"]: c["against"] for c in transfer["candidates"]}
    assert against["target-hung-up-after-answer"] == ["transferor-did-not-bye explains the failure as well"]
    assert against["transferor-did-not-bye"][0].startswith("target-hung-up-after-answer was there first: frame ")


def test_every_report_tells_what_would_decide(tmp_path: Path) -> None:
    report = of_wire(tmp_path, ON_THE_WIRE["a REFER past the proxy that names no Contact"][0])
    lines = text.render(report, Show()).splitlines()
    at = [n for n, line in enumerate(lines) if line.startswith("  Perhaps")]
    assert len(at) == 2
    assert any(line.strip().startswith("against it: ") for line in lines[at[0] : at[1]])
    assert any(line.startswith("  Decides   a capture at 198.51.100.10 of the same time") for line in lines)
    assert all(len(line) <= 80 and is_harmless(line) for line in lines[at[0] : -2])
    marked = markdown.render(report, Show())
    assert "- Against it: route-set-wrong explains the failure as well" in marked
    assert "**Decides:** a capture at 198.51.100.10 of the same time: " in marked
    page = html.render(report, Show())
    assert "<h3>What would decide</h3>" in page
    assert "Ruled out by: a Contact in the REFER" in page


def test_a_failure_without_a_known_cause_names_what_would_decide() -> None:
    told = (
        "call\nagent -> caller REFER  Refer-To: <sip:2003@example.com> | Referred-By: <sip:agent@agent.example>\n"
        "caller -> agent 202 Accepted\n"
        "leg2: caller -> target INVITE sip:2003@example.com  Referred-By: <sip:agent@agent.example>\n"
        "leg2: target -> caller 200 OK\nleg2: caller -> target ACK\nleg2: caller -> target BYE\n"
        "leg2: target -> caller 200 OK\ncaller -> agent NOTIFY 500 Server Internal Error\nagent -> caller 200 OK\n"
        "+30s caller -> agent BYE\nagent -> caller 200 OK\n"
    )
    lines = statements(told)
    (verdict,) = verdicts(case_of_statements(lines, wire_of(lines)))
    assert verdict.cause is None
    assert candidates.decider(verdict, Show()).startswith("the log of ")
