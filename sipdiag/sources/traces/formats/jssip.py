"""JsSIP and its forks in the console: direction only, and behind each message the time since the line before."""

import re

from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(
    name="jssip-console",
    hints=("message:",),
    frames=(
        re.compile(r"\bjssip[\w.-]{0,30}\.js:\d{1,9} (?P<way>sending|sent|received)(?: text| binary)? message:"),
        re.compile(
            r"(?:JsSIP|sip_ua|SIP):?[\w:.-]{0,20}Transport\b.{0,40}?\b(?P<way>sending|sent|received) "
            r"(?:WebSocket )?(?:text |binary )?message:"
        ),
    ),
    end=re.compile(r"\+(?P<step>\d{1,9}(?:\.\d{1,6})?)(?P<unit>ms|s|m|h)"),
    viewpoint="jssip",
    transport="ws",
)
