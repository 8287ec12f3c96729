"""sngrep, "save as TXT": a line with both addresses above each message."""

import re

from sipdiag.sources.traces.frame import ARROW, DESTINATION, SOURCE, TraceFormat

FORMAT = TraceFormat(
    name="sngrep-text",
    hints=("->", "\u2192"),
    frames=(
        re.compile(
            r"(?<![UTI#] )(?<!proto:\w{3} )(?P<when>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) "
            rf"{SOURCE} {ARROW} {DESTINATION}[\s.]*$"
        ),
    ),
)
