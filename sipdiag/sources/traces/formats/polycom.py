"""Polycom and Poly phones: every line behind `MMDDHHMMSS|sip  |level|flags|`, the message indented."""

import re

from sipdiag.sources.traces.frame import PEER, TraceFormat

FORMAT = TraceFormat(
    name="polycom-log",
    hints=("Data ", "data "),
    frames=(
        re.compile(
            r"(?P<way>>>>|<<<) {0,2}[Dd]ata (?:[Ss]end|[Ss]ent|[Rr]eceived)\b"
            rf"(?: (?P<transport>UDP|TCP|TLS)\b)?(?: {PEER})?"
        ),
    ),
    viewpoint="polycom",
)
