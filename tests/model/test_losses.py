"""What was captured in part is named, so that nobody takes it for not sent."""

from __future__ import annotations

from sipdiag.model.losses import lost_messages
from sipdiag.places import Frame
from sipdiag.raw import Lost, Wire


def lost(number: int, start: bytes, why: str = "IP fragments are missing") -> Lost:
    return Lost(Frame("in1", number), why, start=start)


def test_requests_that_were_lost_are_named_once_for_each_kind() -> None:
    refer = b"REFER sip:caller@192.0.2.1 SIP/2.0\r\nVia: SIP/2.0/UDP 192.0.2.2"
    wire = Wire(lost=(lost(6, refer), lost(7, refer), lost(8, b"SIP/2.0 200 OK\r\n", "a gap"), lost(9, b"\x80\x00RTP")))
    assert lost_messages(wire) == (
        "frame 6 and 1 more: a REFER was not read: IP fragments are missing",
        "frame 8: a response was not read: a gap",
    )


def test_what_is_whole_is_not_told_of() -> None:
    assert lost_messages(Wire()) == ()
