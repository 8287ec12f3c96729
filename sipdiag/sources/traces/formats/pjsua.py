"""PJSIP's own log (pjsua, softphones, Android): `.TX N bytes Request msg REFER/cseq=1 (tdta0x1) to UDP ip:port:`."""

import re

from sipdiag.sources.traces.frame import LENGTH, PEER, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="pjsua-log",
    hints=(" bytes Re",),
    frames=(
        re.compile(
            rf"\b(?P<way>TX|RX) {LENGTH} bytes (?:Request|Response) msg \S{{1,200}} \(\S{{1,60}}\) (?:to|from) "
            rf"{TRANSPORT} {PEER}\s*$"
        ),
    ),
    end=re.compile(r"(?:.{0,200}\s)?(?:--|\u2013|\u2014) ?end msg ?(?:--|\u2013|\u2014)"),
    viewpoint="pjsip",
)
