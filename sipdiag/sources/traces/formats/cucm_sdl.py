"""Cisco Unified CM, SDL trace: `Incoming SIP TCP message from 192.0.2.1 on port 5060 index 4 with 437 bytes:`."""

import re

from sipdiag.sources.traces.frame import LENGTH, PEER, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="cucm-sdl",
    hints=("coming SIP ", "going SIP "),
    frames=(
        re.compile(
            rf"(?P<way>Incoming|Outgoing) SIP {TRANSPORT} message (?:size {LENGTH} )?(?:from|to) {PEER}"
            r"(?: on port |:?\[)(?P<port>\d{1,5})(?: index \d{1,9})?"
        ),
        re.compile(rf"(?P<way>Incoming|Outgoing) SIP {TRANSPORT} [Mm]essage (?:from|to) {PEER}:?\s*$"),
    ),
    viewpoint="cucm",
)
