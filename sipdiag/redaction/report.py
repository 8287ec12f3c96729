"""Our own JSON report: its structure and its own words stay, what it says of the inputs is redacted value by value."""

from __future__ import annotations

import json
import re
from typing import Any

from sipdiag.redaction.text import Care, TextRedactor

# Members that hold ids of the report itself, of checks and of stages, and words of the contract.
_OWN = frozenset(
    [
        "id",
        "case",
        "input",
        "call",
        "target_call",
        "subjects",
        "check",
        "cause",
        "severity",
        "stage",
        "stages",
        "answer",
        "owner",
        "outcome",
        "method",
        "kind",
        "format",
        "by",
        "asked_for_in",
        "evidence",
        "origin",
        "fingerprint",
        "redaction",
        "state",
        "transport",
        "direction",
        "when",
        "side",
        "codecs",
        "tool",
    ]
)
_IDS = frozenset({"call_ids"})
_SLUG = re.compile(r"[A-Za-z0-9][\w.+/ -]{0,79}")


def is_report(text: str) -> bool:
    """Whether a text is a report in JSON, by its first members."""
    return re.match(r'\s*\{\s*"version":\s*\d+,\s*"tool":\s*\{\s*"name":\s*"sipdiag"', text) is not None


def redact_report(redactor: TextRedactor, text: str) -> str | None:
    """The report with the same members in the same order; None where it is none after all."""
    try:
        report = json.loads(text)
    except (ValueError, RecursionError):
        return None
    if not is_report(text) or not isinstance(report, dict):
        return None
    strict = redactor.pseudonyms.shift != 0
    done = _value(redactor, "", report)
    for item in done.get("inputs") or ():
        if isinstance(item, dict):
            item["sha256"] = ""  # it would prove to whoever has the original that it is the one
    if done.get("redaction") != "strict":
        done["redaction"] = "strict" if strict else "on"
    if strict and isinstance(done.get("clock"), dict):
        done["clock"] = dict.fromkeys(done["clock"])
    return json.dumps(done, indent=2, ensure_ascii=False) + "\n"


def _value(redactor: TextRedactor, name: str, value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _value(redactor, key, v) for key, v in value.items()}
    if isinstance(value, list):
        return [_value(redactor, name, v) for v in value]
    if name == "port" and isinstance(value, int):
        return redactor.pseudonyms.port(value)
    if not isinstance(value, str):
        return value
    if name == "path":
        value = re.split(r"[/\\]", value)[-1]  # folders tell whose they are
    if name in _OWN and _SLUG.fullmatch(value):
        return value
    return redactor.text(value, Care.TOKEN if name in _IDS else Care.TEXT)
