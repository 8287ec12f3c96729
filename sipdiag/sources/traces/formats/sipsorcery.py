"""SIPSorcery: `Request sent: udp:local->udp:remote`; the local address is always on the left."""

import re

from sipdiag.sources.traces.frame import DESTINATION, SOURCE, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="sipsorcery-log",
    hints=("Request ", "Response "),
    frames=(
        re.compile(rf"(?:Request|Response) (?P<way>sent):? {TRANSPORT}:{SOURCE} ?-> ?\w{{2,5}}:{DESTINATION}"),
        re.compile(rf"(?:Request|Response) (?P<way>received):? {TRANSPORT}:{DESTINATION} ?<- ?\w{{2,5}}:{SOURCE}"),
    ),
    viewpoint="sipsorcery",
)
