"""Kamailio's sipdump module: one fact a line above each message, and rules of `=`, `~` and `|` around it."""

import re

from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(
    name="kamailio-sipdump",
    hints=("tag: ", "time: ", "proto: ", "srcip: ", "srcport: ", "dstip: ", "dstport: "),
    frames=(re.compile(r"^tag: (?P<way>rcv|snd)\s*$"),),
    more=(
        re.compile(r"^time: (?P<when>\d{9,11}\.\d{1,9})\s*$"),
        re.compile(r"^proto: (?P<transport>\w{2,5})\b"),
        re.compile(r"^srcip: (?P<src>\S{1,120})\s*$"),
        re.compile(r"^srcport: (?P<sport>\d{1,5})\s*$"),
        re.compile(r"^dstip: (?P<dst>\S{1,120})\s*$"),
        re.compile(r"^dstport: (?P<dport>\d{1,5})\s*$"),
    ),
    viewpoint="kamailio",
)
