"""ngrep -W byline, and sipgrep: protocol letter, time, addresses; lines of the message end in a dot for their CR."""

import re

from sipdiag.sources.traces.frame import ARROW, DESTINATION, SOURCE, TraceFormat

# ngrep -t writes the date, -T the time since the last packet, neither writes nothing.
_WHEN = r"(?:(?P<when>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) |\+?\d{1,10}\.\d{1,9} )?"

FORMAT = TraceFormat(
    name="ngrep-byline",
    hints=("->", "\u2192"),
    frames=(
        re.compile(
            rf"(?<![\w:])(?P<transport>[UT])(?:\([^()\s]{{1,20}}\))? {_WHEN}{SOURCE} {ARROW} {DESTINATION}"
            r"(?: \[[A-Z]{1,8}\])?(?: #\d{1,12})?[\s.]*$"
        ),
    ),
)
