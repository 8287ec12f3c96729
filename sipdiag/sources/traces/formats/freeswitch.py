"""FreeSWITCH's `sofia global siptrace on` (TPORT_LOG of any Sofia-SIP program): peer and time of day above a rule."""

import re

from sipdiag.sources.traces.frame import LENGTH, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="freeswitch-siptrace",
    hints=(" bytes ",),
    frames=(
        re.compile(
            rf"(?<!:\d\d\.\d{{6}} )(?<!:\d\d\.\d{{6}}\| )(?P<way>recv|send|sent) {LENGTH} bytes (?:from|to) "
            rf"{TRANSPORT}/(?P<peer>\[?[0-9A-Za-z_.:%-]{{1,120}}\]?(?::\d{{1,5}})?)"
            r" at (?P<when>\d\d:\d\d:\d\d(?:\.\d{1,9})?):?"
        ),
    ),
    viewpoint="freeswitch",
)
