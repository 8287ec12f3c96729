"""SIPSorcery: `Request sent: udp:local->udp:remote`; the local address is always on the left."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="sipsorcery-log",
    hints=("Request ", "Response "),
    frames=(
        re.compile(
            rf"(?:Request|Response) (?P<way>sent):? (?P<transport>\w{{2,5}}):(?P<src>{ADDRESS}) ?-> ?\w{{2,5}}:(?P<dst>{ADDRESS})"
        ),
        re.compile(
            rf"(?:Request|Response) (?P<way>received):? (?P<transport>\w{{2,5}}):(?P<dst>{ADDRESS}) ?<- ?\w{{2,5}}:(?P<src>{ADDRESS})"
        ),
    ),
    viewpoint="sipsorcery",
)
