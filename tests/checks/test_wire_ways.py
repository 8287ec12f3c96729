"""Each wire check speaks whoever placed the call, and none is left out of the ways in which fixtures are written again."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from sipdiag.checking.discover import catalogue
from tests.checks.test_wire_checks import FILES, WIRE
from tests.support.relayed import through_a_proxy, with_the_caller_called
from tests.support.scenario import statements
from tests.support.wire_case import case_of_statements, findings, wire_of

# Fixtures that mean another call when the agent places it.
ONE_WAY = {
    "bye-before-final-notify/bad-example": "answers a NOTIFY by its CSeq, which tells who placed the call",
    "bye-before-final-notify/bad-over-tcp": "the same",
    "refer-cseq-out-of-order/bad-same-for-the-second-attempt": "sends a REFER with a CSeq of its own, in order in the other",
    "topology-hiding-not-unmasked-in-refer-to/bad-example": "names the CSeq of the REFER that the box passes on",
    "topology-hiding-not-unmasked-in-refer-to/bad-over-tcp": "the same",
    "wrong-party-transferred/bad-example": "the box's own BYE goes to whoever placed the call",
    "wrong-party-transferred/bad-over-tcp": "the same",
    "allow-list-not-effective/bad-source-not-listed": "is about who places the call",
    "allow-list-not-effective/good-the-pbx-calls": "is about who places the call",
}
# Checks of which no fixture can be written again in a way, and why.
LEFT_OUT: dict[str, dict[str, str]] = {
    "called": {
        "allow-list-not-effective": "is about who places the call",
        "inbound-uri-without-user": "is about calls to the agent",
        "call-not-answered": "the call is never set up, and nobody transfers",
        "refer-before-dialog-confirmed": "the call is set up message by message, for it is not confirmed",
        "notify-not-relayed-by-b2bua": "the legs are set up message by message, for one lies inside the other",
        "bye-before-final-notify": "its fixtures name a CSeq, see above",
        "wrong-party-transferred": "its fixtures let the box hang up, see above",
    },
    "proxy": {
        "notify-not-routed-by-proxy": "there is a proxy already",
        "refer-forwarded-to-wrong-peer": "the same",
        "refer-loop-max-forwards": "the same",
        "route-set-wrong": "the same",
    },
    "capture": {},
}
_AGAIN: dict[str, Callable[[list[str]], list[str] | None]] = {
    "called": with_the_caller_called,
    "proxy": through_a_proxy,
    "capture": lambda told: told,
}


def name(file: Path) -> str:
    return f"{file.parent.name}/{file.stem}"


@pytest.mark.parametrize("file", [f for f in FILES if name(f) not in ONE_WAY], ids=name)
def test_who_placed_the_call_changes_nothing(file: Path) -> None:
    lines = with_the_caller_called(statements(file.read_text("utf-8")))
    if lines is None:
        return  # counted below
    case = case_of_statements(lines, wire_of(lines))
    found = [f.severity.slug for check in catalogue()[file.parent.name] for f in findings(check, case)]
    beside = file.with_suffix(".out")
    spoken = beside.read_text("utf-8").splitlines() if beside.exists() else []
    assert found == [line.partition(": ")[2].split()[0] for line in spoken]


@pytest.mark.parametrize("way", _AGAIN)
def test_no_check_is_left_out_silently(way: str) -> None:
    reached = set()
    for file in FILES:
        lines = _AGAIN[way](statements(file.read_text("utf-8")))
        if file.stem.startswith("bad-") and lines is not None and not (way == "called" and name(file) in ONE_WAY):
            packets = wire_of(lines).packets
            if packets and all(p.source is not None for p in packets):
                reached.add(file.parent.name)
    every = {c.id for c in WIRE if any(f.parent.name == c.id for f in FILES)}
    assert every - reached == set(LEFT_OUT[way])
