"""Cisco IOS and CUBE, `debug ccsip messages`: a line with the time, then `Sent:` or `Received:`.

Newer releases name both ends behind it: `Received: SIP UDP message from 192.0.2.1:5060 to 192.0.2.2:5060`.
"""

import re

from sipdiag.sources.traces.frame import DESTINATION, SOURCE, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="cisco-ccsip",
    hints=("ccsipDisplayMsg", "Sent:", "Received:"),
    frames=(re.compile(r"/ccsipDisplayMsg(?::|&colon;)?"),),
    more=(
        re.compile(r"^[\s>|]{0,20}(?P<way>Sent|Received):\s*$"),
        re.compile(rf"\b(?P<way>Sent|Received): SIP {TRANSPORT} message from {SOURCE} to {DESTINATION}\s*$"),
    ),
    viewpoint="cisco",
)
