"""How to get an input is said for every platform, and what it names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.platforms import platforms
from sipdiag.redaction import Redactor
from sipdiag.reports.explain import collect_topics, explain, listing, nearest, topics
from sipdiag.values import Text

FIXTURES = Path(__file__).parents[2] / "fixtures"
PAGES = collect_topics()
SYSTEMS = sorted(p for p in platforms() if p != "event-log")  # logs of events: of whichever platform wrote them


@pytest.mark.parametrize("platform", SYSTEMS)
def test_every_platform_has_its_page(platform: str) -> None:
    page = PAGES[f"collect-{platform}"]
    assert page.startswith("# Collect from ")
    for part in (r"[Aa]gent|assistant", r"[Nn]umber", r"[Cc]all\b|conversation", r"SIP messages"):
        assert re.search(part, page), part
    assert {"collect-capture", "collect-tls-keys"} <= set(re.findall(r"collect-[a-z-]+", " ".join(page.split())))
    assert "sipdiag diagnose " in page


@pytest.mark.parametrize("name", sorted(PAGES))
def test_what_a_page_names_is_explained(name: str) -> None:
    page = PAGES[name]
    for topic in re.findall(r"collect-[a-z-]+", page):
        assert explain(topic) == PAGES[topic] + "\n"
    assert max(map(len, page.splitlines())) <= 94


def test_a_capture_keeps_the_fragments_of_large_messages() -> None:
    assert "(ip[6:2] & 0x1fff != 0) or (ip6[6] == 44)" in PAGES["collect-capture"]
    assert {"collect-capture", "collect-tls-keys"} <= set(PAGES)


def test_a_group_lists_its_topics_in_a_terminal() -> None:
    text = listing("collect")
    assert text is not None
    assert re.findall(r"^  (\S+)", text, re.MULTILINE) == list(PAGES)
    assert {t.name for t in topics()} <= set((listing() or "").split())
    assert max(map(len, (listing() or "").splitlines())) <= 80
    assert listing("no-such-group") is None


def test_the_beginning_of_a_name_is_a_better_hint_than_a_likeness() -> None:
    assert nearest("collect-openai") == ["collect-openai-realtime"]


@pytest.mark.parametrize("case", sorted((FIXTURES / "cases").iterdir()) + sorted((FIXTURES / "platforms").iterdir()))
def test_whatever_cannot_be_told_points_to_a_page(case: Path) -> None:
    """What an option decides needs none; nothing is told twice."""
    if not case.is_dir():
        return
    for check, needs, _, _ in examine([str(case)], Options(each=case.parent.name == "platforms")).cannot_tell:
        named = re.findall(r"\(sipdiag explain (\S+)\)", needs)
        assert len(named) == (0 if "--agent" in needs else 1), (check, needs)
        assert set(named) <= set(PAGES)
        assert str(Redactor(b"k")(Text(needs))) == needs


@pytest.mark.parametrize(
    ("platform", "page"),
    [
        ("other", "collect-other"),
        ("asterisk", "collect-asterisk"),
        ("didww", "collect-other"),
        ("other, provider: twilio", "collect-twilio"),
    ],
)
def test_the_page_is_that_of_the_platform(platform: str, page: str, tmp_path: Path) -> None:
    """Or of the carrier, whose setting it is; one that is known, and has no page, is one of the others."""
    (tmp_path / "a.yaml").write_text(f"trunks: [{{platform: {platform}, name: a, address: sip.example}}]\n")
    (found,) = [n for c, n, _, _ in examine([str(tmp_path)]).cannot_tell if c == "trunk-refer-disabled"]
    assert found.endswith(f"(sipdiag explain {page})")
