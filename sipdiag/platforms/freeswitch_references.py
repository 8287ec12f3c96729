"""Names that FreeSWITCH's configuration uses and that are nowhere.

A document that says of itself that it is the switch's configuration, with profiles and dialplan in it and no include left,
holds the whole, unless another module hands further parts in while the switch runs. In any other document a name that
is not found may stand in a file that was not given; where it comes near to a known one that is told.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

from sipdiag.facts.config import Misread, Trunk
from sipdiag.facts.dialplan import Dialplan, Extension
from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.places import Read
from sipdiag.platforms.evident import misspelt
from sipdiag.platforms.freeswitch_preprocess import INCLUDE, PARTLY, directives, is_root
from sipdiag.platforms.reading import is_literal
from sipdiag.platforms.xml import attribute, children, elements, tag
from sipdiag.values import Text

_CAUSE = "config-reference-dangling"
_GATEWAY = pattern(r"sofia/gateway/(?:[^/:\s]{1,100}::)?([^/\s]{1,100})/")
_WAYS = re.compile(r":_:|[|,]")
_VARIABLES = pattern(r"\{[^}]{0,1000}\}|\[[^\]]{0,1000}\]|<[^>]{0,1000}>")
# Parameters by which a module hands in parts while the switch runs (github.com/signalwire/freeswitch, mod_lua.cpp,
# mod_perl.c, mod_xml_curl.c, read 2026-11-27).
_HANDED_IN = ("xml-handler-script", "gateway-url", "xml-handler-bindings")


def is_whole(node: Node) -> bool:
    """Whether a document is the whole configuration of a switch."""
    if not is_root(node):
        return False
    sections = {str(attribute(s, "name")).lower() for s in children(node, "section")}
    handed_in = any(tag(e) == "param" and str(attribute(e, "name")) in _HANDED_IN for e in elements(node))
    return {"configuration", "dialplan"} <= sections and not handed_in and not any(directives(node, INCLUDE, PARTLY))


def of_forced_contexts(plan: Dialplan, known: frozenset[str], whole: bool) -> Iterator[Misread]:
    """Contexts for transfers that an action chooses and that are nowhere."""
    for chosen in plan.transfer_contexts:
        yield from _missing(chosen, known, whole, "a context of the dialplan")


def of_gateways(plan: Dialplan, known: frozenset[str], whole: bool) -> Iterator[Misread]:
    """Gateways that are nowhere and to which an extension bridges a call, where it has no other way."""
    for extension in (e for c in plan.contexts for e in c.extensions) if known or whole else ():
        bridged = list(_bridged(extension))
        unknown = [w for w in bridged if w is not None and str(w) not in known]
        if unknown and len(unknown) == len(bridged):
            yield from _missing(unknown[0], known, whole, "a gateway that is there")


def of_profile(trunk: Trunk, known: frozenset[str], whole: bool) -> Trunk:
    """A profile whose calls are looked up in a context that the whole configuration has not: none of them is answered."""
    said, plan = trunk.option("context"), trunk.option("dialplan")
    if not whole or said is None or (plan is not None and str(plan.value).strip().upper() != "XML"):
        return trunk
    return replace(trunk, misread=(*trunk.misread, *_missing(said.value, known, whole, "a context of the dialplan")))


def _missing(value: Read[Text], known: frozenset[str], whole: bool, wanted: str) -> Iterable[Misread]:
    name = str(value).strip()
    if name in known or not is_literal(name) or "$" in name or not (whole or misspelt(name, known)):
        return ()
    return (Misread(_CAUSE, value.setting, Read(Text(name), value.where, value.setting), wanted, certain=whole),)


def _bridged(extension: Extension) -> Iterator[Read[Text] | None]:
    """The gateways of each way that an extension bridges a call; None for a way that is none, or only known in a call."""
    for step in extension.steps:
        if step.application.lower() != "bridge":
            continue
        for way in _WAYS.split(_VARIABLES.sub("", step.data)):
            found = _GATEWAY.match(way.strip())
            yield Read(Text(found[1]), step.where, "bridge") if found and "$" not in found[1] else None


def gateways(trunks: Sequence[Trunk]) -> frozenset[str]:
    """The names of gateways: those of profiles, and those that stand alone."""
    return frozenset(str(e.name) for t in trunks for e in t.each if e.name and e.leg.setting == "gateway")
