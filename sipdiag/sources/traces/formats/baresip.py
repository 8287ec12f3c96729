"""baresip's SIP trace: a line with the time of day and `#`, then a line with transport and both addresses."""

import re

from sipdiag.sources.traces.frame import ARROW, DESTINATION, SOURCE, TraceFormat

FORMAT = TraceFormat(
    name="baresip-siptrace",
    hints=("#", "->", "\u2192"),
    frames=(re.compile(r"(?<![\d:.])(?P<when>\d\d:\d\d:\d\d\.\d{3})#\s*$"),),
    more=(re.compile(rf"(?<![\w:])(?P<transport>UDP|TCP|TLS|WS|WSS|SCTP) {SOURCE} {ARROW} {DESTINATION}\s*$"),),
    viewpoint="baresip",
)
