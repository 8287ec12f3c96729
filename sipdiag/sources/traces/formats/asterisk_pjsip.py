"""Asterisk's `pjsip set logger on`, on the console and in a log file."""

import re

from sipdiag.sources.traces.frame import LENGTH, PEER, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="asterisk-pjsip-logger",
    hints=("<---",),
    frames=(
        re.compile(
            rf"<-{{3}} (?P<way>Received|Transmitting) SIP (?:request|response|message) \({LENGTH} bytes\) (?:from|to) "
            rf"{TRANSPORT}:{PEER} -{{3}}>"
        ),
    ),
    viewpoint="asterisk",
)
