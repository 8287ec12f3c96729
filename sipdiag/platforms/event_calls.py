"""Tool calls, API requests and their results in the event logs of hosted platforms, under whatever keys they use."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import lru_cache

from sipdiag.dataclass import dataclass
from sipdiag.facts.record import ToolCall
from sipdiag.facts.wording import Wording
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.claims import is_simulation, refuses_request, status_of
from sipdiag.platforms.reading import lower, mappings, of_json, some, truth, whole, within
from sipdiag.platforms.steps import steps
from sipdiag.values import Text

_CALL_KEYS = ("tool_call", "toolcall", "function_call", "functioncall", "tool", "function", "tool_use", "api_request")
_RESULT_KEYS = ("tool_result", "toolresult", "function_result", "function_response", "tool_response", "api_response")
_LIST_KEYS = ("tool_calls", "toolcalls", "tool_results", "toolresults")
_KIND_KEYS = ("type", "event", "event_type", "eventtype", "kind", "action")
_NAME_KEYS = (
    "name",
    "tool_name",
    "toolname",
    "tool",
    "function",
    "function_name",
    "operation",
    "api",
    "path",
    "url",
    "endpoint",
)
_ARGUMENT_KEYS = (
    *("arguments", "args", "params", "parameters", "params_as_json", "input", "request", "body", "payload", "data"),
)
_ID_KEYS = ("tool_call_id", "toolcallid", "request_id", "requestid", "invocation_id", "id")
_DESTINATION_KEYS = (
    *("transfer_number", "transfer_to", "transferto", "refer_to", "referto", "target_uri", "targeturi", "destination"),
    *(
        "transfer_destination",
        "sip_uri",
        "sipuri",
        "target",
        "to",
        "number",
        "phone_number",
        "phonenumber",
        "uri",
        "extension",
    ),
)
# Keys that only a request to transfer has; the event they stand in is one, whatever it calls itself.
_TELLING_KEYS = ("transfer_to", "transferto", "refer_to", "referto", "target_uri", "targeturi", "transfer_number")
_PARTICIPANT_KEYS = ("participant_identity", "participantidentity", "participant", "identity")
_WORD_KEYS = (
    "error",
    "error_message",
    "content",
    "message",
    "detail",
    "details",
    "result",
    "output",
    "reason",
    "response",
)
_OK_KEYS = ("ok", "success", "succeeded", "successful")
_STATUS_KEYS = ("sip_status_code", "sip_status", "sipstatus", "sip_code", "refer_status")
_TRANSFER = re.compile(r"transfer|\brefer\b|refer_|_refer|forward|hand[ _-]?(?:off|over)|escalat|bridge", re.IGNORECASE)
_FAILED = Wording(
    re.compile(
        r"\b(?:error|fail(?:ed|ure)?|denied|refused|rejected|timed? ?out)\b(?![\"']?\s*[:=]\s*(?:null|none|false|0|[\"']{2})(?!\w))",
        re.IGNORECASE,
    ),
    signalling=False,
)
_UNABLE = re.compile(r"\b(?:cannot|could not|unable|no transfer rule|not found)\b", re.IGNORECASE)


_CALLED = re.compile(r"tool_call|toolcall|function_call|tool_use|invo(?:ke|cation)|api_request|request_sent")
_ENDED = re.compile(r"result|response|output|complete|fail|error")


@dataclass(slots=True)
class Attempt:
    """A call with the result that belongs to it, as far as the log was read."""

    id: str
    name: str
    node: Node
    call: ToolCall
    when: float | None
    is_transfer: bool
    answered: bool = False


@lru_cache(4096)
def plain_key(key: str) -> str:
    """
    >>> plain_key("toolCallId"), plain_key("tool-call.id")
    ('toolcallid', 'tool_call_id')
    """
    return re.sub(r"[.\- ]", "_", key.lower())


def member(node: Node, *keys: str) -> Node | None:
    """The first member that is set under one of these keys, in whatever case and with whatever separators."""
    found: dict[str, Node] = {}
    for key, held in node.items():
        if (plain := plain_key(key)) in keys and held.value is not None:
            found.setdefault(plain, held)
    return next((found[k] for k in keys if k in found), None) if found else None


def words_of(node: Node, *keys: str) -> Read[Text]:
    found = member(node, *keys)
    return Read() if found is None or found.text is None else Read(Text(found.text), found.place)


def kind_words(event: Node) -> str:
    return " ".join(lower(words_of(event, k)) for k in _KIND_KEYS)


def tells_outcome(event: Node) -> bool:
    """Whether a mapping says how something ended: a state, a code, an error, or a plain yes or no.

    A request never does.
    """
    status = next((s for k in _STATUS_KEYS if (s := whole(str(words_of(event, k)))) is not None), None)
    http = whole(str(words_of(event, "http_status", "status_code", "statuscode", "status")))
    return _succeeded(event, str(_result_words(event)), status, http) is not None


def is_record(event: Node) -> bool:
    """Whether an event names the destination of a transfer and how it ended: request and result in one."""
    return _requested(event) and tells_outcome(event)


def calls_in(event: Node) -> list[Node]:
    """The mappings of an event that describe a call of a tool or a request to an API."""
    found = _nested(event, _CALL_KEYS)
    kind = re.sub(r"[.\- ]", "_", kind_words(event))
    called = _CALLED.search(kind) is not None and _ENDED.search(kind) is None
    if not found and called:
        found.append(event)
    if not found and re.search(r"transfer|refer", kind) and re.search(r"request|start|initiat|attempt|call\b", kind):
        found.append(event)
    method = lower(words_of(event, "method", "http_method"))
    if (
        not found
        and method in ("post", "put", "patch")
        and _TRANSFER.search(str(words_of(event, "url", "path", "endpoint")))
    ):
        found.append(event)
    if not found and not is_failure(event) and _requested(event) and not tells_outcome(event):
        found.append(event)
    return found


def is_failure(event: Node) -> bool:
    """Whether an event tells of an error, by its level, an error in it, or an HTTP status."""
    if lower(words_of(event, "level", "severity", "lvl")) in ("error", "err", "fatal", "critical"):
        return True
    if (error := member(event, "error", "err", "exception")) is not None and error.value not in (False, "", [], {}):
        return True
    status = whole(str(words_of(event, "http_status", "status_code", "statuscode", "status")))
    return status is not None and 400 <= status < 700


def _requested(event: Node) -> bool:
    """Whether an event has a destination under a key that only requests to transfer have, itself or in its arguments."""
    arguments = of_json(member(event, *_ARGUMENT_KEYS))
    return any(
        member(n, *_TELLING_KEYS) is not None for n in (event, arguments) if n is not None and isinstance(n.value, dict)
    )


def results_in(event: Node) -> list[Node]:
    found = _nested(event, _RESULT_KEYS)
    kind = re.sub(r"[.\- ]", "_", kind_words(event))
    if not found and re.search(
        r"(?:tool|function|api|transfer|refer)\w*_?(?:result|response|output|complete|fail|error|succe)", kind
    ):
        found.append(event)
    return found


def _nested(event: Node, keys: tuple[str, ...]) -> list[Node]:
    wanted = "result" if keys is _RESULT_KEYS else "call"
    found: list[Node] = []
    for key, value in event.items():
        plain = plain_key(key)
        if plain in keys and isinstance(value.value, dict):
            found.append(value if wanted == "result" else some(value, "function") or value)
        elif plain in _LIST_KEYS and wanted in plain:
            found += [some(m, "function") or m for m in mappings(value)]
    return found


def attempt(node: Node, event: Node, when: float | None) -> Attempt:
    arguments = of_json(member(node, *_ARGUMENT_KEYS)) or node
    name = words_of(node, *_NAME_KEYS)
    destination = _destination(arguments)
    identity = words_of(node, *_ID_KEYS) or words_of(event, *_ID_KEYS)
    call = ToolCall(
        where=node.place,
        name=name,
        destination=destination,
        message=words_of(arguments, "agent_message", "summary", "whisper"),
        participant=words_of(arguments, *_PARTICIPANT_KEYS),
        method="refer" if re.search(r"refer(?!ence|red)", f"{name}", re.IGNORECASE) else None,
    )
    known = bool(_TRANSFER.search(str(name)) or _TRANSFER.search(kind_words(event)) or _requested(event))
    return Attempt(str(identity), str(name), node, call, when, known)


def _destination(arguments: Node) -> Read[Text]:
    if not isinstance(arguments.value, dict):
        return Read()
    found = member(arguments, *_DESTINATION_KEYS)
    if found is not None and isinstance(found.value, dict):
        found = member(found, *_DESTINATION_KEYS)
    if found is None or found.text is None:
        return Read()
    return Read(Text(found.text), found.place, "destination")


def answered(attempt: Attempt, node: Node, when: float | None) -> Attempt:
    """The attempt with its result."""
    result = _result_words(node)
    full = " ".join(t for m in within(node) for _, v in m.items() if (t := v.text) is not None)[:4000]
    status = next((s for k in _STATUS_KEYS if (s := whole(str(words_of(node, k)))) is not None), None)
    http = whole(str(words_of(node, "http_status", "status_code", "statuscode", "status")))
    succeeded = _succeeded(node, str(result), status, http)
    told = steps(full, result.where or node.place)
    call = replace(
        attempt.call,
        latency=None if when is None or attempt.when is None else max(0.0, when - attempt.when),
        succeeded=succeeded,
        result=result,
        status=status or told.report.value or told.answer.value or status_of(full),
        told=told,
        simulated=is_simulation(full),
        refused=succeeded is False and not told and (refuses_request(full) or (status is None and http in (401, 403))),
    )
    known = attempt.is_transfer or _TRANSFER.search(full) is not None
    return Attempt(attempt.id, attempt.name, attempt.node, call, attempt.when, known, True)


def _result_words(node: Node) -> Read[Text]:
    found = member(node, *_WORD_KEYS) or member(node, "body", "payload", "data")
    for _ in range(2):  # {"body": {"error": {"message": "…"}}}
        if found is not None and isinstance(found.value, dict):
            found = member(found, *_WORD_KEYS)
    return Read() if found is None or found.text is None else Read(Text(found.text), found.place, "result")


def _succeeded(node: Node, words: str, status: int | None, http: int | None) -> bool | None:
    if (failed := member(node, "is_error", "iserror")) is not None and truth(failed.value) is not None:
        return not truth(failed.value)
    if (ok := member(node, *_OK_KEYS)) is not None and truth(ok.value) is not None:
        return truth(ok.value)
    code = status if status is not None else http
    if code is not None and code >= 200:
        return code < 300
    state = lower(words_of(node, "status", "state", "outcome"))
    if re.search(r"fail|error|denied|reject", f"{state} {kind_words(node)}") or member(node, "error", "error_message"):
        return False
    if re.search(r"success|succeeded|completed|\bok\b", state):
        return True
    return False if is_failure(node) or _FAILED.search(words) or _UNABLE.search(words) else None
