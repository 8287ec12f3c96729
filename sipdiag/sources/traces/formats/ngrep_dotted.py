"""ngrep without `-W byline`: below the usual line the message runs on, two dots for each of its line ends."""

from sipdiag.sources.traces.flat import DOTTED, collect_dotted
from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(name="dotted-messages", opens=DOTTED, collect=collect_dotted)
