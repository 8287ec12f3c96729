"""Plain logs of applications: voice agents, media servers, PBXs, as far as they speak of transfers in plain words.

A record knows only what the application believes: what it asked for, and what it was told of the result. Lines that
name a call belong to it; the others belong to the only call that the log names.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from sipdiag.dataclass import dataclass
from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.places import Place, Read
from sipdiag.platforms.adapted import POSSIBLE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.claims import announces_transfer, refuses_request, states_no_refer
from sipdiag.platforms.reading import mappings, seconds, some
from sipdiag.platforms.transfer_words import Statement, statement
from sipdiag.values import Text

PLATFORM = "event-log"
_FORM = "text-log"
_CALL = pattern(
    r"\b(?:sip[ _-]?)?(?:call|conversation|session|room|interaction)[ _-]?(?:id|sid|uuid|name)?[\"']?[ =:]{1,3}[\"'\[(]?"
    r"(?=[\w.@-]{0,60}\d)([A-Za-z0-9][\w.@-]{5,80}\w)",
    re.IGNORECASE,
)
_SPOKEN = pattern(r"\b(?:agent|assistant|bot|ai)\b[^:]{0,20}: ", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class _Line:
    place: Place
    words: str
    time: float | None
    call: str | None
    said: Statement | None


def recognises(node: Node) -> Likeness | None:
    listed = node.get("log_lines")
    if listed is None:
        return None
    told = any(line.said is not None or _announced(line) or states_no_refer(line.words) for line in _lines(node))
    return Likeness(TYPICAL if told else POSSIBLE, _FORM) if told else None


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    lines = _lines(node)
    calls = list(dict.fromkeys(line.call for line in lines if line.call is not None))
    stated = {line.call for line in lines if line.said is not None or _announced(line)}
    if len(calls) == 1 or stated <= {None}:
        groups = {calls[0] if len(calls) == 1 else "call": lines}
    else:
        groups = {call: [line for line in lines if line.call == call] for call in calls if call in stated}
        if None in stated:
            groups["call"] = [line for line in lines if line.call is None]
    return Adapted(PLATFORM, form, records=tuple(_record(call, group) for call, group in groups.items()))


def _lines(node: Node) -> list[_Line]:
    found = []
    for line in mappings(node.get("log_lines")):
        words = str((some(line, "text") or line).text or "")
        call = _CALL.search(words)
        found.append(
            _Line(line.place, words, seconds(line.get("time")), call[1] if call else None, statement(words, line.place))
        )
    return found


def _announced(line: _Line) -> bool:
    return _SPOKEN.search(line.words) is not None and announces_transfer(line.words)


def _record(call: str, lines: Sequence[_Line]) -> CallRecord:
    times = [line.time for line in lines if line.time is not None]
    origin = times[0] if times else None
    attempts = tuple(_attempts(lines, origin))
    results = [a.succeeded for a in attempts if a.succeeded is not None]
    denied = next((line for line in lines if states_no_refer(line.words)), None)
    return CallRecord(
        id=call,
        platform=PLATFORM,
        where=lines[0].place,
        ids=() if call == "call" else (call,),
        start=origin if origin is not None and origin > 1e8 else None,
        duration=times[-1] - times[0] if len(times) > 1 and times[-1] >= times[0] else None,
        calls=attempts,
        announced=tuple(Read(Text(line.words), line.place, "text") for line in lines if _announced(line)),
        transfer_failed=not results[-1] if results else None,
        states_no_refer=Read() if denied is None else Read(Text(denied.words), denied.place, "text"),
    )


def _attempts(lines: Sequence[_Line], origin: float | None) -> list[ToolCall]:
    """Each request with the result below it. Several lines about one result are one: a log tells a failure often."""
    attempts: list[ToolCall] = []
    for line in lines:
        said = line.said
        if said is None:
            continue
        last = attempts[-1] if attempts else None
        at = None if line.time is None or origin is None else line.time - origin
        succeeded = None if said.kind == "asked" else said.kind == "succeeded"
        if last is None or not _same(last, said, succeeded):
            last = ToolCall(line.place, destination=_destination(line), at=at)
            attempts.append(last)
        attempts[-1] = replace(
            last,
            destination=last.destination or _destination(line),
            succeeded=last.succeeded if succeeded is None else succeeded,
            result=last.result or (Read() if succeeded is None else Read(Text(line.words), line.place, "result")),
            status=last.status or said.status,
            latency=last.latency
            if last.latency is not None or succeeded is None or at is None or last.at is None
            else at - last.at,
            told=said.told or last.told,
            refused=last.refused
            or (succeeded is False and not said.told and said.status is None and refuses_request(line.words)),
        )
    return attempts


def _same(last: ToolCall, said: Statement, succeeded: bool | None) -> bool:
    """Whether a statement is about the attempt before it: its request told again, its result, or its result again."""
    known, named = str(last.destination), said.destination
    if named is not None and known and named != known and not known.endswith(named) and not named.endswith(known):
        return False
    return last.succeeded is None or last.succeeded == succeeded


def _destination(line: _Line) -> Read[Text]:
    named = line.said.destination if line.said is not None else None
    return Read() if named is None else Read(Text(named), line.place, "destination")
