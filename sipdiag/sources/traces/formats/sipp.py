"""SIPp, `-trace_msg`: a rule with the date, then `UDP message sent (437 bytes):` or `UDP message received [437] bytes :`."""

import re

from sipdiag.sources.traces.frame import LENGTH, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="sipp-messages",
    hints=("----- ", " message "),
    frames=(re.compile(r"-{20,60} (?P<when>\d{4}-\d\d-\d\d[ \t]\d\d:\d\d:\d\d(?:[.:]\d{1,9})?)"),),
    more=(re.compile(rf"^{TRANSPORT} message (?P<way>sent|received) [(\[]{LENGTH}\]? bytes\)? ?:"),),
    viewpoint="sipp",
)
