"""FreeSWITCH's `sofia global siptrace on` (and TPORT_LOG of any Sofia-SIP program): peer and time of day above a rule."""

import re

from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(
    name="freeswitch-siptrace",
    hints=(" bytes ",),
    frames=(
        re.compile(
            r"(?<!\d )(?P<way>recv|send|sent) (?P<length>\d{1,9}) bytes (?:from|to) "
            r"(?P<transport>\w{2,5})/(?P<peer>\[?[0-9A-Za-z_.:%-]{1,120}\]?:\d{1,5}) at (?P<when>\d\d:\d\d:\d\d\.\d{1,9}):?"
        ),
    ),
    viewpoint="freeswitch",
)
