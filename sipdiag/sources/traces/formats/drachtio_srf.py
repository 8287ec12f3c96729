"""drachtio-srf, `DEBUG=drachtio:agent`: `===986#…|sip|network|797|udp|198.51.100.20|5060|10:22:31.172476|…`.

The source tells the direction: what comes from the network was received, what comes from the application was sent.
"""

import re

from sipdiag.sources.traces.frame import LENGTH, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="drachtio-srf",
    hints=("|sip|",),
    frames=(
        re.compile(
            rf"\d{{1,7}}#[0-9a-f-]{{1,60}}\|sip\|(?P<way>network|application)\|{LENGTH}\|{TRANSPORT}\|"
            r"(?P<peer>[0-9A-Za-z_.:\[\]-]{1,120})\|(?P<port>\d{1,5})\|(?P<when>\d\d:\d\d:\d\d(?:\.\d{1,9})?)\|"
        ),
    ),
    end=re.compile(r"drachtio:\w{1,20} {1,4}\+\d{1,9}(?:ms|s|m|h)"),
    viewpoint="drachtio",
)
