"""Cisco Unified CM, SDL trace: `Incoming SIP TCP message from 192.0.2.1 on port 5060 index 4 with 437 bytes:`."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="cucm-sdl",
    hints=("coming SIP ", "going SIP "),
    frames=(
        re.compile(
            rf"(?P<way>Incoming|Outgoing) SIP (?P<transport>\w{{2,5}}) message (?:from|to) (?P<peer>{ADDRESS}) on port (?P<port>\d{{1,5}})"
            r"(?: index \d{1,9}(?: with (?P<length>\d{1,9}) bytes)?)?"
        ),
    ),
    viewpoint="cucm",
)
