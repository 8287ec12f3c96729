"""A capture on each side of a box that shares no id and whose clocks differ: the verdict is that of the whole call."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from sipdiag.pipeline import examine
from sipdiag.raw import Packet
from sipdiag.reports.report import Report
from tests.support.beside import recorded
from tests.support.boxed import FAR, IN, NEAR, Sides, boxed, edited, merged, without
from tests.support.scenario import play

FIXTURES = Path(__file__).parents[2] / "fixtures"
FILES = [
    *sorted((FIXTURES / "checks").glob("*/*/*-example.scenario")),
    *sorted((FIXTURES / "stories").glob("*.scenario")),
]
SKEWS = (0.0, 2.5, -3_600.0)
# What a box in between makes another story of: by check, or by the name of a story.
ANOTHER_STORY = {
    "one-direction-captured": "of one direction, nothing tells that the two legs are one call",
    "one-direction-captured-and-the-refer-repeated": "of one direction, nothing tells that the two legs are one call",
    **dict.fromkeys(
        (
            "the-answers-of-one-direction-tell-of-the-refusal",
            "the-answers-of-one-direction-tell-of-success",
            "a-log-of-requests-alone",
            "only-the-answer-to-a-refer",
            "only-a-challenge-to-a-refer",
            "only-the-report-on-a-refer",
            "success-told-after-the-transferor-left-before-the-capture",
        ),
        "without the INVITEs and their answers, nothing tells that the two legs are one call",
    ),
    "refer-before-dialog-confirmed": "the call is not answered yet, so that nothing tells the clocks",
    "replaces-names-wrong-dialog": "the dialog that Replaces names has another Call-ID on the other side",
    "refer-outside-dialog-refused-403": "a REFER outside its dialog is another request on the other side",
    "private-contact-behind-a-proxy-that-recorded-its-route": "a box has no proxy to pass on the side it sends to",
}


def beside(sides: Sides, folder: Path, ahead: float) -> Report:
    files = folder / "near.pcap", folder / "far.pcap"
    files[0].write_bytes(recorded(sides[0]))
    files[1].write_bytes(recorded(sides[1], ahead))
    return examine([str(f) for f in files])


def whole(packets: list[Packet], folder: Path) -> Report:
    (folder / "one.pcap").write_bytes(recorded(packets))
    return examine([str(folder / "one.pcap")])


def judged(report: Report) -> list[tuple[str, str | None]]:
    return [(v.outcome.value, v.cause.check.id if v.cause is not None else None) for v in report.verdicts]


def between(file: Path) -> list[Packet] | None:
    """The messages of a scenario that a box can stand in; None where what it tells is not of messages alone."""
    try:
        wire = play(file.read_text("utf-8"))
    except ValueError:
        return None  # speaks of more than a wire
    packets = list(wire.packets)
    ends = [{p.source.host, p.destination.host} for p in packets if p.source and p.destination]
    plain = len(ends) == len(packets) and not (wire.connections or wire.unreachables or wire.lost or wire.log)
    return packets if plain and {NEAR, FAR} in ends else None


FIT = [f for f in FILES if between(f) is not None and not {f.parent.name, f.stem} & ANOTHER_STORY.keys()]


@pytest.mark.parametrize("file", FIT, ids=lambda f: f"{f.parent.name}/{f.stem}")
def test_a_box_between_the_ends_changes_nothing(file: Path, tmp_path: Path) -> None:
    packets = between(file)
    assert packets is not None
    direct = judged(whole(packets, tmp_path))
    assert judged(whole(merged(boxed(packets)), tmp_path)) == direct
    assert judged(beside(boxed(packets), tmp_path, 2.5)) == direct


def test_most_of_what_is_told_can_be_told_with_a_box_between() -> None:
    assert len(FIT) > 150


REPORTED = """
    call
    agent -> caller REFER  Refer-To: <{target}>
    caller -> agent 202 Accepted
    caller -> agent NOTIFY {status}
    agent -> caller {answer}
    +40s agent -> caller BYE
    caller -> agent 200 OK
"""
PLACED = """
    call
    agent -> caller REFER  Refer-To: <{asked}> | Referred-By: <sip:+15550100171@agent.example;x-t=ab>
    caller -> agent 202 Accepted
    leg3: caller -> target INVITE {placed}
    leg3: target -> caller {status}
    leg3: caller -> target ACK
    caller -> agent NOTIFY {status}
    agent -> caller 200 OK
    +3s agent -> caller BYE
    caller -> agent 200 OK
"""
ATTENDED = """
    call
    leg2: call agent -> target
    agent -> caller REFER  Refer-To: <sip:t@203.0.113.30?Replaces=b2b-leg2%40sip.example%3Bto-tag%3Dx%3Bfrom-tag%3Dy>
    caller -> agent 202 Accepted
    leg3: caller -> target INVITE sip:t@203.0.113.30  Replaces: b2b-leg2@sip.example;to-tag=x;from-tag=y
    leg3: target -> caller 481 Call/Transaction Does Not Exist
    leg3: caller -> target ACK
    caller -> agent NOTIFY 481 Call/Transaction Does Not Exist
    agent -> caller 200 OK
    +3s agent -> caller BYE
    caller -> agent 200 OK
"""
TO = "sip:+15550100188@carrier.example"


def told(template: str, **values: str) -> Sides:
    return boxed(play(template.format(**values)).packets)


def refers_as(sides: Sides, *changes: tuple[bytes, bytes]) -> Sides:
    """With a REFER that leaves the box on the caller's side as something else."""
    return list(map(edited(b"REFER", *changes), sides[0])), sides[1]


def event_lost() -> Sides:
    near, far = told(REPORTED, target=TO, status="200 OK", answer="489 Bad Event")
    return near, list(map(edited(b"NOTIFY", (b"Event: refer\r\n", b"")), far))


def notify_kept() -> Sides:
    near, far = told(REPORTED, target=TO, status="200 OK", answer="200 OK")
    return near, without("NOTIFY", far)


def refer_swallowed() -> Sides:
    near, far = told(REPORTED, target=TO, status="200 OK", answer="200 OK")
    return without("REFER|NOTIFY", near), without("NOTIFY", far)


def box_named() -> Sides:
    return told(REPORTED, target=f"sip:2003@{IN}", status="503 Service Unavailable", answer="200 OK")


def host_changed() -> Sides:
    sides = told(PLACED, asked=TO, placed="sip:+15550100188@internal.example", status="404 Not Found")
    return refers_as(sides, (b"Refer-To: <sip:+15550100188@carrier", b"Refer-To: <sip:+15550100188@internal"))


def parameters_lost() -> Sides:
    sides = told(PLACED, asked="sip:sip.example.com;x-m=8", placed="sip:sip.example.com", status="400 Bad Request")
    return refers_as(sides, (b";x-m=8", b""), (b"Referred-By: <sip:+15550100171@agent.example;x-t=ab>\r\n", b""))


def replaces_kept() -> Sides:
    packets = list(play(ATTENDED).packets)
    consulting = [p for p in packets if b"\r\nCall-ID: leg2@" in p.data]
    other = boxed(consulting, near="203.0.113.30")
    main = boxed([p for p in packets if p not in consulting])
    return merged((main[0], other[0])), merged((main[1], other[1]))


FAULTS: dict[Callable[[], Sides], str] = {
    event_lost: "notify-missing-event-header",
    notify_kept: "notify-not-relayed-by-b2bua",
    refer_swallowed: "no-final-notify",
    box_named: "topology-hiding-not-unmasked-in-refer-to",
    replaces_kept: "topology-hiding-not-unmasked-in-refer-to",
    host_changed: "refer-to-host-rewritten",
    parameters_lost: "transfer-invite-not-verbatim",
}


@pytest.mark.parametrize("ahead", SKEWS)
@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: re.sub("_", " ", f.__name__))
def test_what_a_box_does_to_a_transfer_is_seen_from_its_two_sides(
    fault: Callable[[], Sides], ahead: float, tmp_path: Path
) -> None:
    sides = fault()
    assert [cause for _, cause in judged(whole(merged(sides), tmp_path))] == [FAULTS[fault]]
    report = beside(sides, tmp_path, ahead)
    assert [cause for _, cause in judged(report)] == [FAULTS[fault]]
    assert bool([n for n in report.notes if "clock" in n]) is (ahead != 0.0)
