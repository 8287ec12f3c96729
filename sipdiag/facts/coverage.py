"""How much of a leg the input holds, and what can be said of messages that are not there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.facts.absence import Absence
from sipdiag.places import elapsed
from sipdiag.stages import Answer

if TYPE_CHECKING:
    from sipdiag.facts.transaction import Hop


@dataclass(frozen=True, slots=True)
class Coverage:
    """How much of a leg the input holds. `until` is the time of the input's last packet."""

    starts: bool
    ends: bool
    readable: bool = True
    lossless: bool = True
    until: float | None = None
    timed: bool = True

    @property
    def whole(self) -> bool:
        return self.starts and self.ends and self.readable and self.lossless

    @property
    def gap(self) -> str | None:
        """The `evidence` slug that says what is missing, or None where nothing is."""
        if not self.readable:
            return "capture-encrypted"
        if not self.lossless:
            return "capture-lossy"
        if not self.starts:
            return "capture-starts-mid-call"
        if not self.ends:
            return "capture-ends-mid-call"
        return None

    def absence(self, after: Hop | None, within: float | None, ended: Hop | None) -> Absence:
        """What it means that a message was not seen, after another (or in the whole leg), within seconds.

        `ended` is the message that ended the leg. Unknown where the input could have missed it: it starts later, ends
        sooner, has gaps, or cannot be read. A leg that ended whole counts as waited out.
        """
        if not self.readable:
            return Absence(Answer.UNKNOWN, "capture-encrypted")
        if not self.lossless:
            return Absence(Answer.UNKNOWN, "capture-lossy")
        if after is None and not self.starts:
            return Absence(Answer.UNKNOWN, "capture-starts-mid-call")
        waited = None
        if after is not None and after.time is not None and self.until is not None:
            waited = self.until - after.time
        if within is not None and waited is not None and waited >= within:
            return Absence(Answer.YES, waited=waited)
        if ended is not None and self.ends and (after is None or ended.order >= after.order):
            return Absence(Answer.YES, waited=elapsed(after.frame if after else None, ended.frame))
        return Absence(Answer.UNKNOWN, "capture-ends-mid-call", waited)
