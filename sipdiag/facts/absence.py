"""The answer to the question whether something is missing."""

from __future__ import annotations

from sipdiag.dataclass import dataclass
from sipdiag.stages import Answer


@dataclass(frozen=True, slots=True)
class Absence:
    """Whether something is missing, and how that is known.

    `why` is an `evidence` slug where the answer is unknown; `waited` is in seconds, None where order alone decides.
    """

    answer: Answer
    why: str = ""
    waited: float | None = None

    @property
    def yes(self) -> bool:
        return self.answer is Answer.YES

    @property
    def unknown(self) -> bool:
        return self.answer is Answer.UNKNOWN
