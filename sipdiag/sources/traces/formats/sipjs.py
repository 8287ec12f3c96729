"""SIP.js in the console of a browser; the date is the browser's own, with its zone."""

import re

from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(
    name="sipjs-console",
    hints=("WebSocket ",),
    frames=(
        re.compile(
            r"[Ss][Ii][Pp]\.[Tt]ransport\b.{0,40}?\b(?P<way>[Ss]ending|[Ss]ent|[Rr]eceived) WebSocket "
            r"(?:text |binary )?message"
        ),
    ),
    viewpoint="sip.js",
    transport="ws",
)
