"""ngrep -W byline, and sipgrep: protocol letter, time, addresses; every line of the message ends in a dot for its CR."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="ngrep-byline",
    hints=("->", "\u2192"),
    frames=(
        re.compile(
            r"(?<!\w)(?P<transport>[UT])(?:\([^()\s]{1,20}\))? (?:(?P<when>\d{4}/\d\d/\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) |\+?\d{1,10}\.\d{1,9} )?"
            rf"(?P<src>{ADDRESS}) (?:->|\u2192) (?P<dst>{ADDRESS})(?: \[[A-Z]{{1,8}}\])?(?: #\d{{1,12}})?[\s.]*$"
        ),
    ),
)
