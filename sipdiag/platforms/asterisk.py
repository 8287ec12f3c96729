"""Asterisk: pjsip.conf and sip.conf become trunks, extensions.conf becomes a dialplan.

Defaults are those of the source (profiles/asterisk.yaml). Files that are included are named and never opened here:
they count once they are inputs too, and until then names that are not found prove nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, TypeAlias

from sipdiag.dataclass import dataclass
from sipdiag.nodes import Node
from sipdiag.places import Place
from sipdiag.platforms.adapted import POSSIBLE, SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.asterisk_files import Whole, included, names_files, readable, whole
from sipdiag.platforms.asterisk_ini import PEERS, TYPES, Section
from sipdiag.platforms.document import Document, Given, first_read

if TYPE_CHECKING:
    from sipdiag.facts.config import Trunk
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
    document = Document(input_id, name, node)
    return _read([_Root(input_id, form, whole(document, Given(())))], [document], ())[input_id]


def reaches(document: Document) -> Iterator[str]:
    """The files that a document includes, as it names them."""
    return names_files(document.node) if document.node is not None else iter(())


def together(documents: Sequence[Document]) -> dict[str, Adapted]:
    """Files that include others, and files that name what others define. What is included is read where it is."""
    given = Given(readable(documents, PLATFORM))
    if len(given.documents) < 2:
        return {}
    own = {d.input: d for d in given.documents}
    includes = {name: included(d, given) for name, d in own.items()}
    roots = []
    for name in first_read({n: i for n, i in includes.items() if own[n].adapted is not None or i}):
        inside = whole(own[name], given)
        alone = own[name].adapted or next((a for n in inside.taken if (a := own[n].adapted) is not None), None)
        if alone is not None:
            roots.append(_Root(name, alone.format, inside))
    parts = {name: r.form for r in roots for name in r.whole.taken if name != r.input}
    read_here = {r.input for r in roots} | parts.keys()
    unread = [s for name, d in own.items() if name not in read_here for s in whole(d, Given(())).sections]
    return {
        **{name: Adapted(PLATFORM, form, part=True) for name, form in parts.items()},
        **_read(roots, documents, unread),
    }


@dataclass(frozen=True, slots=True)
class _Root:
    """A file that no other one includes, with all that it includes."""

    input: str
    form: str
    whole: Whole


def _read(roots: Sequence[_Root], documents: Sequence[Document], unread: Sequence[Section]) -> dict[str, Adapted]:
    """The facts of each root. `documents` are all files of the case, `unread` the sections of those that are no part."""
    from sipdiag.platforms.asterisk_references import evidence, of_contexts, of_dials, of_templates

    told = evidence(documents, unread)
    lines = _lines(roots)
    dialplans = _dialplans(roots, lines)
    judged = of_contexts(list(dialplans.values()), told)
    trunks = {name: [judged(t) for t in ts] for name, ts in _trunks(lines).items()}
    endpoints = {
        s.name for r, found in lines if r.form == _PJSIP for s in found if s.last("type").lower() == "endpoint"
    }
    if any(r.whole.missing for r in roots if r.form == _PJSIP):
        endpoints = set()
    every = [t for ts in trunks.values() for t in ts]
    dials = list(of_dials(list(dialplans.values()), every, frozenset(endpoints), told))
    found = {}
    for root in roots:
        dialplan = dialplans.get(root.input)
        misread = list(of_templates(root.whole.sections, bool(root.whole.missing), told))
        if dialplan is not None:
            from sipdiag.platforms.asterisk_dialplan import dangling

            inside = {root.input, *root.whole.taken}
            misread += dangling(dialplan, list(dialplans.values())) if not told.stored else ()
            misread += [d for d in dials if d.value.where is not None and d.value.where.input in inside]
        found[root.input] = Adapted(
            PLATFORM,
            root.form,
            trunks=tuple(trunks.get(root.input, ())),
            problems=tuple(f"includes {p}, which counts only if it is given too" for p in root.whole.absent[:20]),
            dialplans=(dialplan,) if dialplan is not None else (),
            misread=tuple(misread),
        )
    return found


Lines: TypeAlias = Sequence[tuple[_Root, list[Section]]]  # peers or endpoints: all but dialplans


def _lines(roots: Sequence[_Root]) -> Lines:
    from sipdiag.platforms.asterisk_wizard import spelled_out

    return [
        (r, [s for section in resolved(r.whole.sections) for s in spelled_out(section)])
        for r in roots
        if r.form != _DIALPLAN
    ]


def _dialplans(roots: Sequence[_Root], lines: Lines) -> dict[str, Dialplan]:
    plans = [r for r in roots if r.form == _DIALPLAN]
    if not plans:
        return {}
    from sipdiag.platforms.asterisk_dialplan import dialplan_of
    from sipdiag.platforms.asterisk_globals import constants, with_constants

    known = constants([r.whole.sections for r in plans], (s for _, found in lines for s in found))
    return {
        r.input: dialplan_of(
            with_constants(r.whole.sections, known), Place(r.input, 1, 1, ""), PLATFORM, r.whole.missing
        )
        for r in plans
    }


def _trunks(lines: Lines) -> dict[str, list[Trunk]]:
    from sipdiag.platforms.asterisk_pjsip import endpoints
    from sipdiag.platforms.asterisk_sip import peers

    partial = any(r.whole.missing for r, _ in lines if r.form == _PJSIP)
    found: dict[str, list[Trunk]] = {}
    for root, own in lines:
        if root.form == _SIP:
            found[root.input] = list(peers(own))
        else:
            beside = [s for r, more in lines if r.form == _PJSIP and r is not root for s in more]
            found[root.input] = list(endpoints(own, beside, partial))
    return found


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
