"""The HTML report in a real browser: it can be read by everyone, asks for nothing, and complains of nothing."""

from __future__ import annotations

import struct
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, sync_playwright

from sipdiag.pipeline import examine
from sipdiag.reports.html import render
from sipdiag.reports.show import Show
from tests.support import pictures
from tests.support.hostile import hostile

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"
CASES = [str(p) for p in sorted((ROOT / "fixtures" / "traces" / "cases").iterdir())[10:14]]
LOOKS: dict[str, dict[str, Any]] = {
    "light": {"color_scheme": "light", "viewport": {"width": 1200, "height": 900}},
    "dark": {"color_scheme": "dark", "viewport": {"width": 1200, "height": 900}},
    "narrow": {"color_scheme": "light", "viewport": {"width": 400, "height": 800}},
    "no script": {"java_script_enabled": False, "viewport": {"width": 1200, "height": 900}},
}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    chromium = pictures.browser()
    if chromium is None:
        pytest.skip("chromium is not installed (Debian: apt-get install chromium)")
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=chromium, args=["--no-sandbox"])
        yield launched
        launched.close()


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    folder = tmp_path_factory.mktemp("pages")
    reports = {"case": examine([str(CASE)]), "several": examine(CASES), "hostile": hostile(folder)}
    for name, report in reports.items():
        (folder / f"{name}.html").write_text(render(report, Show()), "utf-8")
    return {name: folder / f"{name}.html" for name in reports}


class Opened:
    """A page, with what it asked for and what it complained of."""

    def __init__(self, browser: Browser, file: Path, look: str) -> None:
        self.context = browser.new_context(**LOOKS[look])
        self.page: Page = self.context.new_page()
        self.requests: list[str] = []
        self.complaints: list[str] = []
        self.page.on("request", lambda r: self.requests.append(r.url))
        self.page.on("console", lambda m: self.complaints.append(m.text))
        self.page.on("pageerror", lambda e: self.complaints.append(str(e)))
        self.page.on("dialog", lambda d: self.complaints.append(d.message))
        self.page.goto(file.as_uri())


@pytest.mark.parametrize("look", LOOKS)
@pytest.mark.parametrize("name", ["case", "several", "hostile"])
def test_nothing_is_asked_for_and_nothing_is_wrong(
    browser: Browser, files: dict[str, Path], name: str, look: str
) -> None:
    opened = Opened(browser, files[name], look)
    for details in opened.page.query_selector_all("details:not([open]) > summary")[:12]:
        if details.is_visible():
            details.click()
    if look == "no script":
        assert opened.page.query_selector("button, input") is None
    else:
        found = Axe().run(opened.page)
        assert found.violations_count == 0, found.generate_report()
        assert opened.page.query_selector("button") is not None
    wide = opened.page.locator("html").evaluate("e => e.scrollWidth - e.clientWidth") if look != "no script" else 0
    assert wide <= 0
    asked = [r for r in opened.requests if not r.startswith("data:")]
    assert asked == [files[name].as_uri()]
    assert opened.complaints == []
    opened.context.close()


@pytest.mark.parametrize("look", ["light", "no script"])
def test_an_arrow_opens_its_message(browser: Browser, files: dict[str, Path], look: str) -> None:
    opened = Opened(browser, files["case"], look)
    message = opened.page.locator("#t1-m3")
    assert not message.is_visible()
    opened.page.locator('svg a[href="#t1-m3"]').click()
    message.wait_for(state="visible")
    assert message.inner_text().startswith("SIP/2.0 180 Ringing\n")
    opened.context.close()


def test_an_arrow_is_reached_by_the_keyboard(browser: Browser, files: dict[str, Path]) -> None:
    opened = Opened(browser, files["case"], "light")
    opened.page.locator('svg a[href="#t1-m1"]').focus()
    opened.page.keyboard.press("Tab")
    opened.page.keyboard.press("Enter")
    opened.page.locator("#t1-m2").wait_for(state="visible")
    opened.context.close()


def test_a_filter_leaves_the_rows_that_hold_its_words(browser: Browser, files: dict[str, Path]) -> None:
    opened = Opened(browser, files["hostile"], "light")
    box = opened.page.get_by_label("Filter transfers")
    box.fill("t14")
    rows = opened.page.locator('table[data-filter="transfers"] tbody tr')
    assert [r.inner_text().split()[0] for r in rows.all() if r.is_visible()] == ["t14"]
    opened.context.close()


def test_paper_shows_what_a_screen_hides_and_no_controls(browser: Browser, files: dict[str, Path]) -> None:
    opened = Opened(browser, files["case"], "light")
    opened.page.emulate_media(media="print")
    assert not opened.page.locator("nav").is_visible()
    assert not opened.page.locator("#ticket").is_visible()
    assert "INVITE (SDP)" in opened.page.locator("table.messages").inner_text()
    assert "Call-ID:" not in opened.page.locator("table.messages").inner_text()
    assert opened.page.locator("ul.ids").evaluate("e => e.getBoundingClientRect().height") > 20
    opened.context.close()


def test_the_picture_of_the_readme_is_drawn_from_the_case(browser: Browser, tmp_path: Path) -> None:
    assert browser.is_connected()  # else there is no Chromium
    size = struct.pack(">II", *pictures.SIZE)
    for file in (tmp_path / "report.png", pictures.PICTURE):
        if file != pictures.PICTURE:
            done = subprocess.run(
                [sys.executable, "-c", "import sys; from pathlib import Path; from tests.support.pictures import draw; draw(Path(sys.argv[1]))", str(file)],
                cwd=ROOT, check=False,
            )  # fmt: skip
            assert done.returncode == 0
        data = file.read_bytes()
        assert data.startswith(b"\x89PNG\r\n\x1a\n")
        assert data[16:24] == size
        assert len(data) > 30_000
    assert f"]({pictures.PICTURE.relative_to(ROOT)})" in (ROOT / "README.md").read_text("utf-8")
