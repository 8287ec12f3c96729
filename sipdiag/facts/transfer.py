"""A transfer: who moves whom to whom, by which method, and everything that was said about it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from sipdiag.facts.call import Call
from sipdiag.facts.leg import Absence, Leg, Side
from sipdiag.facts.transaction import Hop, Transaction, elapsed
from sipdiag.places import Frame
from sipdiag.raw import Connection, Endpoint, LogLine, Lost, MediaFlow, Unreachable
from sipdiag.sip.message import Message
from sipdiag.sip.refer import ReferTo


@dataclass(frozen=True, eq=False)
class Notify:
    """A NOTIFY of the transfer's subscription (RFC 3515, 2.4.4), with the status line of its sipfrag."""

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
        return self.invite.status

    @property
    def answered(self) -> bool:
        return self.leg.answer is not None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the input holds beside SIP messages, for the whole case."""

    connections: tuple[Connection, ...] = ()
    unreachables: tuple[Unreachable, ...] = ()
    media: tuple[MediaFlow, ...] = ()
    lost: tuple[Lost, ...] = ()
    log: tuple[LogLine, ...] = ()
    encrypted: tuple[Connection, ...] = ()  # TLS that was established and could not be read


@dataclass(frozen=True, eq=False)
class Transfer:
    """One attempt of one party to hand a call over.

    `method` is blind-refer, attended-refer, second-leg, conference, reinvite, or unknown where none was seen.
    `leg` is the transferor's own leg with the transferee's side; `transferor` its side there. `attempts` are its REFERs
    in order: several where one was challenged and retried. `relayed` are the same REFER on other legs of a B2BUA.
    `targets` are the new legs it caused, the nearest to the transferee first. `asked_for_in` holds any of wire, record,
    log, config, option.
    """

    id: str
    case: str
    call: Call | None
    leg: Leg | None
    method: str
    transferor: Side | None
    asked_for_in: tuple[str, ...]
    attempts: tuple[Transaction, ...] = ()
    relayed: tuple[Transaction, ...] = ()
    notifies: tuple[Notify, ...] = ()
    relayed_notifies: tuple[Notify, ...] = ()  # on other legs of a B2BUA
    targets: tuple[TargetLeg, ...] = ()
    consultation: Leg | None = None
    other_legs: tuple[Leg, ...] = ()  # of the same call, the transferor's leg left out
    around: Surroundings = Surroundings()
    log: tuple[LogLine, ...] = ()  # lines that show that a transfer was asked for
    wire: bool = True  # whether any readable wire evidence of this call exists
    other_sip: frozenset[str] = frozenset()  # hosts between which the input holds SIP of other legs

    @property
    def decisive(self) -> Transaction | None:
        """The REFER that decided: the first that was accepted, else the last."""
        return next((a for a in self.attempts if a.succeeded), self.attempts[-1] if self.attempts else None)

    @property
    def refer(self) -> Message | None:
        return self.decisive.message if self.decisive else None

    @cached_property
    def refer_to(self) -> ReferTo | None:
        return self.refer.refer_to if self.refer is not None else None

    @property
    def attended(self) -> bool:
        return self.refer_to is not None and self.refer_to.raw_replaces is not None

    @property
    def accepted(self) -> bool:
        return self.decisive is not None and self.decisive.succeeded

    @property
    def status(self) -> int | None:
        return self.decisive.status if self.decisive else None

    @property
    def acceptance(self) -> Hop | None:
        """The 2xx to the REFER, as the transferor got it."""
        return self.decisive.final if self.decisive is not None and self.decisive.succeeded else None

    @property
    def no_subscription(self) -> bool:
        """Whether both sides agreed that no NOTIFY is to be sent (RFC 4488, RFC 7614)."""
        if self.refer is None or self.acceptance is None:
            return False
        nosub = "nosub" in (self.refer.require or frozenset())
        return nosub or (self.refer.refer_sub is False and self.acceptance.message.refer_sub is not True)

    @property
    def final_notify(self) -> Notify | None:
        """The last NOTIFY whose sipfrag is final."""
        return next((n for n in reversed(self.notifies) if n.final), None)

    @property
    def target(self) -> TargetLeg | None:
        """The new leg that decides: one that was answered, else the first."""
        return next((t for t in self.targets if t.answered), self.targets[0] if self.targets else None)

    @property
    def target_status(self) -> int | None:
        """The final status of the new call, where it was seen on its own leg or reported in a sipfrag.

        A visible leg is believed before a report of it.
        """
        if self.target is not None and self.target.status is not None and self.target.certain:
            return self.target.status
        if self.final_notify is not None:
            return self.final_notify.status
        return self.target.status if self.target is not None else None

    @property
    def target_at(self) -> Frame | None:
        """The frame that tells `target_status`."""
        target = self.target
        if target is not None and target.invite.answerer is not None and target.certain:
            return target.invite.answerer.frame
        if self.final_notify is not None:
            return self.final_notify.at
        return target.invite.answerer.frame if target is not None and target.invite.answerer is not None else None

    @property
    def transferee(self) -> Side | None:
        return self.transferor.other if self.transferor else None

    def byes(self, side: Side | None = None) -> tuple[Transaction, ...]:
        """The BYEs of the transferor's leg, by who sent them."""
        return self.leg.requests("BYE", side) if self.leg is not None else ()

    @property
    def transferor_host(self) -> str | None:
        address = self.leg.address(self.transferor) if self.leg and self.transferor else None
        return address.host if address else None

    @property
    def peer(self) -> Endpoint | None:
        """Whom the transferor sends its REFER to: the next hop."""
        return self.decisive.first.destination if self.decisive else None

    def target_leg_had_to_be_visible(self) -> bool:
        """Whether the input holds other SIP between the transferee's side and an address that is not the transferor's.

        Only then does the absence of a new INVITE say anything; where the capture was taken is never assumed.
        """
        if self.leg is None or self.transferor is None or self.decisive is None:
            return False
        answerer = self.decisive.answerer
        places = {e.host for e in (answerer.source if answerer else None, self.leg.address(self.transferor.other)) if e}
        own = self.transferor_host
        return any(host != own for host in self.other_sip) and bool(places) and self._sees_beyond(places, own)

    def _sees_beyond(self, places: set[str], own: str | None) -> bool:
        for leg in (*self.other_legs, *([self.consultation] if self.consultation else []), *(t.leg for t in self.targets)):
            for hop in leg.hops:
                ends = {e.host for e in (hop.source, hop.destination) if e}
                if ends & places and ends - places - ({own} if own else set()):
                    return True
        return False

    def absent_notify(self, within: float | None = None) -> Absence | None:
        """Whether no NOTIFY of the subscription came after the REFER; None where there is no leg to ask."""
        if self.leg is None or self.decisive is None:
            return None
        known = {n.transaction.first for n in self.notifies}
        return self.leg.absent(lambda h: h in known, after=self.acceptance or self.decisive.first, within=within)

    def since_refer(self, frame: Frame) -> float | None:
        return elapsed(self.decisive.at if self.decisive else None, frame)
