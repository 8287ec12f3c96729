"""Asterisk's old channel driver, `sip set debug on`: `SIP read from`, `Transmitting (NAT) to`, `Retransmitting #1`."""

import re

from sipdiag.sources.traces.frame import PEER, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="asterisk-chan-sip",
    hints=("SIP read from", "ransmitting "),
    frames=(
        re.compile(rf"SIP (?P<way>read) from (?:{TRANSPORT}:(?://)?)?{PEER}(?: ?-{{2,3}}>|:)?\s*$"),
        re.compile(
            r"(?P<way>Transmitting|Retransmitting) (?:#\d{1,4} )?\((?:no )?(?:NAT|nat)[^()]{0,20}\) to "
            rf"(?:{TRANSPORT}:)?{PEER}(?: ?-{{2,3}}>|:)?\s*$"
        ),
    ),
    end=re.compile(r"<-{10,}>|-{3}"),
    viewpoint="asterisk",
)
