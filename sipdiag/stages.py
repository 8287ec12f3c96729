"""The seven stages of a transfer, their answers, and the words for severity and owner."""

from __future__ import annotations

from enum import Enum, IntEnum


class Stage(IntEnum):
    """The ladder that every transfer climbs, in order."""

    CONFIGURED = 0
    ELIGIBLE = 1
    EMITTED = 2
    DELIVERED = 3
    ACCEPTED = 4
    TARGET_REACHED = 5
    COMPLETED = 6

    @property
    def slug(self) -> str:
        """
        >>> Stage.TARGET_REACHED.slug
        'target-reached'
        """
        return self.name.lower().replace("_", "-")

    @property
    def on_the_wire(self) -> bool:
        """Whether this stage can only be answered by what was sent: emitted and all after it."""
        return self >= Stage.EMITTED


class Answer(Enum):
    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class Severity(IntEnum):
    INFO = 0
    WARNING = 1
    ERROR = 2

    @property
    def slug(self) -> str:
        return self.name.lower()


class Owner(Enum):
    """Who can change it."""

    CONFIG = "config"
    PLATFORM = "platform"
    CARRIER = "carrier"
    TARGET = "target"
    NETWORK = "network"


class Outcome(Enum):
    PREDICTED_OK = "predicted-ok"
    PREDICTED_FAIL = "predicted-fail"
    NOT_EMITTED = "not-emitted"
    NOT_DELIVERED = "not-delivered"
    REJECTED = "rejected"
    TARGET_FAILED = "accepted-but-target-failed"
    BROKEN = "completed-but-broken"
    COMPLETED = "completed"
    FAILED = "failed"
    UNKNOWN = "unknown"

    @property
    def is_failure(self) -> bool:
        return self not in (Outcome.PREDICTED_OK, Outcome.COMPLETED, Outcome.UNKNOWN)
