"""Asterisk's `pjsip set logger on`, on the console and in a log file."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="asterisk-pjsip-logger",
    hints=("<---",),
    frames=(
        re.compile(
            r"<-{3} (?P<way>Received|Transmitting) SIP (?:request|response|message) \((?P<length>\d{1,9}) bytes\) (?:from|to) "
            rf"(?P<transport>\w{{2,5}}):(?P<peer>{ADDRESS}) -{{3}}>"
        ),
    ),
    viewpoint="asterisk",
)
