"""Snom phones, SIP trace: `Received from udp:192.0.2.1:5060 at 14/5/2024 10:22:31:149 (437 bytes):`."""

import re

from sipdiag.sources.traces.frame import LENGTH, PEER, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="snom-trace",
    hints=(" bytes)",),
    frames=(
        re.compile(
            rf"\b(?P<way>Received|Sent) (?:from|to) {TRANSPORT}:{PEER} (?:at|on) (?P<when>[\d/.,: A-Za-z]{{8,40}}) "
            rf"\({LENGTH} bytes\)"
        ),
    ),
    viewpoint="snom",
)
