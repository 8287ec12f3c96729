"""A format and a platform that another distribution brings take part; one that cannot be loaded is named."""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from pathlib import Path

import pytest

from sipdiag import platforms, plugins
from sipdiag.pipeline import examine
from sipdiag.sources.traces import formats

ROOT = Path(__file__).parents[1]
TRACE = """\
10:22:31.149 ACME>> to 198.51.100.20:5060 over UDP
REFER sip:2002@198.51.100.20:5060 SIP/2.0
Via: SIP/2.0/UDP 192.0.2.10:5060;branch=z9hG4bK19de
From: <sip:2001@example.com>;tag=9f3c
To: <sip:2002@example.com>;tag=81db
Call-ID: 1982818b@192.0.2.10
CSeq: 779 REFER
Refer-To: <sip:2003@example.com>
Content-Length: 0
"""


class _Point:
    def __init__(self, name: str, module: str) -> None:
        self.name, self._module = name, module

    def load(self) -> object:
        return importlib.import_module(self._module)


def _forget() -> None:
    for cached in (plugins.brought, formats.formats, formats.recognisers, platforms._names):
        cached.cache_clear()


@pytest.fixture
def acme(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.syspath_prepend(str(ROOT / "fixtures" / "plugin"))
    points = {
        plugins.TRACES: [_Point("acme-log", "acme_checks.acme_log"), _Point("none", "acme_checks.acme_header")],
        plugins.PLATFORMS: [_Point("acme-switch", "acme_checks.acme_switch"), _Point("gone", "acme_checks.no_such")],
    }
    monkeypatch.setattr("importlib.metadata.entry_points", lambda group: points.get(group, []))
    monkeypatch.setattr("sipdiag.plugins.may_hold", lambda group: True)
    _forget()
    yield
    _forget()


@pytest.mark.usefixtures("acme")
def test_a_format_and_a_platform_take_part(tmp_path: Path) -> None:
    trace, buttons = tmp_path / "switch.log", tmp_path / "buttons.json"
    trace.write_text(TRACE, "utf-8")
    buttons.write_text('{"acme_buttons": [{"dials": "sip:2003@example.com"}]}', "utf-8")
    report = examine([str(trace), str(buttons)])
    assert [(i.kind, i.format) for i in report.inputs] == [("trace", "acme-log"), ("config", "acme-buttons")]
    (verdict,) = report.verdicts
    hop = verdict.transfer.attempts[0]
    assert (hop.at.line, str(verdict.transfer.refer_to)) == (2, "<sip:2003@example.com>")
    assert "acme" in platforms.platforms()


@pytest.mark.usefixtures("acme")
def test_what_cannot_be_loaded_is_named_and_is_not_in_the_way(tmp_path: Path) -> None:
    trace = tmp_path / "switch.log"
    trace.write_text(TRACE, "utf-8")
    notes = examine([str(trace)]).notes
    assert [n.partition(" could")[0] for n in notes[:2]] == [
        "the plugin none (sipdiag.traces)",
        "the plugin gone (sipdiag.platforms)",
    ]
    assert "it has no name" in notes[0]


def test_without_plugins_nothing_is_said() -> None:
    assert plugins.complaints() == ()
