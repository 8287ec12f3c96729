"""belle-sip, the stack of Linphone: `message sent to [UDP://ip:port]`, `received [N] new bytes from [UDP://ip:port]`."""

import re

from sipdiag.sources.traces.frame import LENGTH, PEER, TRANSPORT, TraceFormat

_PEER = rf"(?:{PEER}|[^\[\]]{{1,120}})"  # an address that was masked is none

FORMAT = TraceFormat(
    name="bellesip-log",
    hints=(" sent to [", " from ["),
    frames=(
        re.compile(rf"message (?P<way>sent) to \[{TRANSPORT}://{_PEER}\](?:,? size: \[?{LENGTH}\]? bytes)?"),
        re.compile(
            rf"(?P<way>received) (?:\[?{LENGTH}\]? new bytes|new message|message|\[?\d{{1,9}}\]? bytes) from "
            rf"\[{TRANSPORT}://{_PEER}\]"
        ),
    ),
    viewpoint="linphone",
)
