"""drachtio-server and jambonz: Sofia-SIP's line behind the date of the log, which names the month in old releases."""

import re

from sipdiag.sources.traces.frame import LENGTH, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="drachtio-log",
    hints=(" bytes ",),
    frames=(
        re.compile(
            rf"(?P<when>\d{{4}}-(?:\d\d|[A-Z][a-z]{{2}})-\d\d \d\d:\d\d:\d\d\.\d{{1,9}})\|? (?P<way>recv|send|sent) {LENGTH} bytes "
            rf"(?:from|to) {TRANSPORT}/(?P<peer>\[?[0-9A-Za-z_.:%-]{{1,120}}\]?:\d{{1,5}})"
            r" at \d\d:\d\d:\d\d\.\d{1,9}:?"
        ),
    ),
    viewpoint="drachtio",
)
