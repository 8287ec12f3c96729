"""Polycom and Poly phones: every line behind `MMDDHHMMSS|sip  |level|flags|`, the message indented."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="polycom-log",
    hints=("Data ", "data "),
    frames=(
        re.compile(
            rf"(?P<way>>>>|<<<) {{0,2}}[Dd]ata (?:[Ss]end|[Ss]ent|[Rr]eceived)(?: (?P<transport>UDP|TCP|TLS))?(?: (?P<peer>{ADDRESS}))?"
        ),
    ),
    viewpoint="polycom",
)
