"""JAIN SIP's trace (Restcomm, Jitsi, Jigasi and other Java stacks): an element with attributes, the message in CDATA.

`from="192.0.2.1:5060"`, `to="192.0.2.2:5060"`, `time="1715682151149"`, each on a line of its own.
"""

import re

from sipdiag.sources.traces.frame import TraceFormat

_HOST = r"/?\[?[0-9A-Za-z_.:%-]{1,120}\]?:\d{1,5}"
FORMAT = TraceFormat(
    name="jain-sip",
    hints=("<message", 'from="', 'to="', 'time="', 'sender="', 'Sender="', 'Id="', 'Line="', 'Message="'),
    frames=(re.compile(r"<message\s*$"),),
    more=(
        re.compile(rf'^\s*from="(?P<src>{_HOST})"\s*$'),
        re.compile(rf'^\s*to="(?P<dst>{_HOST})"\s*$'),
        re.compile(r'^\s*time="(?P<sec>\d{10})(?P<msec>\d{3})"\s*$'),
        re.compile(r'^\s*(?:isSender|transactionId|callId|firstLine|statusMessage|debugLine)=".*"\s*$'),
    ),
    end=re.compile(r"\]\]>|</message>"),
)
