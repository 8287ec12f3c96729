"""FreeSWITCH: sofia profiles and gateways become trunks, dialplan XML becomes a dialplan.

Defaults are those of the source (profiles/freeswitch.yaml). What `X-PRE-PROCESS` includes is named and never opened: it
counts once it is an input too.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import islice

from sipdiag.nodes import Node
from sipdiag.platforms.adapted import SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.document import EVERYWHERE, Document, Given, first_read
from sipdiag.platforms.xml import attribute, children, elements, tag

PLATFORM = "freeswitch"
_SOFIA, _DIALPLAN = "freeswitch-sofia", "freeswitch-dialplan"
_VARIABLES, _PART = "freeswitch-variables", "freeswitch-part"


def recognises(node: Node) -> Likeness | None:
    """By elements that only FreeSWITCH has, wherever they stand in the document."""
    seen = {tag(e) for e in elements(node)}
    if "profile" in seen and seen & {"settings", "gateways"} and "param" in seen:
        return Likeness(SURE, _SOFIA)
    if seen & {"context", "extension"} and seen & {"condition", "action", "anti-action"}:
        return Likeness(SURE, _DIALPLAN)
    if {"gateway", "param"} <= seen:
        return Likeness(TYPICAL, _SOFIA)
    if "x-pre-process" not in seen:
        return None
    from sipdiag.platforms.freeswitch_preprocess import INCLUDE, SETTING, directives, is_root

    if seen & {"profiles", "context"} and any(directives(node, INCLUDE)):
        return Likeness(TYPICAL, _DIALPLAN if "context" in seen else _SOFIA)
    return Likeness(TYPICAL, _VARIABLES) if any(directives(node, *SETTING)) or is_root(node) else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    """One document may hold profiles and contexts: a whole `freeswitch.xml` does."""
    from sipdiag.platforms.freeswitch_preprocess import SETTING, directives, processed, values

    document = Document(input_id, name, node)
    sets = any(directives(node, *SETTING))
    seen = processed(document, Given([document]), values([node])) or node
    return _referring({input_id: seen}, {input_id: _adapted(seen, input_id, form, sets)})[input_id]


def reaches(document: Document) -> Iterator[str]:
    """The files that a document includes, as it names them; with variables that it sets, all below its folder."""
    from sipdiag.platforms.freeswitch_preprocess import SETTING, directives, names_files, spelled, values

    if document.node is not None:
        known = values([document.node])
        yield from (spelled(name, known) for name in names_files(document.node))
        yield from (EVERYWHERE for _ in islice(directives(document.node, *SETTING), 1))


def together(documents: Sequence[Document]) -> dict[str, Adapted]:
    """Documents that set variables for others, and those that others include: these are read where they are included.

    What no module knows alone may be included too: a file of nothing but parameters.
    """
    from sipdiag.platforms.freeswitch_preprocess import included, processed, values

    own = [d for d in documents if d.adapted is not None and d.adapted.platform == PLATFORM and d.node is not None]
    parts = [d for d in documents if d.adapted is None and d.node is not None and tag(d.node) == "include"]
    if not own or len(own) + len(parts) < 2:
        return {}
    known = values([d.node for d in own if d.node is not None])
    given = Given([*own, *parts])
    roots = set(first_read(included(given, known)))
    nodes: dict[str, Node] = {}
    found: dict[str, Adapted] = {}
    for document in given.documents:
        alone = document.adapted
        if document.input not in roots:
            found[document.input] = Adapted(PLATFORM, alone.format if alone is not None else _PART, part=True)
        elif alone is not None and document.node is not None:
            node = nodes[document.input] = processed(document, given, known) or document.node
            found[document.input] = _adapted(node, document.input, alone.format, alone.part)
    return {**found, **_referring(nodes, found)}


def _referring(nodes: Mapping[str, Node], found: Mapping[str, Adapted]) -> dict[str, Adapted]:
    """The same facts with the names in them that are nowhere."""
    from sipdiag.platforms.freeswitch_references import (
        gateways,
        is_whole,
        of_forced_contexts,
        of_gateways,
        of_profile,
    )

    contexts = frozenset(str(c.name) for a in found.values() for d in a.dialplans for c in d.contexts)
    known = gateways([t for a in found.values() for t in a.trunks])
    judged = {}
    for name, node in nodes.items():
        whole, adapted = is_whole(node), found[name]
        odd = [
            m
            for d in adapted.dialplans
            for m in (*of_forced_contexts(d, contexts, whole), *of_gateways(d, known, whole))
        ]
        trunks = tuple(of_profile(t, contexts, whole) for t in adapted.trunks)
        judged[name] = replace(adapted, trunks=trunks, misread=(*adapted.misread, *odd))
    return judged


def _adapted(node: Node, input_id: str, form: str, part: bool) -> Adapted:
    from sipdiag.facts.dialplan import Dialplan
    from sipdiag.platforms.freeswitch_dialplan import contexts, transfer_contexts
    from sipdiag.platforms.freeswitch_preprocess import INCLUDE, PARTLY, directives, names_files, open_variables
    from sipdiag.platforms.freeswitch_sofia import gateway_trunk, profile_trunk

    found = list(elements(node))
    missing = [str(attribute(e, "data")) for e in directives(node, INCLUDE, PARTLY)]
    profiles = [e for e in found if tag(e) == "profile" and any(children(e, "settings", "gateways"))]
    inside = {id(g) for p in profiles for g in elements(p) if tag(g) == "gateway"}
    alone = [e for e in found if tag(e) == "gateway" and id(e) not in inside]
    plan = tuple(contexts(node))
    why = f"what {missing[0]} holds" if missing else ""
    absent = list(islice(names_files(node), 20))
    problems = [f"includes {path}, which counts only if it is given too" for path in absent]
    unset = [f"$${{{name}}}" for name in open_variables(node)]
    if unset:
        listed = ", ".join(unset[:5]) + (" …" if len(unset) > 5 else "")
        problems.append(
            f"uses {listed}, whose value no file named together with it settles: what depends on that is not judged "
            "(vars.xml would tell)"
        )
    return Adapted(
        PLATFORM,
        form,
        trunks=(*(profile_trunk(p) for p in profiles), *(gateway_trunk(g) for g in alone)),
        problems=tuple(problems),
        dialplans=(Dialplan(input_id, PLATFORM, node.place, plan, tuple(transfer_contexts(plan)), why),)
        if plan
        else (),
        part=part,
    )
