"""Conversations of ElevenLabs Agents, and the SIP messages that were stored of them.

https://elevenlabs.io/docs/api-reference/conversations/get, …/get-sip-messages (2026). A page of messages holds 20
unless asked for more; `direction` is from the platform's side.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.claims import announces_transfer, is_simulation, refuses_request, status_of
from sipdiag.platforms.reading import flag, lower, mappings, of_json, seconds, some, text, texts
from sipdiag.platforms.steps import steps
from sipdiag.values import Text, Word

_PLATFORM = "elevenlabs"
_TOOL = "transfer_to_number"
_AGENT_TOOL = "transfer_to_agent"
_LEGS = {"sip_trunking": "sip", "sip_trunk": "sip"}
_NO_PHONE = ("widget", "sdk", "chat", "playground")  # parts of conversation_initiation_source


def is_messages_page(node: Node) -> bool:
    listed = node.get("sip_messages")
    return "transcript" not in node and listed is not None and any("raw_message" in m for m in mappings(listed))


def is_conversation(node: Node) -> bool:
    turns = node.get("transcript")
    if turns is None or not isinstance(turns.value, list):
        return False
    return (
        "conversation_id" in node
        or some(node, "metadata", "phone_call") is not None
        or any("time_in_call_secs" in t for t in mappings(turns))
    )


def record(node: Node) -> CallRecord:
    metadata = some(node, "metadata") or Node({}, node.place)
    call = some(metadata, "phone_call") or Node({}, metadata.place)
    outbound = lower(text(call, "direction")) == "outbound"
    agent_number, external = text(call, "agent_number"), text(call, "external_number")
    calls = tuple(_tool_calls(node))
    results = [c.succeeded for c in calls if c.succeeded is not None]
    call_result = text(call, "call_result").value
    transferring = _transferring(node)
    return CallRecord(
        id=text(node, "conversation_id").value or node.place.pointer or "conversation",
        platform=_PLATFORM,
        where=node.place,
        ids=tuple(
            str(r) for r in (text(call, "call_id"), text(call, "call_sid"), text(node, "conversation_id")) if r.value
        ),
        caller=agent_number if outbound else external,
        callee=external if outbound else agent_number,
        direction="outbound" if outbound else text(call, "direction").value,
        start=seconds(metadata.get("start_time_unix_secs")),
        duration=seconds(metadata.get("call_duration_secs")),
        leg=_leg(metadata),
        agent=transferring or text(node, "agent_id").value,
        answered=None if call_result is None else call_result == "answered",
        calls=calls,
        announced=_announced(node),
        outcome=Read(_word(text(metadata, "termination_reason")), text(metadata, "termination_reason").where),
        error=text(metadata, "error", "reason"),
        transfer_failed=None if not results else not results[-1],
        version=text(node, "version_id").value,
        visited_agents=(transferring,) if transferring else _visited(node),
    )


def _transferring(node: Node) -> str | None:
    """The agent in whose turn the transfer was last asked for: a call may have been handed to it by another."""
    turns = [t for t in mappings(node.get("transcript")) if any(map(_is_transfer, mappings(some(t, "tool_calls"))))]
    return text(turns[-1], "agent_metadata", "agent_id").value if turns else None


def _word(read: Read[Text]) -> Word | None:
    return None if read.value is None else Word(read.value)


def _leg(metadata: Node) -> Read[Word]:
    kind = text(metadata, "phone_call", "type")
    if kind:
        return Read(Word(_LEGS.get(str(kind), str(kind))), kind.where, "type")
    source = text(metadata, "conversation_initiation_source")
    if (text_only := flag(metadata, "text_only")).value:
        return Read(Word("text"), text_only.where, text_only.setting)
    if source and (str(source) in _LEGS or any(part in str(source) for part in _NO_PHONE)):
        return Read(Word(_LEGS.get(str(source), str(source))), source.where, source.setting)
    return Read(None, kind.where, "phone_call")


def _tool_calls(node: Node) -> Iterator[ToolCall]:
    """Every call of the transfer tool with its result, which often stands in a later turn."""
    turns = list(mappings(node.get("transcript")))
    results = _results(turns)
    for turn in turns:
        at = seconds(turn.get("time_in_call_secs"))
        for call in mappings(some(turn, "tool_calls")):
            answer = _answer(call, results)
            if _is_transfer(call) or (answer is not None and _is_transfer(answer)):
                yield _tool_call(call, answer, at)


def _results(turns: list[Node]) -> dict[str, Node]:
    results: dict[str, Node] = {}
    for turn in turns:
        for result in mappings(some(turn, "tool_results")):
            results.setdefault(str(text(result, "request_id")), result)
    return results


def _answer(call: Node, results: dict[str, Node]) -> Node | None:
    return results.get(str(text(call, "request_id"))) if some(call, "request_id") else None


def _is_transfer(node: Node) -> bool:
    if _TOOL in (text(node, "tool_name").value, text(node, "name").value):
        return True
    if (text(node, "tool_id").value or "").endswith(_TOOL):
        return True
    if "transfer_number" in (of_json(some(node, "params_as_json")) or Node(None, node.place)):
        return True
    return (_result(node).get("result_type") or Node("", node.place)).text in (
        "transfer_to_number_error",
        "transfer_to_number_sip_success",
        "transfer_to_number_twilio_success",
        "transfer_to_number_exotel_success",
    )


def _result(node: Node) -> Node:
    plain = some(node, "result")
    if plain is not None and isinstance(plain.value, dict):
        return plain
    return of_json(some(node, "result_value")) or Node({}, node.place)


def _tool_call(call: Node, answer: Node | None, at: float | None) -> ToolCall:
    nothing = Node({}, call.place)
    arguments = of_json(some(call, "params_as_json")) or some(call, "params") or nothing
    result = nothing if answer is None else answer
    said = _result(result)
    kind = text(said, "result_type").value or ""
    words = _both(text(said, "error"), text(said, "details")) or text(result, "raw_error_message")
    if not words and flag(result, "is_error").value:
        words = text(result, "result_value")
    full = f"{words} {text(said, 'details')} {text(said, 'note')}"
    told = steps(full, words.where)
    failed = flag(result, "is_error").value or kind.endswith("_error") or bool(flag(result, "is_blocked").value)
    simulated = kind == "testing_tool_result" or is_simulation(str(text(said, "note")))
    return ToolCall(
        where=call.place,
        name=text(call, "tool_name"),
        destination=text(arguments, "transfer_number"),
        message=text(arguments, "agent_message"),
        at=at,
        latency=seconds(result.get("tool_latency_secs")),
        succeeded=False if failed else True if kind.endswith("_success") and not simulated else None,
        result=words or (text(said, "result_type") if kind else text(result, "result_value")),
        status=status_of(full) or told.answer.value,
        simulated=simulated,
        refused=bool(failed) and not told and refuses_request(full),
        told=told,
        method={"transfer_to_number_sip_success": "refer", "transfer_to_number_twilio_success": "conference"}.get(kind),
    )


def _both(error: Read[Text], details: Read[Text]) -> Read[Text]:
    """The words of an error with its details, which tell more where they are given."""
    if not error or not details or str(details) in str(error):
        return error or details
    return Read(Text(f"{error}: {details}"), error.where, error.setting)


def _announced(node: Node) -> tuple[Read[Text], ...]:
    """Words that promise a transfer, but for those that the model acted on by handing the call to another agent.

    That is a change of prompt inside the platform, and nothing of it is meant to reach the SIP side.
    """
    turns = list(mappings(node.get("transcript")))
    results, found, kept_inside = _results(turns), [], False
    for turn in reversed(turns):
        tools = list(mappings(some(turn, "tool_calls")))
        if tools:
            kept_inside = _to_agent(tools[0]) or _to_agent(_answer(tools[0], results))
        message = text(turn, "message")
        spoken = lower(text(turn, "role")) in ("agent", "assistant")
        if spoken and not kept_inside and announces_transfer(str(message)):
            found.append(message)
    return tuple(reversed(found))


def _to_agent(node: Node | None) -> bool:
    if node is None:
        return False
    names = (text(node, "tool_name"), text(node, "tool_id"), text(_result(node), "result_type"))
    return any(_AGENT_TOOL in str(n) for n in names)


def _visited(node: Node) -> tuple[str, ...]:
    listed = node.get("visited_agents")
    names = [str(t) for t in texts(listed)] + [str(text(m, "agent_id")) for m in mappings(listed)]
    return tuple(n for n in names if n)
