"""A verdict does not depend on what is remembered of messages: of a large capture most is forgotten and read again."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import pytest

from sipdiag.options import Options
from sipdiag.pipeline import examine
from sipdiag.reports.json_report import render
from sipdiag.reports.show import Show
from sipdiag.sip import message
from sipdiag.sip.message import Message

FIXTURES = Path(__file__).parents[2] / "fixtures"
RECORDINGS = sorted(
    p
    for folder in ("captures/lab", "evidence")
    for p in (FIXTURES / folder).rglob("*")
    if p.suffix in (".pcap", ".pcapng")
)


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda p: str(p.relative_to(FIXTURES)))
def test_nothing_remembered_changes_nothing(recording: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    remembered = render(examine([str(recording)], Options()), Show(), all_calls=True)
    read: list[bytes] = []

    def forgetful(data: bytes) -> Message:
        read.append(data)
        return Message(data)

    for name in ("_recent", "_recent_long"):
        monkeypatch.setattr(message, name, lru_cache(maxsize=0)(forgetful))
    report = examine([str(recording)], Options())
    assert render(report, Show(), all_calls=True) == remembered
    assert len(read) > len(set(read)) or not report.verdicts
