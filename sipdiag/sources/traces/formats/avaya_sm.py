"""Avaya Session Manager, traceSM and its SIPMSGT log: `ingress: { L192.0.2.1:5061/R192.0.2.2:5061/TLS/0x1f4 }`.

The line above tells the time; `L` is the local end and `R` the remote one.
"""

import re

from sipdiag.sources.traces.frame import TraceFormat

_HOST = r"\[?[0-9A-Fa-f.:]{2,45}?\]?:\d{1,5}"
_ON = r"/(?P<transport>\w{2,5})/"
FORMAT = TraceFormat(
    name="avaya-sm",
    hints=("gress: { L", " -->", " <--"),
    frames=(re.compile(r"^\W{0,40}(?P<when>\d[\d/]{7,9} \d\d:\d\d:\d\d[.:]\d{3}) {1,4}(?:-->|<--)\s*$"),),
    more=(
        re.compile(rf"\b(?P<way>ingress): \{{ L(?P<dst>{_HOST})/R(?P<src>{_HOST}){_ON}"),
        re.compile(rf"\b(?P<way>egress): \{{ L(?P<src>{_HOST})/R(?P<dst>{_HOST}){_ON}"),
    ),
    viewpoint="avaya-sm",
)
