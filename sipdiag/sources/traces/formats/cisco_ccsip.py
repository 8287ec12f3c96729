"""Cisco IOS and CUBE, `debug ccsip messages`: a line with the time, then `Sent:` or `Received:` alone."""

import re

from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(
    name="cisco-ccsip",
    hints=("ccsipDisplayMsg", "Sent:", "Received:"),
    frames=(re.compile(r"(?://\S{1,80})?/(?:Info/\S{0,80})?ccsipDisplayMsg:?"),),
    more=(re.compile(r"^[\s>|]{0,20}(?P<way>Sent|Received):\s*$"),),
    viewpoint="cisco",
)
