"""A leg that a transfer caused, towards its target."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.transaction import Transaction


@dataclass(frozen=True, eq=False)
class TargetLeg:
    """A new leg towards the target, and the signals that tie it to the REFER, the strongest first."""

    leg: Leg
    signals: tuple[str, ...]
    certain: bool = True

    @property
    def invite(self) -> Transaction:
        invite = self.leg.invite
        assert invite is not None  # noqa: S101 - only legs with an INVITE are taken for target legs
        return invite

    @property
    def status(self) -> int | None:
        """Its final status; None while it is pending, or may be: challenged where the input ends."""
        return None if self.leg.awaits_credentials else self.invite.status

    @property
    def answered(self) -> bool:
        return self.leg.answer is not None or self.leg.acknowledged

    @property
    def answered_from(self) -> int | None:
        """Where in the order of all messages its answer stands, or the ACK where that is not in the input."""
        if self.leg.answer is not None:
            return self.leg.answer.order
        return self.leg.acks[0].order if self.leg.acknowledged else None
