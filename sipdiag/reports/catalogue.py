"""The catalogue of checks and of platform profiles, as tables and as JSON."""

from __future__ import annotations

import json

from sipdiag.checking.discover import built_in, catalogue
from sipdiag.platforms.profiles import profiles


def checks_as_text() -> str:
    families = {k.id: k.family for k in built_in()}
    lines: list[str] = []
    last = ""
    for name, (check, *_) in sorted(catalogue().items(), key=lambda kv: (families[kv[0]], kv[0])):
        if families[name] != last:
            last = families[name]
            lines.append(f"\n{last}" if lines else last)
        owner = check.owner.value if check.owner is not None else "-"
        lines.append(f"  {name:42} {check.stage.slug:14} {check.severity.slug:7} {owner}")
    return "\n".join([*lines, ""])


def checks_as_json() -> str:
    families = {k.id: k.family for k in built_in()}
    rows = [
        {
            "id": name,
            "family": families[name],
            "title": check.title,
            "stage": check.stage.slug,
            "severity": check.severity.slug,
            "owner": check.owner.value if check.owner is not None else None,
            "beats": sorted({b for c in (check, *others) for b in c.beats}),
            "refuted_by": "; ".join(dict.fromkeys(c.refuted_by for c in (check, *others) if c.refuted_by)),
            "refs": list(dict.fromkeys(r for c in (check, *others) for r in c.refs)),
        }
        for name, (check, *others) in sorted(catalogue().items())
    ]
    return json.dumps(rows, indent=2) + "\n"


def profiles_as_text() -> str:
    lines = []
    for slug, profile in sorted(profiles().items()):
        lines.append(f"{slug}  {profile.name}  ({', '.join(profile.roles)})")
        for s in profile.statements:
            value = ", ".join(map(str, s.value)) if isinstance(s.value, tuple) else str(s.value)
            lines.append(f"  {s.key} = {value}   {s.confidence}, {s.date}, {s.source}")
        lines.append("")
    return "\n".join(lines)


def profiles_as_json() -> str:
    rows = {
        slug: {
            "name": p.name,
            "roles": list(p.roles),
            "hosts": list(p.hosts),
            "statements": [
                {
                    "key": s.key,
                    "value": list(s.value) if isinstance(s.value, tuple) else s.value,
                    "source": s.source,
                    "date": s.date,
                    "confidence": s.confidence,
                    "words": s.words,
                }
                for s in p.statements
            ],
        }
        for slug, p in sorted(profiles().items())
    }
    return json.dumps(rows, indent=2, ensure_ascii=False) + "\n"


def checks_as_markdown() -> str:
    """The manual pages of all checks by family: the text of docs/checks.md."""
    lines = [
        "# Checks",
        "",
        "Generated from the checks themselves (`sipdiag checks --markdown`); a test compares.",
    ]
    last = ""
    families = {k.id: k.family for k in built_in()}
    for name, group in sorted(catalogue().items(), key=lambda kv: (families[kv[0]], kv[0])):
        if families[name] != last:
            last = families[name]
            lines += ["", f"## {last}"]
        check = group[0]
        owner = check.owner.value if check.owner is not None else "varies"
        lines += ["", f"### {name}", "", f"Stage {check.stage.slug}, {check.severity.slug}, usually for: {owner}.", ""]
        for each in group:
            lines += ["```text", each.doc, "```"]
            if each.refuted_by:
                lines.append(f"Disproved by: {each.refuted_by}.")
        beats = sorted({b for c in group for b in c.beats})
        if beats:
            lines += ["", f"Explains away: {', '.join(beats)}."]
        refs = list(dict.fromkeys(r for c in group for r in c.refs))
        if refs:
            lines += ["", f"See: {'; '.join(refs)}."]
    return "\n".join(lines) + "\n"
