"""Event logs of hosted platforms: one JSON object a line, or a list of them. They become the record of one call.

The same fields behind the words of each line, as structured loggers write them on a console, are read too. No platform's keys are taken for granted: a call of a tool, a request to an API, its result, words that were spoken and
notes about SIP are found by what kinds of keys and words there are. Lines of plain words between them are not read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.adapted import POSSIBLE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.claims import announces_transfer, states_no_refer
from sipdiag.platforms.event_calls import (
    Attempt,
    answered,
    attempt,
    calls_in,
    is_failure,
    is_record,
    kind_words,
    member,
    results_in,
    words_of,
)
from sipdiag.platforms.parts import epoch
from sipdiag.platforms.reading import lower, mappings, of_json, some
from sipdiag.values import Text, Word

PLATFORM = "event-log"
_LISTS = ("events", "logs", "log", "entries", "records", "items", "steps", "messages")
_TIMES = (
    "ts",
    "time",
    "timestamp",
    "t",
    "at",
    "created_at",
    "createdat",
    "time_in_call_secs",
    "datetime",
    "@timestamp",
)
_EVENT_KEYS = frozenset((*_TIMES, "type", "event", "role", "level", "tool_call", "tool_result", "message", "msg"))
_IDS = (
    "sip_call_id",
    "sipcallid",
    "call_id",
    "callid",
    "call_sid",
    "callsid",
    "conversation_id",
    "x_call_id",
    "room_name",
)
_SPOKEN = ("message", "text", "content", "transcript", "utterance", "words")
_SPEAKERS = frozenset(("agent", "assistant", "bot", "ai"))
_MOST_EVENTS = 200_000
_LEGS = {"web_call": "web", "webcall": "web", "web": "web", "webrtc": "web", "sip": "sip", "sip_call": "sip"}


def recognises(node: Node) -> Likeness | None:
    events = _events(node)
    if len(events) < 1:
        return None
    alike = sum(1 for e in events[:200] if _EVENT_KEYS & {k.lower() for k, _ in e.items()} or is_record(e))
    if alike * 2 < len(events[:200]):
        return None
    telling = any(
        calls_in(e) or results_in(e) or is_record(e) or states_no_refer(_said(e)) or announces_transfer(_said(e))
        for e in events[:2000]
    )
    if not telling:
        return None
    # Several events with times and levels are a log, even where one of them quotes the request that some API takes.
    logged = len(events) > 1 and all(
        _time(e) is not None or member(e, "level", "lvl") is not None for e in events[:200]
    )
    return Likeness(TYPICAL + 1 if logged else POSSIBLE - 1, "event-log")


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    return Adapted(PLATFORM, form, records=(_record(node, _events(node)),))


def _events(node: Node) -> list[Node]:
    if (lines := node.get("log_lines")) is not None:
        return [e for line in mappings(lines) if (e := _of_line(line)) is not None][:_MOST_EVENTS]
    listed = node
    if isinstance(node.value, dict):
        found = next((n for k in _LISTS if (n := some(node, k)) is not None and isinstance(n.value, list)), None)
        listed = found if found is not None else Node([node], node.place)
    return [e for e in mappings(listed) if isinstance(e.value, dict)][:_MOST_EVENTS]


def _of_line(line: Node) -> Node | None:
    """The fields behind the words of a console's line, with the line's time; None where it has none."""
    fields = of_json(some(line, "fields"))
    if fields is None or not isinstance(fields.value, dict):
        return None
    time = some(line, "time")
    return Node(({} if time is None else {"ts": time}) | fields.value, line.place)


def _record(node: Node, events: list[Node]) -> CallRecord:
    times = [_time(e) for e in events]
    origin = next((t for t in times if t is not None), None)
    attempts = _attempts(events, times)
    calls = tuple(_timed(a, origin) for a in attempts if a.is_transfer)
    results = [c.succeeded for c in calls if c.succeeded is not None]
    announced = tuple(_announced(events))
    wide = [m for e in events for m in _flat(e)]
    return CallRecord(
        id=next((str(i) for i in _ids(wide)), "call"),
        platform=PLATFORM,
        where=node.place,
        ids=tuple(_ids(wide)),
        caller=_first(wide, "from_number", "fromnumber", "caller", "caller_number", "external_number", "from"),
        callee=_first(wide, "to_number", "tonumber", "callee", "called_number", "agent_number"),
        start=origin if origin is not None and origin > 1e8 else None,
        duration=_duration(times),
        leg=_leg(wide),
        agent=_first(wide, "agent_id", "agentid", "assistant_id", "assistantid").value,
        calls=calls,
        others=tuple(_timed(a, origin) for a in attempts if not a.is_transfer and a.call.name),
        announced=announced,
        outcome=_outcome(wide),
        error=Read(),
        transfer_failed=None if not results else not results[-1],
        states_no_refer=next((w for e in events if states_no_refer(_said(e)) and (w := _note(e))), Read()),
    )


def _attempts(events: list[Node], times: list[float | None]) -> list[Attempt]:
    attempts: list[Attempt] = []
    for event, when in zip(events, times, strict=True):
        for node in calls_in(event):
            attempts.append(attempt(node, event, when))
        results = results_in(event)
        if not results and is_record(event):
            if not attempts or attempts[-1].answered:
                attempts.append(attempt(event, event, when))
            results = [event]
        if not results and attempts and not attempts[-1].answered and attempts[-1].is_transfer and is_failure(event):
            results = [event]  # an error right after a request, that does not say what it answers
        for node in results:
            which = _asked(attempts, node, event)
            if which is not None:
                attempts[which] = answered(attempts[which], node, when)
            elif (alone := answered(attempt(node, event, when), node, when)).is_transfer:
                attempts.append(alone)
    return attempts


def _timed(found: Attempt, origin: float | None) -> ToolCall:
    at = found.when
    if at is not None and at > 1e8:
        at = at - origin if origin is not None else None
    return replace(found.call, at=at)


def _asked(attempts: list[Attempt], node: Node, event: Node) -> int | None:
    """The attempt that a result answers: by id, else by name, else the last one still open."""
    open_ones = [i for i, a in enumerate(attempts) if not a.answered]
    identity = str(words_of(node, "tool_call_id", "toolcallid", "request_id", "requestid", "id"))
    identity = identity or str(words_of(event, "tool_call_id", "toolcallid", "request_id", "requestid"))
    if identity:
        same = [i for i in open_ones if attempts[i].id == identity]
        if same:
            return same[-1]
    name = str(words_of(node, "name", "tool_name", "toolname"))
    if name:
        return next((i for i in reversed(open_ones) if attempts[i].name == name), None)
    return open_ones[-1] if open_ones else None


def _time(event: Node) -> float | None:
    found = member(event, *_TIMES)
    return epoch(found)


def _duration(times: list[float | None]) -> float | None:
    known = [t for t in times if t is not None]
    return known[-1] - known[0] if len(known) > 1 and known[-1] >= known[0] else None


def _flat(event: Node) -> Iterator[Node]:
    """The event and the mappings right below it, arguments of tools left out."""
    yield event
    for key, value in event.items():
        if isinstance(value.value, dict) and "tool" not in key.lower() and "arg" not in key.lower():
            yield value


def _first(nodes: list[Node], *keys: str) -> Read[Text]:
    return next((w for n in nodes if (w := words_of(n, *keys))), Read())


def _ids(nodes: list[Node]) -> list[str]:
    found: dict[str, None] = {}
    for node in nodes:
        for key in _IDS:
            if (value := words_of(node, key)) and len(str(value)) >= 6:
                found[str(value)] = None
    return list(found)[:20]


def _leg(nodes: list[Node]) -> Read[Word]:
    for node in nodes:
        said = words_of(node, "call_type", "calltype", "leg", "channel", "medium")
        if (known := _LEGS.get(lower(said))) is not None:
            return Read(Word(known), said.where, "call_type")
    return Read()


def _outcome(nodes: list[Node]) -> Read[Word]:
    said = _first(nodes, "disconnection_reason", "disconnect_reason", "ended_reason", "endedreason", "end_reason")
    return Read(Word(str(said)), said.where, "ended_reason") if said else Read()


def _said(event: Node) -> str:
    return " ".join(str(v.text) for _, v in event.items() if v.text is not None)[:4000]


def _note(event: Node) -> Read[Text]:
    return next(
        (Read(Text(str(v.text)), v.place, k) for k, v in event.items() if v.text and states_no_refer(str(v.text))),
        Read(Text(_said(event)), event.place),
    )


def _announced(events: list[Node]) -> Iterator[Read[Text]]:
    for event in events:
        speaker = lower(words_of(event, "role", "speaker", "source", "from", "participant"))
        if speaker in _SPEAKERS or re.search(
            r"\b(?:agent|assistant|bot)_(?:message|response|said|transcript)", kind_words(event)
        ):
            said = words_of(event, *_SPOKEN)
            if announces_transfer(str(said)):
                yield said
