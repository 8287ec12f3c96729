"""Asterisk: pjsip.conf and sip.conf become trunks, extensions.conf becomes a dialplan.

Defaults are those of the source (profiles/asterisk.yaml). Files that are included are named and never opened here:
they count once they are inputs too, and until then names that are not found prove nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.platforms.adapted import POSSIBLE, SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.asterisk_files import Whole, readable, whole
from sipdiag.platforms.asterisk_ini import PEERS, TYPES, Section
from sipdiag.platforms.document import Document, Given, first_read

if TYPE_CHECKING:
    from sipdiag.facts.config import Misread, Trunk
    from sipdiag.facts.dialplan import Dialplan

PLATFORM = "asterisk"
_PJSIP, _SIP, _DIALPLAN = "asterisk-pjsip", "asterisk-sip", "asterisk-extensions"
_ENTRIES = ("exten", "same", "include", "switch", "ignorepat")


def recognises(node: Node) -> Likeness | None:
    """By the shape of INI files, then by the types of sections, or by the entries of a dialplan."""
    found = whole(Document("", "", node), Given(())).sections if isinstance(node.value, list) else []
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
    return _read([_Root(input_id, form, whole(Document(input_id, name, node), Given(())))])[input_id]


def together(documents: Sequence[Document]) -> dict[str, Adapted]:
    """Files that include others, and files that name what others define. What is included is read where it is."""
    given = Given(readable(documents, PLATFORM))
    if len(given.documents) < 2:
        return {}
    own = {d.input: d.adapted for d in given.documents}
    read_alone = {d.input: whole(d, given) for d in given.documents if d.adapted is not None or _includes(d)}
    includes = {name: w.taken & read_alone.keys() for name, w in read_alone.items()}
    roots = []
    for name in first_read(includes):
        inside = read_alone[name]
        alone = own[name] or next((a for n in inside.taken if (a := own[n]) is not None), None)
        if alone is not None:
            roots.append(_Root(name, alone.format, inside))
    parts = {name: r.form for r in roots for name in r.whole.taken if name != r.input}
    return {**{name: Adapted(PLATFORM, form, part=True) for name, form in parts.items()}, **_read(roots)}


def _includes(document: Document) -> bool:
    members = ((e, *(e.get("entries") or ())) for e in document.node or ())
    return any("directive" in m for group in members for m in group)


@dataclass(frozen=True, slots=True)
class _Root:
    """A file that no other one includes, with all that it includes."""

    input: str
    form: str
    whole: Whole


def _read(roots: Sequence[_Root]) -> dict[str, Adapted]:
    from sipdiag.platforms.asterisk_wizard import spelled_out

    plans = [r for r in roots if r.form == _DIALPLAN]
    peers_and_endpoints = {
        r.input: [s for section in resolved(r.whole.sections) for s in spelled_out(section)]
        for r in roots
        if r.form != _DIALPLAN
    }
    found = {}
    if plans:
        from sipdiag.platforms.asterisk_dialplan import dangling, dialplan_of
        from sipdiag.platforms.asterisk_globals import constants, with_constants

        others = (s for sections in peers_and_endpoints.values() for s in sections)
        known = constants([r.whole.sections for r in plans], others)
        dialplans = [
            dialplan_of(with_constants(r.whole.sections, known), Place(r.input, 1, 1, ""), PLATFORM, r.whole.missing)
            for r in plans
        ]
        for root, dialplan in zip(plans, dialplans, strict=True):
            misread = tuple(dangling(dialplan, dialplans))
            found[root.input] = _adapted(root, dialplans=(dialplan,), misread=misread)
    pjsip = [r for r in roots if r.form == _PJSIP]
    partial = any(r.whole.missing for r in pjsip)
    for root in roots:
        own = peers_and_endpoints.get(root.input)
        if own is None:
            continue
        if root.form == _SIP:
            from sipdiag.platforms.asterisk_sip import peers

            found[root.input] = _adapted(root, trunks=tuple(peers(own)))
        else:
            from sipdiag.platforms.asterisk_pjsip import endpoints

            beside = [s for r in pjsip if r is not root for s in peers_and_endpoints[r.input]]
            found[root.input] = _adapted(root, trunks=tuple(endpoints(own, beside, partial)))
    return found


def _adapted(
    root: _Root,
    trunks: tuple[Trunk, ...] = (),
    dialplans: tuple[Dialplan, ...] = (),
    misread: tuple[Misread, ...] = (),
) -> Adapted:
    problems = tuple(f"includes {path}, which counts only if it is given too" for path in root.whole.missing[:20])
    return Adapted(PLATFORM, root.form, trunks=trunks, problems=problems, dialplans=dialplans, misread=misread)


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
