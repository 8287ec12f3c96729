"""SARIF's rules: the checks that spoke, each with its manual page and where to read on."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from sipdiag.checking.check import Check
from sipdiag.reports.notices import TITLES, Notice
from sipdiag.stages import Severity

LEVELS = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.INFO: "note"}
MOST_TAGS = 10
_REFER = "https://www.rfc-editor.org/rfc/rfc3515"  # what all checks have to do with
_RFC = re.compile(r"RFC (\d+)(?: ([\d.]+))?")


def rules(notices: Sequence[Notice]) -> list[dict[str, Any]]:
    """One for each id, in the order of the ids."""
    checks: dict[str, list[Check]] = {}
    for notice in notices:
        known = checks.setdefault(notice.rule, [])
        if notice.reported is not None and notice.reported.found.check not in known:
            known.append(notice.reported.found.check)
    return [_of_checks(name, group) if group else _of_outcome(name) for name, group in sorted(checks.items())]


def _of_checks(name: str, group: Sequence[Check]) -> dict[str, Any]:
    first = group[0]
    text = "\n\n".join(c.doc for c in group)
    refs = list(dict.fromkeys(r for c in group for r in c.refs))
    owner = [first.owner.value] if first.owner is not None else []
    tags = list(dict.fromkeys(("sip", "call-transfer", first.family, first.stage.slug, *owner)))[:MOST_TAGS]
    return {
        "id": name,
        "shortDescription": {"text": first.title},
        "fullDescription": {"text": first.title},
        "help": {"text": text, "markdown": _markdown(text, refs, name)},
        "helpUri": help_uri(refs),
        "defaultConfiguration": {"level": LEVELS[first.severity]},
        "properties": {"tags": tags},
    }


def _of_outcome(name: str) -> dict[str, Any]:
    title = TITLES[name]
    return {
        "id": name,
        "shortDescription": {"text": title},
        "fullDescription": {"text": title},
        "help": {"text": title, "markdown": title},
        "helpUri": _REFER,
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["sip", "call-transfer"]},
    }


def _markdown(text: str, refs: Sequence[str], name: str) -> str:
    see = [f"- [{r}]({help_uri([r])})" if _RFC.fullmatch(r) else f"- <{r}>" if _is_uri(r) else f"- {r}" for r in refs]
    head, _, rest = text.partition("\n")
    fence = "````" if "```" in rest else "```"
    body = [f"{fence}text", rest.strip(), fence, ""] if rest.strip() else []
    return "\n".join([head, "", *body, *see, "", f"`sipdiag explain {name}`"])


def help_uri(refs: Sequence[str]) -> str:
    """The first reference that can be opened.

    >>> help_uri(["ITU-T E.164", "RFC 3261 19.1.1"])
    'https://www.rfc-editor.org/rfc/rfc3261#section-19.1.1'
    """
    for ref in refs:
        if (rfc := _RFC.match(ref)) is not None:
            return f"https://www.rfc-editor.org/rfc/rfc{rfc[1]}" + (f"#section-{rfc[2]}" if rfc[2] else "")
        if _is_uri(ref):
            return ref
    return _REFER


def _is_uri(ref: str) -> bool:
    return ref.startswith("https://") and not re.search(r"[\s<>]", ref)
