"""sngrep, "save as TXT": a line with both addresses above each message."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="sngrep-text",
    hints=("->", "\u2192"),
    frames=(
        re.compile(
            r"(?<![UTI#] )(?P<when>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) "
            rf"(?P<src>{ADDRESS}) (?:->|\u2192) (?P<dst>{ADDRESS})[\s.]*$"
        ),
    ),
)
