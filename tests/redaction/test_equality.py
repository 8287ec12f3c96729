"""The diagnosis of redacted files is that of the originals: over captures, traces, platforms' documents and all checks."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path

import pytest

from sipdiag.checking.discover import catalogue
from sipdiag.pipeline import Options, examine
from sipdiag.raw import Packet, Wire
from sipdiag.redaction import Redactor
from sipdiag.redaction.captures import redact_capture
from sipdiag.redaction.files import redact_file
from sipdiag.sources.captures import read_capture
from tests.support.diagnosis import essence
from tests.support.pcap import pcap
from tests.support.scenario import statements
from tests.support.sent import Sent
from tests.support.wire_case import case_of_statements, findings, wire_of

FIXTURES = Path(__file__).parents[2] / "fixtures"
OCTETS = ("tcpdump-text", "dotted-messages")  # their copies print messages only, at other lines: test_dumps.py
KEY = bytes(range(32))
CAPTURES = sorted(p for p in (FIXTURES / "captures").glob("*/*") if p.suffix in (".pcap", ".pcapng"))
TRACES = sorted(
    p for p in (FIXTURES / "traces").rglob("*.txt") if p.parent.parent.name != "cases" and p.parent.name not in OCTETS
)
FOLDERS = [
    *sorted(p for p in (FIXTURES / "platforms").iterdir() if p.is_dir()),
    *sorted(p for p in (FIXTURES / "traces" / "cases").iterdir() if p.is_dir()),
    *sorted(p for p in (FIXTURES / "cases").iterdir() if p.is_dir()),
]
SCENARIOS = sorted((FIXTURES / "checks").glob("*/*/bad-*.scenario"))
DOCUMENTS = sorted(p for p in (FIXTURES / "checks").glob("*/*/*") if p.suffix in (".yaml", ".cfg"))


def copied(source: Path, target: Path) -> Path:
    """A redacted copy of a file or folder."""
    redactor = Redactor(KEY)
    files = [source] if source.is_file() else sorted(p for p in source.rglob("*") if p.is_file())
    base = source.parent if source.is_file() else source
    for _ in range(2):  # a name that one file tells is replaced in those before it, too
        for path in files:
            copy = target / path.relative_to(base)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(redact_file(path.read_bytes(), path.name, redactor).data)
    return target / source.name if source.is_file() else target


@pytest.mark.parametrize("path", [*CAPTURES, *TRACES, *FOLDERS], ids=lambda p: f"{p.parent.name}-{p.name}")
def test_a_redacted_copy_gets_the_same_diagnosis(path: Path, tmp_path: Path) -> None:
    copy = copied(path, tmp_path / "copy")
    for options in (Options(), Options(expect_refer=True)):
        assert essence(examine([str(copy)], options)) == essence(examine([str(path)], options))


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda p: f"{p.parent.name}-{p.name}")
def test_a_redacted_configuration_is_linted_alike(path: Path, tmp_path: Path) -> None:
    copy = copied(path, tmp_path / "copy")
    options = Options(command="lint", expect_refer=True)
    assert essence(examine([str(copy)], options)) == essence(examine([str(path)], options))


def _captured(wire: Wire) -> bytes:
    return pcap(_sent(p) for p in wire.packets)


def _sent(packet: Packet) -> Sent:
    assert packet.source is not None
    assert packet.destination is not None
    assert packet.frame.time is not None
    return Sent(packet.frame.time, packet.source, packet.destination, packet.transport or "udp", packet.data)


def _found(wire: Wire, lines: list[str], data: bytes, name: str) -> list[tuple[object, ...]]:
    """What the checks of an id say of a wire whose messages come from a capture."""
    read = read_capture(io.BytesIO(data), "in1")
    case = case_of_statements(
        lines, replace(wire, packets=read.packets, connections=(), unreachables=(), media=(), lost=())
    )
    return [
        (f.check.id, f.severity, str(f.finding.at), f.finding.stage, f.finding.owner)
        for check in catalogue()[name]
        for f in findings(check, case)
    ]


@pytest.mark.parametrize("path", SCENARIOS, ids=lambda p: f"{p.parent.name}-{p.stem}")
def test_every_check_finds_the_same_in_a_redacted_capture(path: Path) -> None:
    lines = statements(path.read_text("utf-8"))
    wire = wire_of(lines)
    if not wire.packets or any(p.source is None for p in wire.packets):
        return  # the fault shows in a connection, of which no message was sent
    original = _captured(wire)
    redactor = Redactor(KEY)
    redacted = redact_capture(original, redactor)
    assert len(redacted) == len(original)
    name = path.parent.name
    bound = [redactor.text(x) if x.startswith(("rule ", "trunk ")) else x for x in lines]
    assert _found(wire, bound, redacted, name) == _found(wire, lines, original, name)
