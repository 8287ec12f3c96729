"""A call: the legs of one session, joined only by stated signals."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.facts.leg import Leg


@dataclass(frozen=True, slots=True)
class Join:
    """Why two legs are held to be one call or one transfer. `signals` are in words, the strongest first."""

    first: Leg
    second: Leg
    signals: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Doubt:
    """A leg that may be the other side of any of some, all as likely, and was joined to none of them."""

    leg: Leg
    others: tuple[Leg, ...]


@dataclass(frozen=True, eq=False)
class Call:
    """The legs of one session in the order in which they began. Legs of a B2BUA have different Call-IDs."""

    id: str
    case: str
    legs: tuple[Leg, ...]
    joins: tuple[Join, ...] = ()
    doubts: tuple[Doubt, ...] = ()

    @property
    def main(self) -> Leg:
        return self.legs[0]

    @property
    def state(self) -> str:
        states = [leg.state for leg in self.legs]
        return "confirmed" if "confirmed" in states else states[0]

    @property
    def call_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(leg.call_id for leg in self.legs))

    @property
    def lasting_name(self) -> str:
        """What it is called in every capture of it."""
        return " ".join(sorted(self.call_ids))

    @property
    def transports(self) -> tuple[str, ...]:
        return tuple(sorted({t for leg in self.legs for t in leg.transports}))

    @property
    def messages(self) -> int:
        """Every sighting of every message, retransmissions and hops included."""
        return sum(1 + len(h.copies) for leg in self.legs for h in leg.hops)

    @property
    def confirmed(self) -> bool | None:
        answers = [leg.confirmed for leg in self.legs]
        if True in answers:
            return True
        return None if None in answers else False
