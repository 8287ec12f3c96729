"""Kamailio and OpenSIPS: recognised by what every routing script has, and read by `kamailio_proxy`."""

from __future__ import annotations

from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.platforms.adapted import SURE, Adapted, Likeness

PLATFORM = "kamailio"
_FORM = "kamailio-script"
_ROUTE = pattern(r"\s*(?:request_)?route\s*(?:\[[^\]]{1,100}\])?\s*\{")
_MODULE = pattern(r"\s*loadmodule\s+[\"'\w]")


def recognises(node: Node) -> Likeness | None:
    """By route blocks, or by modules that are loaded."""
    if not isinstance(node.value, list):
        return None
    lines = [e.text for e in node if e.text is not None]
    if len(lines) != len(node.value):
        return None
    shown = any(_ROUTE.match(line) or _MODULE.match(line) for line in lines)
    return Likeness(SURE, _FORM) if shown else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    from sipdiag.platforms.kamailio_proxy import proxy  # the reader of scripts is large, and few need it

    return proxy(node, name, form)
