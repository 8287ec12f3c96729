"""tcpdump -A, and -v: a line with both addresses, ports behind a dot; with -A the octets of the lower layers come first."""

import re

from sipdiag.sources.traces.frame import TraceFormat

_WHEN = r"(?P<when>(?:\d{4}-\d\d-\d\d )?\d\d:\d\d:\d\d\.\d{1,9}|1\d{9}\.\d{1,9})"
_PORT = r"(?:\d{1,5}|sips?|sip-tls)"
_ENDS = (
    rf"(?P<src>[0-9A-Za-z_:-][0-9A-Za-z_.:-]{{0,119}})\.(?P<sport>{_PORT}) > "
    rf"(?P<dst>[0-9A-Za-z_:-][0-9A-Za-z_.:-]{{0,119}})\.(?P<dport>{_PORT}): "
    r"(?:\[[^\[\]]{1,60}\] ?)?(?:(?P<tcp>Flags) |(?P<udp>UDP|SIP))"
)

FORMAT = TraceFormat(
    name="tcpdump-text",
    hints=(" > ", " IP (tos", " IP6 ("),
    frames=(
        re.compile(rf"{_WHEN} (?:\S{{1,16}} {{1,4}}(?:In|Out|B|M|P) {{1,4}})?IP6? {_ENDS}"),
        re.compile(rf"{_WHEN} (?:\S{{1,16}} {{1,4}}(?:In|Out|B|M|P) {{1,4}})?IP6? \((?=.{{0,300}}length)"),
    ),
    more=(re.compile(rf"^[\s>|]{{0,12}}{_ENDS}"),),
    buried=True,
)
