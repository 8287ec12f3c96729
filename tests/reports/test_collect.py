"""How to get an input is said for every platform, and what it names exists."""

from __future__ import annotations

import re

import pytest

from sipdiag.platforms import platforms
from sipdiag.reports.explain import collect_topics, explain, listing, nearest, topics

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
