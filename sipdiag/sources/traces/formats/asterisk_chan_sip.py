"""Asterisk's old channel driver, `sip set debug on`: `SIP read from`, `Transmitting (NAT) to`, `Retransmitting #1 (NAT)`."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="asterisk-chan-sip",
    hints=("SIP read from", "ransmitting "),
    frames=(
        re.compile(
            rf"<-{{2,3}} SIP (?P<way>read) from (?:(?P<transport>\w{{2,5}}):(?://)?)?(?P<peer>{ADDRESS}) -{{2,3}}>"
        ),
        re.compile(
            r"(?:<-{3} )?(?:Reliably )?(?P<way>Transmitting|Retransmitting) (?:#\d{1,4} )?\((?:no )?NAT\) to "
            rf"(?:(?P<transport>\w{{2,5}}):)?(?P<peer>{ADDRESS}?)(?: -{{3}}>|:)\s*$"
        ),
        re.compile(rf"SIP (?P<way>read) from (?P<peer>{ADDRESS}?)\s*:?\s*$"),
    ),
    end=re.compile(r"<-{10,}>|-{3}"),
    viewpoint="asterisk",
)
