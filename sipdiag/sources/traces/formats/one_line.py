"""Messages that a page or a ticket system joined to one line each."""

from sipdiag.sources.traces.flat import SPACED, collect_spaced
from sipdiag.sources.traces.frame import TraceFormat

FORMAT = TraceFormat(name="one-line-messages", opens=SPACED, collect=collect_spaced)
