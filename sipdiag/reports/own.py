"""What a format says whatever was read, so that nobody takes it for something that redaction left."""

from __future__ import annotations

import json
from pathlib import Path


def own_words(form: str, text: str) -> str:
    """The words of a report in HTML that are those of its page, and what SARIF tells of its rules.

    All other formats hold words of our sentences only, which redaction knows.
    """
    if form == "html":
        files = Path(__file__).with_name("html").iterdir()
        return "\n".join(f.read_text("utf-8") for f in files if f.name.endswith((".html", ".css", ".js")))
    if form == "sarif":
        return json.dumps([run["tool"]["driver"]["rules"] for run in json.loads(text)["runs"]], ensure_ascii=False)
    return ""
