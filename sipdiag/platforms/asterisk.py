"""Asterisk: pjsip.conf and sip.conf become trunks, extensions.conf becomes a dialplan.

Defaults are those of the source (profiles/asterisk.yaml). Files that are included are named and never opened here:
they count once they are given as inputs of their own, and until then names that are not found prove nothing.
"""

from __future__ import annotations

from sipdiag.nodes import Node
from sipdiag.platforms.adapted import POSSIBLE, SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.asterisk_ini import PEERS, TYPES, Section, includes, sections

PLATFORM = "asterisk"
_PJSIP, _SIP, _DIALPLAN = "asterisk-pjsip", "asterisk-sip", "asterisk-extensions"
_ENTRIES = ("exten", "same", "include", "switch", "ignorepat")


def recognises(node: Node) -> Likeness | None:
    """By the shape of INI files, then by the types of sections, or by the entries of a dialplan."""
    found = sections(node)
    if not found:
        return None
    types = {s.last("type").lower() for s in found}
    if "endpoint" in types or len(types & TYPES) > 1:
        return Likeness(SURE, _PJSIP)
    if any(e.key.lower() in ("exten", "same") and e.operator in ("=>", "=") for s in found for e in s.entries):
        return Likeness(SURE, _DIALPLAN)
    if types & PEERS:
        return Likeness(TYPICAL, _SIP)
    if types & TYPES:
        return Likeness(TYPICAL, _PJSIP)
    if any(e.key.lower() in _ENTRIES and e.operator == "=>" for s in found for e in s.entries):
        return Likeness(POSSIBLE, _DIALPLAN)
    return None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    found = sections(node)
    missing = includes(node)
    problems = [f"includes {path}, which counts only if it is given too" for path in missing[:20]]
    if form == _DIALPLAN:
        from sipdiag.platforms.asterisk_dialplan import dangling, dialplan_of

        dialplan = dialplan_of(found, node.place, PLATFORM, missing)
        misread = tuple(dangling(dialplan))
        return Adapted(PLATFORM, form, problems=tuple(problems), dialplans=(dialplan,), misread=misread)
    from sipdiag.platforms.asterisk_pjsip import endpoints
    from sipdiag.platforms.asterisk_sip import peers
    from sipdiag.platforms.asterisk_wizard import spelled_out

    whole = [s for section in resolved(found) for s in spelled_out(section)]
    trunks = peers(whole) if form == _SIP else endpoints(whole, bool(missing))
    return Adapted(PLATFORM, form, trunks=tuple(trunks), problems=tuple(problems))


def resolved(found: list[Section]) -> list[Section]:
    """The sections that stand for something, each with what it inherits from its templates in front of its own."""
    named: dict[str, Section] = {}
    result = []
    for section in found:
        inherited = [e for base in section.inherits if base in named for e in named[base].entries]
        whole = section.with_entries([*inherited, *section.entries])
        if section.adds and section.name in named:
            named[section.name].entries.extend(section.entries)
            continue
        named[section.name] = whole
        if not section.template:
            result.append(whole)
    return result
