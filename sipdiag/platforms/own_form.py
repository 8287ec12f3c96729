"""sipdiag's own form, for systems without a module of their own. JSON Schema: sipdiag/schemas/own-form.json.

    agent: {platform: other, trunk: carrier-a, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
    trunks: [{name: carrier-a, address: sip.example, transport: tls, refer: allow, allow_from: [], credentials: true}]
    call: {agent: reception, leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, error: "…"}]}

`agents` and `calls` hold several. `platform` may be a profile's slug; what is documented of that system then holds.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sipdiag.facts.config import Agent, Misread, TransferRule, Trunk
from sipdiag.facts.edit import chosen
from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.places import Read
from sipdiag.platforms.adapted import POSSIBLE, SURE, Adapted, Likeness
from sipdiag.platforms.claims import refuses_request, status_of
from sipdiag.platforms.parts import (
    headers_of_list,
    headers_of_mapping,
    host_and_port,
    kind_of,
    nearest_word,
    no_networks,
    no_port,
    options,
    uri_transport,
)
from sipdiag.platforms.reading import flag, integer, is_literal, lower, mappings, seconds, some, text, texts, word
from sipdiag.values import Text, Word

PLATFORM = "other"
METHODS = {
    "sip_refer": "refer",
    "refer": "refer",
    "blind-refer": "refer",
    "blind_refer": "refer",
    "attended": "attended-refer",
    "attended-refer": "attended-refer",
    "attended_refer": "attended-refer",
    "conference": "conference",
    "blind": "blind",
    "dial": "dial",
    "invite": "dial",
    "bridge": "bridge",
    "reinvite": "reinvite",
    "bye": "bye",
}
_RULE_KEYS = ("name", "type", "to", "when", "headers", "id", "trunk")
_CALLABLE = pattern(r"\s*(?:(?:sips?|tel):|\+\s*\d|[\d ()-]{7,}\s*$)", re.IGNORECASE)
_TRUNK_KEYS = frozenset(("address", "transport", "refer", "allow_from", "credentials", "leg", "number", "methods"))


def recognises(node: Node) -> Likeness | None:
    """Agents, rules and trunks are words of many trades: something has to speak of calls."""
    agents = list(_agents(node))
    rules = [r for a in agents for r in mappings(a.get("rules"))]
    trunks = any("name" in t and _TRUNK_KEYS & {k for k, _ in t.items()} for t in mappings(node.get("trunks")))
    if trunks or (any("rules" in a for a in agents) and (_of_known_platform(agents) or any(map(_is_rule, rules)))):
        return Likeness(SURE, "sipdiag")
    if any("name" in a and _says_none(a.get("rules")) for a in agents):
        return Likeness(POSSIBLE, "sipdiag")
    calls = [c for k in ("call", "calls") for c in mappings(node.get(k))]
    if any("transfers" in c or "said" in c for c in calls) and "type" not in node:
        return Likeness(POSSIBLE, "sipdiag")
    return Likeness(POSSIBLE, "sipdiag") if any(_is_rule(r) for r in mappings(node.get("rules"))) else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    trunks = tuple(_trunk(t, i) for i, t in enumerate(mappings(node.get("trunks"))))
    names = frozenset(n for t in trunks for n in (t.id, str(t.name)))
    agents = tuple(_agent(a, i, names) for i, a in enumerate(_agents(node)))
    loose = tuple(_rule(r, None, PLATFORM, None) for r in mappings(node.get("rules")))
    return Adapted(
        platform=agents[0].platform if agents else PLATFORM,
        format=form,
        agents=agents,
        rules=tuple(r for a in agents for r in a.rules) + loose,
        trunks=trunks,
        records=tuple(_record(c) for k in ("call", "calls") for c in mappings(node.get(k))),
    )


def _agents(node: Node) -> Iterator[Node]:
    for key in ("agent", "agents"):
        yield from mappings(node.get(key))


def _says_none(rules: Node | None) -> bool:
    """An empty list: an agent without any rule."""
    return rules is not None and rules.value == []


def _is_rule(node: Node) -> bool:
    """A rule that names a way to transfer a call, or a destination that can be called."""
    if "to" not in node and ("type" not in node or "name" not in node):
        return False
    return lower(text(node, "type")) in METHODS or _CALLABLE.match(str(text(node, "to").value or "")) is not None


def _of_known_platform(agents: Iterable[Node]) -> bool:
    from sipdiag.platforms.profiles import profiles

    named = {lower(word(a, "platform")) for a in agents if "platform" in a}
    return PLATFORM in named or not named.isdisjoint(profiles())


def _agent(node: Node, index: int, known: frozenset[str]) -> Agent:
    platform = lower(word(node, "platform")) or PLATFORM
    name = text(node, "name")
    identity = text(node, "id").value or name.value or f"agent {index + 1}"
    trunks = texts(some(node, "trunk")) + texts(some(node, "trunks"))
    first = str(trunks[0]) if trunks else None
    rules = tuple(_rule(r, identity, platform, first) for r in mappings(some(node, "rules")))
    listed = node.get("rules")
    return Agent(
        id=identity,
        platform=platform,
        where=node.place,
        name=name,
        rules=rules,
        numbers=tuple(str(t) for t in trunks),
        complete=flag(node, "complete").value is not False,
        tool_missing_at=None if rules else (listed.place if listed is not None else node.place),
        options=options(node, "id", "name", "platform", "trunk", "trunks", "rules", "complete"),
        misread=tuple(_dangling(t, known) for t in trunks if known and str(t) not in known and is_literal(t.value)),
    )


def _dangling(trunk: Read[Text], known: frozenset[str]) -> Misread:
    """A document that lists trunks and does not list this one."""
    return Misread("config-reference-dangling", "trunk", trunk, "one of " + ", ".join(sorted(known)[:10]))


def _rule(node: Node, agent: str | None, platform: str, trunk: str | None) -> TransferRule:
    written = text(node, "type")
    literal_type = is_literal(written.value)
    known = METHODS.get(lower(written), lower(written)) if literal_type else None
    destination = text(node, "to")
    kind, literal = kind_of(destination.value)
    given = some(node, "headers")
    is_mapping = given is not None and isinstance(given.value, dict)
    return TransferRule(
        id=text(node, "id").value or node.place.pointer or "rule",
        platform=platform,
        where=node.place,
        method=Read(None if known is None else Word(known), written.where, written.setting),
        default_method=None if written else _documented_default(platform),
        destination=destination,
        destination_kind=lower(word(node, "kind")) or kind,
        literal=literal,
        name=text(node, "name"),
        condition=text(node, "when"),
        headers=headers_of_mapping(given) if is_mapping else headers_of_list(given),
        options=options(node, *_RULE_KEYS, "kind"),
        agent=agent,
        trunk=text(node, "trunk").value or trunk,
        written=written,
        misread=_unknown_word("transfer-option-unknown", written, (*METHODS, *_words_of(platform))),
        as_refer=chosen(written, str(written), "sip_refer") if literal_type or not written else None,
    )


def _words_of(platform: str) -> tuple[str, ...]:
    """The words by which a platform itself calls its methods."""
    from sipdiag.platforms.profiles import profile

    known = profile(platform) if platform != PLATFORM else None
    return tuple(dict.fromkeys(s.key.split(".")[1].lower() for s in known.under("methods"))) if known else ()


def _documented_default(platform: str) -> str | None:
    if platform == PLATFORM:
        return None
    from sipdiag.platforms.profiles import profile

    known = profile(platform)
    said = known.says("methods.default") if known is not None else None
    return str(said.value) if said is not None and said.certain else None


def _unknown_word(cause: str, value: Read[Text], known: tuple[str, ...]) -> tuple[Misread, ...]:
    if not value or lower(value) in known or not is_literal(value.value):
        return ()
    edit = nearest_word(value, known)
    return (Misread(cause, value.setting, value, "one of " + ", ".join(known), edit=edit),)


def _trunk(node: Node, index: int) -> Trunk:
    address, refer = text(node, "address"), word(node, "refer")
    host, port = host_and_port(str(address))
    given = texts(some(node, "transport")) or texts(some(node, "transports"))
    transports = tuple(Read(Word(lower(t)), t.where, "transport") for t in given if lower(t) != "auto")
    implied = uri_transport(str(address))
    if not transports and implied:
        transports = (Read(Word(implied), address.where, "address"),)
    written_port = integer(node, "port")
    methods = some(node, "methods")
    listed = tuple(m.strip().upper() for t in texts(methods) for m in str(t).split(",") if m.strip())
    numbers = texts(some(node, "numbers"))
    leg = word(node, "leg")
    names = some(node, "peer_names")
    return Trunk(
        id=text(node, "name").value or text(node, "number").value or f"trunk {index + 1}",
        platform=lower(word(node, "platform")) or PLATFORM,
        where=node.place,
        name=text(node, "name"),
        leg=leg or (Read(Word("sip"), node.place, "leg") if host else leg),
        number=text(node, "number"),
        address=address,
        port=written_port or Read(port, address.where, "address"),
        transports=transports,
        refer=refer if refer.value in ("allow", "deny") else Read(None, refer.where, refer.setting),
        allow_from=texts(some(node, "allow_from")),
        allowed_methods=Read(listed or None, methods.place, "methods") if methods is not None else Read(),
        credentials=flag(node, "credentials"),
        media_encryption=word(node, "media_encryption"),
        agent=text(node, "agent"),
        provider=text(node, "provider").value,
        direction=lower(word(node, "direction")) or "both",
        options=options(node, "name", "address", "transport", "refer", "allow_from", "credentials", "headers"),
        enabled=flag(node, "enabled"),
        peer_names=Read(tuple(map(str, texts(names))) or None, names.place, "peer_names") if names else Read(),
        numbers=numbers,
        stores_messages=flag(node, "store_messages"),
        misread=(
            *_unknown_word("config-value-invalid", text(node, "refer"), ("allow", "deny", "unknown")),
            *no_port(text(node, "port")),
            *no_networks(texts(some(node, "allow_from"))),
        ),
    )


def _record(node: Node) -> CallRecord:
    calls = tuple(_tool_call(t) for t in mappings(node.get("transfers")))
    results = [c.succeeded for c in calls if c.succeeded is not None]
    return CallRecord(
        id=text(node, "id").value or node.place.pointer or "call",
        platform=lower(word(node, "platform")) or PLATFORM,
        where=node.place,
        ids=tuple(str(t) for t in (*texts(some(node, "id")), *texts(some(node, "call_id")))),
        caller=text(node, "from"),
        callee=text(node, "to"),
        direction=word(node, "direction").value,
        start=seconds(node.get("start")),
        duration=seconds(node.get("duration")),
        leg=word(node, "leg"),
        agent=text(node, "agent").value,
        answered=flag(node, "answered").value,
        calls=calls,
        announced=texts(some(node, "said")),
        outcome=word(node, "outcome"),
        error=text(node, "error"),
        transfer_failed=None if not results else not results[-1],
    )


def _tool_call(node: Node) -> ToolCall:
    error = text(node, "error")
    ok = flag(node, "ok").value
    answer, report = integer(node, "refer_status"), integer(node, "notify_status")
    return ToolCall(
        where=node.place,
        name=text(node, "name"),
        destination=text(node, "to"),
        message=text(node, "message"),
        at=seconds(node.get("at")),
        latency=seconds(node.get("latency")),
        succeeded=False if ok is None and error else ok,
        result=error or text(node, "result"),
        status=integer(node, "status").value or report.value or answer.value or status_of(str(error)),
        refused=bool(error) and refuses_request(str(error)),
        participant=text(node, "participant"),
        method=METHODS.get(lower(word(node, "type"))),
        told=Told(answer, report=report),
    )
