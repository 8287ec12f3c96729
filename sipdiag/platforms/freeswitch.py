"""FreeSWITCH: sofia profiles and gateways become trunks, dialplan XML becomes a dialplan.

Defaults are those of the source (profiles/freeswitch.yaml). What `X-PRE-PROCESS` includes is named and never opened.
"""

from __future__ import annotations

from sipdiag.nodes import Node
from sipdiag.platforms.adapted import SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.xml import attribute, children, elements, tag

PLATFORM = "freeswitch"
_SOFIA, _DIALPLAN = "freeswitch-sofia", "freeswitch-dialplan"


def recognises(node: Node) -> Likeness | None:
    """By elements that only FreeSWITCH has, wherever they stand in the document."""
    seen = {tag(e) for e in elements(node)}
    if "profile" in seen and seen & {"settings", "gateways"} and "param" in seen:
        return Likeness(SURE, _SOFIA)
    if seen & {"context", "extension"} and seen & {"condition", "action", "anti-action"}:
        return Likeness(SURE, _DIALPLAN)
    return Likeness(TYPICAL, _SOFIA) if {"gateway", "param"} <= seen else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    """One document may hold profiles and contexts: a whole `freeswitch.xml` does."""
    from sipdiag.facts.dialplan import Dialplan
    from sipdiag.platforms.freeswitch_dialplan import contexts, transfer_contexts
    from sipdiag.platforms.freeswitch_sofia import gateway_trunk, profile_trunk

    found = list(elements(node))
    included = [e for e in found if tag(e) == "x-pre-process" and str(attribute(e, "cmd")).lower() == "include"]
    missing = [str(attribute(e, "data")) for e in included]
    profiles = [e for e in found if tag(e) == "profile" and any(children(e, "settings", "gateways"))]
    inside = {id(g) for p in profiles for g in elements(p) if tag(g) == "gateway"}
    alone = [e for e in found if tag(e) == "gateway" and id(e) not in inside]
    plan = tuple(contexts(node))
    why = f"what {missing[0]} holds" if missing else ""
    return Adapted(
        PLATFORM,
        form,
        trunks=(*(profile_trunk(p) for p in profiles), *(gateway_trunk(g) for g in alone)),
        problems=tuple(f"includes {path}, which counts only if it is given too" for path in missing[:20]),
        dialplans=(Dialplan(input_id, PLATFORM, node.place, plan, tuple(transfer_contexts(plan)), why),)
        if plan
        else (),
    )
