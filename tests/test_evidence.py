"""What a capture does not hold is said with its reason, and no stage is denied for it.

Beside each `fixtures/evidence/<slug>--<how>.pcap` stands `.told`: the options, the outcome, the answers of the seven
stages, the reasons. `python -m tests.test_evidence --write` makes the captures anew from the calls below.
"""

from __future__ import annotations

import json
import shlex
import shutil
import struct
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.raw import Endpoint
from sipdiag.reports.words import EVIDENCE
from tests.support.pcap import pcap
from tests.support.scenario import packets
from tests.support.sent import Sent

ROOT = Path(__file__).parents[1] / "fixtures"
FIXTURES = ROOT / "evidence"
FILES = sorted(FIXTURES.glob("*.pcap*"))
_FRAME = struct.Struct("<IIII")

_CALL = """
    transport {transport}
    call
    +1s caller -> agent INFO
    agent -> caller 200 OK
    +1s caller -> agent INFO
    agent -> caller 200 OK
    +9s caller -> agent BYE
    agent -> caller 200 OK
"""
_SILENT = """
    call
    agent -> caller REFER  Refer-To: <sip:2003@example.com> | Refer-Sub: false | Supported: norefersub
    caller -> agent 202 Accepted  Refer-Sub: false
    +3s agent -> caller BYE
    caller -> agent 200 OK
"""
_DONE = """
    call
    agent -> caller REFER  Refer-To: <sip:2003@example.com>
    caller -> agent 202 Accepted
    +3s caller -> agent NOTIFY 200 OK
    agent -> caller 200 OK
    agent -> caller BYE
    caller -> agent 200 OK
"""


def _sent(scenario: str) -> list[Sent]:
    return [
        Sent(p.frame.time or 0.0, p.source, p.destination, p.transport or "udp", p.data)
        for p in packets(scenario)
        if p.source is not None and p.destination is not None
    ]


def _without_frames(capture: bytes, unwanted: Callable[[int], bool], snap: Callable[[int], int | None]) -> bytes:
    """A capture without some of its frames, counted from 1, and with others cut to a number of octets."""
    out, at, n = [capture[:24]], 24, 0
    while at < len(capture):
        seconds, micro, kept, whole = _FRAME.unpack_from(capture, at)
        frame, n = capture[at + 16 : at + 16 + kept], n + 1
        at += 16 + kept
        if not unwanted(n):
            frame = frame[: snap(n)]
            out.append(_FRAME.pack(seconds, micro, len(frame), whole) + frame)
    return b"".join(out)


def _none(n: int) -> bool:
    return n < 1


def _never(n: int) -> int | None:
    return None if n else 0


def _captures() -> dict[str, bytes]:
    whole = pcap(_sent(_CALL.format(transport="udp")))
    ends = Endpoint("192.0.2.20", 40_000), Endpoint("198.51.100.10", 53)
    lookups = [
        Sent(1_700_000_000.0 + n, *ends, "udp", b"\x12\x34\x01\0\0\1\0\0\0\0\0\0\3www\0\0\1\0\1") for n in range(3)
    ]
    return {
        "capture-starts-mid-call--after-the-answer": _without_frames(whole, lambda n: n <= 4, _never),
        "capture-ends-mid-call--before-bye": _without_frames(whole, lambda n: n > 6, _never),
        "capture-lossy--tcp-gap": _without_frames(pcap(_sent(_CALL.format(transport="tcp"))), lambda n: n == 5, _never),
        "capture-lossy--one-message-cut": _without_frames(whole, _none, lambda n: 100 if n == 5 else None),
        "capture-lossy--snap-length-350": _without_frames(pcap(_sent(_DONE)), _none, lambda n: 350),
        "capture-lossy--snap-length-450": _without_frames(pcap(_sent(_DONE)), _none, lambda n: 450),
        "capture-one-leg-only--agent-elsewhere": whole,
        "capture-one-leg-only--nobody-reports": pcap(_sent(_SILENT)),
        "capture-has-no-sip--lookups": pcap(lookups),
    }


@pytest.mark.parametrize("file", FILES, ids=lambda f: f.stem)
def test_a_gap_is_named_and_denies_nothing(file: Path) -> None:
    options, *expected = file.with_suffix(".told").read_text("utf-8").splitlines()
    done = CliRunner().invoke(app, ["diagnose", str(file), "--format", "json", *shlex.split(options)])
    report = json.loads(done.stdout)
    assert done.exit_code == report["summary"]["exit_code"]
    assert [line for t in report["transfers"] for line in _told(t)] == expected
    for transfer in report["transfers"]:
        assert file.stem.partition("--")[0] in transfer["evidence"]
        assert "no" not in [s["answer"] for s in transfer["stages"].values()]
        assert transfer["cause"] is None
    assert report["transfers"]
    assert not [f for f in report["findings"] if f["severity"] == "error"]


def _told(transfer: dict[str, object]) -> list[str]:
    stages, evidence = transfer["stages"], transfer["evidence"]
    assert isinstance(stages, dict)
    assert isinstance(evidence, list)
    return [str(transfer["outcome"]), " ".join(s["answer"] for s in stages.values()), " ".join(evidence)]


def test_every_reason_has_a_fixture() -> None:
    assert {f.stem.partition("--")[0] for f in FILES} == set(EVIDENCE)


@pytest.mark.parametrize("name", _captures())
def test_the_captures_are_those_of_the_calls_above(name: str) -> None:
    assert (FIXTURES / f"{name}.pcap").read_bytes() == _captures()[name]


if __name__ == "__main__" and "--write" in sys.argv:
    for name, data in _captures().items():
        (FIXTURES / f"{name}.pcap").write_bytes(data)
    lab = ROOT / "captures" / "lab" / "s03-tls-with-keylog-complete.pcapng"
    shutil.copyfile(lab, FIXTURES / "capture-encrypted--no-keys.pcapng")
