"""Whole traces in the forms in which people paste them, and the verdict of each of their transfers.

A new one is a new folder `fixtures/verdicts/<story>/` and beside it `<story>.verdict`, a line for each transfer (outcome,
cause or `none`, owner or `none`; further words are candidates): no code.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app

STORIES = sorted(f for f in (Path(__file__).parents[1] / "fixtures" / "verdicts").iterdir() if f.is_dir())


@pytest.mark.parametrize("story", STORIES, ids=lambda f: f.name)
def test_a_trace_gets_the_verdict_beside_it(story: Path) -> None:
    done = CliRunner().invoke(app, ["diagnose", str(story), "--format", "json", "--redact", "off"])
    report = json.loads(done.stdout)
    told = [
        " ".join([t["outcome"], t["cause"] or "none", t["owner"] or "none", *(c["cause"] for c in t["candidates"])])
        for t in report["transfers"]
    ]
    assert told == story.with_suffix(".verdict").read_text("utf-8").splitlines()
    assert done.exit_code == report["summary"]["exit_code"]
