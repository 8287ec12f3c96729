"""Oracle (Acme Packet) SBC, sipmsg.log: `May 14 10:22:31.149 On [0:0]192.0.2.1:5060 received from 192.0.2.2:5060`."""

import re

from sipdiag.sources.traces.frame import TraceFormat

_HOST = r"\[?[0-9A-Fa-f.:]{2,45}?\]?:\d{1,5}"
FORMAT = TraceFormat(
    name="oracle-sipmsg",
    hints=(" On ",),
    frames=(
        re.compile(rf"\bOn (?:\[\d{{1,5}}:\d{{1,5}}\])?(?P<dst>{_HOST}) (?P<way>received) from (?P<src>{_HOST})\s*$"),
        re.compile(rf"\bOn (?:\[\d{{1,5}}:\d{{1,5}}\])?(?P<src>{_HOST}) (?P<way>sent) to (?P<dst>{_HOST})\s*$"),
    ),
    viewpoint="oracle-sbc",
)
