"""tshark -V, and Wireshark's "copy all visible tree items": a tree of fields, with or without the layers below SIP."""

import re

from sipdiag.sources.traces.frame import TraceFormat
from sipdiag.sources.traces.tree import ROOT, collect_tree

# An address may stand behind its name, in parentheses (Wireshark with name resolution, and all before 2.0).
_HOST = r"(?:[^\s(),]{1,120} \((?=[0-9A-Fa-f.:]{2,45}\)))?(?P<%s>[0-9A-Za-z_.:%%-]{1,120})\)?"
_PORT = r"(?:[^\s(),]{1,40} \((?=\d))?(?P<%s>\d{1,5})\)?"
_PORTS = f"Src Port: {_PORT % 'sport'}, Dst Port: {_PORT % 'dport'}"

FORMAT = TraceFormat(
    name="tshark-verbose",
    hints=(
        "Frame ",
        "Internet Protocol",
        "Datagram Protocol",
        "Control Protocol",
        "Transport Layer Security",
        "Time: ",
        "WebSocket",
        "Secure Sockets",
    ),
    frames=(re.compile(r"(?:^|[\s>|])Frame (?P<number>\d{1,12})(?:: \d| \()"),),
    more=(
        re.compile(r"(?:^|\s)Epoch (?:Arrival )?Time: (?P<when>\d{9,11}\.\d{1,9})"),
        re.compile(r"(?:^|\s)(?:UTC )?Arrival Time: (?P<when>\w{3} {1,2}\d{1,2}, \d{4} \d\d:\d\d:\d\d(?:\.\d{1,9})?)"),
        re.compile(rf"(?:^|[>|\s])Internet Protocol(?: Version [46])?, Src: {_HOST % 'src'}, Dst: {_HOST % 'dst'}"),
        re.compile(rf"(?:^|[>|\s])(?P<transport>U)ser Datagram Protocol, {_PORTS}"),
        re.compile(rf"(?:^|[>|\s])(?P<transport>T)ransmission Control Protocol, {_PORTS}"),
        re.compile(r"(?:^|[>|] ?)(?P<tls>Transport Layer Security|Secure Sockets Layer)\s*$"),
        re.compile(r"(?:^|[>|] ?)(?P<ws>WebSocket)\s*$"),
    ),
    opens=ROOT,
    collect=collect_tree,
)
