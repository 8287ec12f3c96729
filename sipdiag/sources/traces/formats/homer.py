"""Homer, "export as text": `proto:UDP 2024-05-14T10:22:31.149Z  192.0.2.1:5060 ---> 198.51.100.2:5060`."""

import re

from sipdiag.sources.traces.frame import DESTINATION, SOURCE, TRANSPORT, TraceFormat

FORMAT = TraceFormat(
    name="homer-text",
    hints=("proto:",),
    frames=(
        re.compile(
            rf"proto:{TRANSPORT}\s{{1,3}}(?P<when>\d{{4}}-\d\d-\d\d[T ]\S{{8,40}})\s{{1,3}}"
            rf"{SOURCE} -{{1,3}}> {DESTINATION}"
        ),
    ),
)
