"""Twilio's own errors about transfers: alerts of its debugger (https://www.twilio.com/docs/usage/monitor-alert)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from sipdiag.facts.record import CallRecord, Told, ToolCall
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.parts import elements, key_of, pointer
from sipdiag.platforms.reading import text
from sipdiag.values import Text, Word

# https://www.twilio.com/docs/api/errors, read 2026-08-22: a trunk refused the REFER; <Refer> on a leg that is no SIP;
# a REFER that came where nothing takes it.
_NOT_ALLOWED, _NOT_SIP, _NOBODY_TAKES_IT = "32218", "13801", "13802"
_CODES = (_NOT_ALLOWED, _NOT_SIP, _NOBODY_TAKES_IT)


def alerts(node: Node) -> Iterator[Node]:
    """The alerts of a document that are about transfers."""
    yield from (e for e in elements(node, "alerts") if _code(e) in _CODES)


def _code(alert: Node) -> str:
    return str(text(alert, key_of(alert, "error_code"))) if key_of(alert, "log_level") in alert else ""


def record(alert: Node, platform: str) -> CallRecord:
    """One transfer that failed, of the call that the alert names. `13801` says that its leg is none of SIP."""
    call = text(alert, key_of(alert, "resource_sid"))
    words = text(alert, key_of(alert, "alert_text")) or text(alert, key_of(alert, "more_info"))
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
