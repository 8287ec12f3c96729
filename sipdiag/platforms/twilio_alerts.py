"""Twilio's own errors about transfers, in the three forms in which its debugger hands them out.

As alerts of the API (https://www.twilio.com/docs/usage/monitor-alert), as what its webhook is sent
(https://www.twilio.com/docs/usage/troubleshooting/debugging-event-webhooks), and as events of Event Streams
(https://www.twilio.com/docs/events/event-types/errors/error-logs); the last two read 2026-11-26.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.parts import elements, key_of, pointer
from sipdiag.platforms.reading import of_json, text
from sipdiag.values import Text, Word

# https://www.twilio.com/docs/api/errors, read 2026-08-22: a trunk refused the REFER; <Refer> on a leg that is no SIP;
# a REFER that came where nothing takes it.
_NOT_ALLOWED, _NOT_SIP, _NOBODY_TAKES_IT = "32218", "13801", "13802"
_LOGGED = "com.twilio.error-logs.error.logged"
_CODES = (_NOT_ALLOWED, _NOT_SIP, _NOBODY_TAKES_IT)


def alerts(node: Node) -> Iterator[Node]:
    """The alerts of a document that are about transfers."""
    yield from (e for e in map(_alert, elements(node, "alerts")) if e is not None and _code(e) in _CODES)


def _alert(element: Node) -> Node | None:
    """What is told of an error, under whichever cover; None where an element is none of the three."""
    if key_of(element, "log_level") in element:
        return element
    if text(element, "type").value == _LOGGED:
        return element.get("data")
    payload = of_json(element.get("Payload")) if "Level" in element else None
    if payload is None or not isinstance(payload.value, dict):
        return None
    time = element.get("Timestamp")
    return Node(({} if time is None else {"date_created": time}) | payload.value, payload.place)


def _code(alert: Node) -> str:
    return str(text(alert, key_of(alert, "error_code")))


def record(alert: Node, platform: str) -> CallRecord:
    """One transfer that failed, of the call that the alert names. `13801` says that its leg is none of SIP."""
    call = text(alert, key_of(alert, "resource_sid")) or text(alert, "correlation_sid")
    words = (
        text(alert, key_of(alert, "alert_text"))
        or text(alert, key_of(alert, "more_info"))
        or text(alert, "more_info", "Msg")
    )
    code = text(alert, key_of(alert, "error_code"))
    result = Read(Text(f"{code}: {words}" if words else f"error {code}"), code.where, "error_code")
    refused: Read[Text] = result if str(code) in (_NOT_ALLOWED, _NOBODY_TAKES_IT) else Read()
    attempt = ToolCall(alert.place, succeeded=False, result=result, method="refer", told=Told(refused=refused))
    return CallRecord(
        str(call) or pointer(alert.place),
        platform,
        alert.place,
        (str(call),) if call else (),
        start=_time(str(text(alert, key_of(alert, "date_generated")) or text(alert, key_of(alert, "date_created")))),
        leg=Read(Word("pstn"), code.where, "error_code") if str(code) == _NOT_SIP else Read(),
        calls=(attempt,),
        error=result,
        transfer_failed=True,
    )


def _time(written: str) -> float | None:
    """Epoch seconds of an ISO 8601 time."""
    try:
        moment = datetime.fromisoformat(written)
    except ValueError:
        return None
    return moment.timestamp() if moment.tzinfo is not None else None
