"""A report on a REFER: a NOTIFY of the subscription that it makes (RFC 3515, 2.4.4)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.facts.transaction import Transaction
    from sipdiag.places import Frame
    from sipdiag.sip.message import Message


@dataclass(frozen=True, eq=False)
class Notify:
    """A NOTIFY of the transfer's subscription with the status line of its sipfrag."""

    transaction: Transaction
    status: int | None
    reason: str = ""

    @property
    def message(self) -> Message:
        return self.transaction.message

    @property
    def at(self) -> Frame:
        return self.transaction.at

    @property
    def final(self) -> bool:
        return self.status is not None and self.status >= 200

    @property
    def state(self) -> str | None:
        """The value of Subscription-State without its parameters: active, pending, terminated."""
        state = self.message.subscription_state
        return state.state if state else None

    @property
    def terminated(self) -> bool:
        return self.state == "terminated"

    @property
    def taken(self) -> bool:
        """Whether it was answered with 2xx."""
        return self.transaction.succeeded
