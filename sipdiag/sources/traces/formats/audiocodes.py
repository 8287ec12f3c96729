"""AudioCodes Mediant syslog: `---- Incoming SIP Message from ip:port to SIPInterface #0 (NAME) UDP TO(#11) ----`."""

import re

from sipdiag.sources.traces.frame import PEER, TraceFormat

FORMAT = TraceFormat(
    name="audiocodes-syslog",
    hints=("SIP Message",),
    frames=(
        re.compile(
            rf"-{{2,4}} ?(?P<way>Incoming|Outgoing) SIP Message (?:from|to) {PEER}"
            r"(?: (?:to|from) SIPInterface #\d{1,6}(?: \((?P<interface>[^()]{1,80})\))?)?"
            r"(?:.{0,60}?\b(?P<transport>UDP|TCP|TLS|WSS|WS)\b)?"
            r"(?:.{0,120}?\[Time: ?(?P<when>[0-9@:.-]{8,30})\])?"
        ),
    ),
    end=re.compile(r"\[Time: ?(?P<when>[0-9@:.-]{8,30})\]"),
    viewpoint="audiocodes",
)
