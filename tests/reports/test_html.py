"""The HTML report: valid, self-contained, small, and without anything of the input that could act."""

from __future__ import annotations

import base64
import hashlib
import re
from itertools import pairwise
from pathlib import Path
from xml.etree.ElementTree import Element

import html5lib
import pytest

from sipdiag.pipeline import examine
from sipdiag.reports.html import render
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show, is_harmless
from tests.support.hostile import SECRETS, hostile, many

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"


def parsed(text: str) -> Element:
    """The document, by a parser that raises at whatever breaks the rules of HTML."""
    parser = html5lib.HTMLParser(strict=True, namespaceHTMLElements=False)
    root: Element = parser.parse(text)
    return root


def words(element: Element) -> str:
    return "".join(element.itertext())


@pytest.fixture(scope="module")
def hostile_page(tmp_path_factory: pytest.TempPathFactory) -> str:
    return render(hostile(tmp_path_factory.mktemp("hostile")), Show())


@pytest.fixture(scope="module")
def page() -> str:
    return render(examine([str(CASE)]), Show())


@pytest.fixture(scope="module")
def fifty(tmp_path_factory: pytest.TempPathFactory) -> tuple[Report, str]:
    report = many(tmp_path_factory.mktemp("many"))
    return report, render(report, Show())


def test_hostile_texts_are_read_and_do_nothing(hostile_page: str) -> None:
    root = parsed(hostile_page)
    scripts = list(root.iter("script"))
    assert len(scripts) == 1
    assert "querySelector" in words(scripts[0])
    assert not [e for e in root.iter() if e.tag in ("img", "iframe", "object", "embed", "form", "base", "link")] or [
        e.get("href") for e in root.iter("link")
    ] == ["data:,"]
    for element in root.iter():
        assert not [a for a in element.attrib if a.startswith("on") or a == "style"]
        assert element.get("href", "#").startswith(("#", "data:,"))
        assert element.get("src") is None
    text = words(root)
    assert "<script>alert(1)</script>" in text
    assert '"onload="alert(1)' in text
    assert "x](javascript:alert(1))" in text
    assert r"\x1b[31mred" in text
    assert r"\u202egnp.exe\u2066" in text
    assert "{{7*7}}" in text
    assert all(is_harmless(line) for line in hostile_page.split("\n"))


def test_no_secret_is_printed_in_any_message(hostile_page: str) -> None:
    assert "inline:[secret]" in hostile_page
    assert "response=[secret]" in hostile_page
    assert not [s for s in SECRETS if s in hostile_page]


def test_the_policy_allows_this_style_and_this_script_and_nothing_else(page: str) -> None:
    root = parsed(page)
    policy = next(m.get("content", "") for m in root.iter("meta") if m.get("http-equiv") == "Content-Security-Policy")
    assert policy.startswith("default-src 'none'; ")
    for tag in ("style", "script"):
        (element,) = list(root.iter(tag))
        digest = base64.b64encode(hashlib.sha256(words(element).encode()).digest()).decode()
        assert f"{tag}-src 'sha256-{digest}'" in policy
    assert "unsafe" not in policy


@pytest.mark.parametrize("which", ["page", "hostile_page", "fifty"])
def test_ids_are_unique_links_lead_somewhere_and_tables_have_heads(which: str, request: pytest.FixtureRequest) -> None:
    value = request.getfixturevalue(which)
    root = parsed(value[1] if isinstance(value, tuple) else value)
    ids = [i for e in root.iter() if (i := e.get("id"))]
    assert len(ids) == len(set(ids))
    links = [e.get("href", "") for e in root.iter("a")] + [
        e.get("href", "") for e in root.iter("{http://www.w3.org/2000/svg}a")
    ]
    assert links
    assert {x.removeprefix("#") for x in links} <= set(ids)
    for table in root.iter("table"):
        assert table.find("caption") is not None
        assert all(th.get("scope") in ("col", "row") for th in table.iter("th"))
    headings = [int(e.tag[1]) for e in root.iter() if re.fullmatch("h[1-6]", str(e.tag))]
    assert headings[0] == 1
    assert all(after <= before + 1 for before, after in pairwise(headings))


def test_every_arrow_leads_to_its_message(page: str) -> None:
    root = parsed(page)
    by_id = {e.get("id"): e for e in root.iter() if e.get("id")}
    arrows = [e for e in root.iter() if str(e.tag).endswith("a") and "-m" in e.get("href", "")]
    assert [words(a) for a in arrows][:3] == ["INVITE (SDP)", "100 Trying", "180 Ringing"]
    assert words(by_id[arrows[0].get("href", "")[1:]]).startswith(
        "INVITE sip:+12025550100@192.0.2.40;transport=tcp SIP/2.0\n"
    )


def test_the_first_screen_holds_verdict_stages_cause_owner_checklist_and_fix(page: str) -> None:
    root = parsed(page)
    card = next(e for e in root.iter("section") if e.get("id") == "t1")
    text = words(card)
    drawing = text.index("Messages of transfer t1")
    for wanted in (
        "not emitted", "A transfer was meant, and no REFER was sent", "configured", "target-reached",
        "transfer-type-not-refer", "Who acts: config", "Select REFER for this rule", "Checklist", "rule matches✕ NO",
        "agent.json:25:36",
    ):  # fmt: skip
        assert 0 <= text.index(wanted) < drawing


def test_what_was_not_run_what_passed_and_the_inputs_are_told(page: str) -> None:
    report = examine([str(CASE)])
    text = words(parsed(page))
    assert "Not run, and why (" in text
    assert f"Passed ({len(report.passed)})" in text
    assert all(i.sha256 in text for i in report.inputs)
    assert all(check in text for check in (*report.passed, *report.not_run))


@pytest.mark.parametrize(
    ("redaction", "says"), [("off", "Not redacted"), ("on", "Redacted"), ("strict", "Redacted strictly")]
)
def test_the_banner_says_what_was_masked(redaction: str, says: str) -> None:
    root = parsed(render(examine([str(CASE)]), Show(), redaction))
    banner = next(e for e in root.iter("aside"))
    assert says in words(banner).strip().partition(":")[0]


def test_fifty_failed_calls_stay_below_300_kilobytes(fifty: tuple[Report, str]) -> None:
    report, text = fifty
    assert len(report.verdicts) == 50
    assert len(text.encode()) < 300_000
    root = parsed(text)
    cards = [e for e in root.iter("section") if "transfer" in e.get("class", "")]
    assert len(cards) == 50
    assert all("Checklist" in words(c) and "Who acts" in words(c) for c in cards)
    assert "Messages of transfer t1" in words(cards[0])
    assert "left out to keep this file small" in words(cards[-1])
    assert "--transfer 50 makes a report of it alone" in words(cards[-1])
    ladders = [c for c in cards if "Messages of transfer" in words(c)]
    assert len(ladders) >= 12  # beside what each card quotes of its messages
    assert all(sum(1 for _ in c.iter("tr")) >= 8 for c in ladders)
    whole, bare = ladders[0], ladders[-1]
    assert sum(1 for _ in whole.iter("pre")) >= 8
    assert f"--transfer {bare.get('id', '')[1:]} makes a report with all" in words(bare)


def test_a_value_of_a_megabyte_is_cut_and_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "trace.txt"
    head = "Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\nFrom: <sip:a@x.example>;tag=1\nTo: <sip:b@x.example>"
    file.write_text(
        f"REFER sip:b@x.example SIP/2.0\n{head};tag=2\nCall-ID: {'c' * 5000}\nCSeq: 1 REFER\nRefer-To: <sip:{'9' * 10**6}@x.example>\n"
        f"Contact: <sip:a@192.0.2.1>\nContent-Length: 0\n\n\nSIP/2.0 603 {'no ' * 300_000}\n{head};tag=2\nCall-ID: {'c' * 5000}\n"
        "CSeq: 1 REFER\nContent-Length: 0\n\n\n"
    )
    report = examine([str(file)])
    assert [v.outcome.value for v in report.verdicts] == ["rejected"]
    text = render(report, Show())
    assert len(text.encode()) < 120_000
    assert "bytes in all)" in text
    parsed(text)


def test_the_same_input_gives_the_same_bytes(page: str) -> None:
    assert render(examine([str(CASE)]), Show()) == page


def test_nothing_to_tell_is_a_page_too(tmp_path: Path) -> None:
    file = tmp_path / "own.yaml"
    file.write_text("agent: {platform: other, name: x}\n")
    assert "No transfer was asked for" in words(parsed(render(examine([str(file)]), Show())))


def test_redaction_of_values_and_of_whole_messages_has_its_place() -> None:
    show = Show(
        lambda v: type(v)("X") if isinstance(v, str) else v, lambda data: data.replace(b"2025550100", b"0000000000")
    )
    text = render(examine([str(CASE)]), show, "on")
    assert "2025550100" not in text
    assert "INVITE sip:+10000000000@192.0.2.40" in text
