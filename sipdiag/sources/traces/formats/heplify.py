"""heplify writing to a file: a line for each packet, `&HEP{…,SrcIP:192.0.2.1,…,Payload:"INVITE …\\r\\n…"}`, as Go prints it."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="heplify-log",
    hints=("HEP{",),
    frames=(
        re.compile(
            r"\bHEP\{Version:\d{1,3},Protocol:(?:(?P<udp>17)|(?P<tcp>6)|\d{1,3}),"
            rf"SrcIP:(?P<src>{ADDRESS}),DstIP:(?P<dst>{ADDRESS}),SrcPort:(?P<sport>\d{{1,5}}),DstPort:(?P<dport>\d{{1,5}}),"
            r"Tsec:(?P<sec>\d{9,11}),Tmsec:(?P<usec>\d{1,6}),"  # they are microseconds
        ),
    ),
)
