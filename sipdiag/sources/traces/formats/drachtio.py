"""drachtio-server and jambonz: Sofia-SIP's line behind the date of the log."""

import re

from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(
    name="drachtio-log",
    hints=(" bytes ",),
    frames=(
        re.compile(
            r"(?P<when>\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d{1,9}) (?P<way>recv|send|sent) (?P<length>\d{1,9}) bytes (?:from|to) "
            r"(?P<transport>\w{2,5})/(?P<peer>\[?[0-9A-Za-z_.:%-]{1,120}\]?:\d{1,5}) at \d\d:\d\d:\d\d\.\d{1,9}:?"
        ),
    ),
    viewpoint="drachtio",
)
