"""belle-sip, the SIP stack of Linphone: `message sent to [UDP://ip:port]`, `received [N] new bytes from [UDP://ip:port]`."""

import re

from sipdiag.sources.traces.frame import ADDRESS, TraceFormat

FORMAT = TraceFormat(
    name="bellesip-log",
    hints=(" sent to [", " from [", "message sent"),
    frames=(
        re.compile(
            rf"message (?P<way>sent) to \[(?P<transport>\w{{2,5}})://(?P<peer>{ADDRESS})\](?:,? size: \[?(?P<length>\d{{1,9}})\]? bytes)?"
        ),
        re.compile(
            r"(?P<way>received) (?:\[?(?P<length>\d{1,9})\]? new bytes|new message|message|\[?\d{1,9}\]? bytes) from "
            rf"\[(?P<transport>\w{{2,5}})://(?P<peer>{ADDRESS})\]"
        ),
    ),
    viewpoint="linphone",
)
