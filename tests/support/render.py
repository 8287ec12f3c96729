"""Write messages as a capture or in each of the text formats, for tests that want the same exchange in another form.

    from tests.support.render import FORMATS, Sent, pcap

    text = FORMATS["sngrep-text"].write(messages, local="192.0.2.10")
    capture = pcap(messages)

`local` is the host whose log is written where a format tells only the peer. A name with a slash is a variant of the
format before it.
"""

from tests.support import render_agents, render_tools
from tests.support.pcap import pcap
from tests.support.sent import FORMATS, Form, Sent

__all__ = ["FORMATS", "Form", "Sent", "pcap", "render_agents", "render_tools"]
