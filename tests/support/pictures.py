"""`python -m tests.support.pictures`: draw docs/report.png, the picture of the HTML report in the README.

It shows what a customer attaches: the report of a case in fixtures, as Debian's Chromium draws it.
"""

from __future__ import annotations

import shutil
import sys
import tempfile
from pathlib import Path

from playwright.sync_api import sync_playwright

from sipdiag.pipeline import examine
from sipdiag.reports.html import render
from sipdiag.reports.show import Show

ROOT = Path(__file__).parents[2]
CASE = ROOT / "fixtures" / "cases" / "rule-left-at-conference"
PICTURE = ROOT / "docs" / "report.png"
SIZE = (1180, 1330)  # pixels; the verdict and the ladder


def browser() -> str | None:
    """Where Chromium is, if it is installed."""
    return shutil.which("chromium") or shutil.which("google-chrome")


def draw(file: Path) -> None:
    """Draw the picture. Only identities of documentation ranges are in the case, so nothing has to be redacted."""
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        page_file = Path(folder) / "report.html"
        page_file.write_text(render(examine([str(CASE)]), Show()), "utf-8")
        chromium = playwright.chromium.launch(executable_path=browser(), args=["--no-sandbox"])
        page = chromium.new_page(viewport={"width": SIZE[0], "height": SIZE[1]}, color_scheme="light")
        page.goto(page_file.as_uri())
        page.screenshot(path=file)
        chromium.close()


if __name__ == "__main__":
    if browser() is None:
        sys.exit("chromium is not installed (Debian: apt-get install chromium)")
    draw(PICTURE)
