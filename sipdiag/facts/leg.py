"""A leg: the dialogs that one INVITE made, what its sides said in them, and what is not there."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import field
from enum import Enum
from operator import attrgetter

from sipdiag.cached import cached_property
from sipdiag.dataclass import dataclass
from sipdiag.facts.absence import Absence
from sipdiag.facts.coverage import Coverage
from sipdiag.facts.timers import CHALLENGE_ANSWER, TIMER_F
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.places import elapsed
from sipdiag.raw import Endpoint
from sipdiag.sip.header import NameAddr
from sipdiag.sip.message import Message
from sipdiag.stages import Answer

# Headers in which B2BUAs keep the Call-ID of the other leg, or an id of the whole session (RFC 7989 for Session-ID).
SESSION_HEADERS = (
    "Session-ID",
    "X-Call-ID",
    "X-CallID",
    "X-CID",
    "P-Charging-Vector",
    "X-Session-ID",
    "X-Original-Call-ID",
)


class Side(Enum):
    """The two ends of a leg, by who sent its INVITE."""

    CALLER = "caller"
    CALLEE = "callee"

    @property
    def other(self) -> Side:
        return Side.CALLEE if self is Side.CALLER else Side.CALLER


@dataclass(frozen=True, eq=False)
class Leg:
    """The dialogs that one INVITE made: one Call-ID, the caller's tag, and the tag of each branch that answered.

    Where the INVITE was not captured, the caller is the sender of the first request seen. A REFER in a dialog of its own
    that names this one (RFC 4538) is here too; `beside` tells the sides of such a dialog by its tags.
    """

    call_id: str
    caller_tag: str
    callee_tags: tuple[str, ...]
    transactions: tuple[Transaction, ...]
    coverage: Coverage
    beside: Mapping[str, Side] = field(default_factory=dict)

    @property
    def lasting_name(self) -> str:
        """What it is called in every capture of it."""
        return self.call_id

    @cached_property
    def invites(self) -> tuple[Transaction, ...]:
        """The INVITEs that try to set the leg up: several where it was challenged or redirected."""
        return tuple(t for t in self.transactions if t.method == "INVITE" and not t.to_tag)

    @cached_property
    def invite(self) -> Transaction | None:
        """The INVITE that decided: the one that was answered with 2xx, else the last."""
        return next((t for t in self.invites if t.succeeded), self.invites[-1] if self.invites else None)

    @cached_property
    def started(self) -> float | None:
        """When its first INVITE was seen, in epoch seconds; None without INVITE or time."""
        return self.invites[0].at.time if self.invites else None

    @cached_property
    def reinvites(self) -> tuple[Transaction, ...]:
        return tuple(t for t in self.transactions if t.method in ("INVITE", "UPDATE") and t.to_tag)

    @cached_property
    def answer(self) -> Hop | None:
        """The 2xx to the INVITE."""
        return self.invite.final if self.invite is not None and self.invite.succeeded else None

    @cached_property
    def session_ids(self) -> dict[str, str]:
        """The ids of a whole session that the first INVITE carries, by header."""
        first = self.invites[0].message if self.invites else None
        return {n: v for n in SESSION_HEADERS if first is not None and (v := first.get(n))}

    @cached_property
    def acks(self) -> tuple[Transaction, ...]:
        return self.requests("ACK")

    @cached_property
    def byes(self) -> tuple[Transaction, ...]:
        return self.requests("BYE")

    @cached_property
    def refers(self) -> tuple[Transaction, ...]:
        return self.requests("REFER")

    @cached_property
    def refer_times(self) -> tuple[float, float] | None:
        """When its first and its last REFER were sent, in epoch seconds; None where there is none, or one without time."""
        times = [t.at.time for t in self.refers]
        known = [time for time in times if time is not None]
        return (min(known), max(known)) if known and len(known) == len(times) else None

    def requests(self, method: str, side: Side | None = None) -> tuple[Transaction, ...]:
        return tuple(t for t in self.transactions if t.method == method and (side is None or self.side_of(t) is side))

    @cached_property
    def holds_call(self) -> bool:
        """Whether there is a session in it: a REFER outside any dialog (RFC 3515, 2) begins one without."""
        first = self.transactions[0] if self.transactions else None
        return self.invite is not None or first is None or first.method != "REFER" or first.to_tag is not None

    @cached_property
    def confirmed(self) -> bool | None:
        """Whether the leg reached the confirmed state; None where its start was not captured and nothing tells."""
        if not self.holds_call:
            return None
        if self.answer is not None:
            return True
        if any(
            t.method in ("BYE", "REFER", "INFO", "NOTIFY", "INVITE") and t.to_tag and t.succeeded
            for t in self.transactions
        ):
            return True
        if self.invite is not None:
            refused = self.invite.refused and not self.awaits_credentials
            if self.acknowledged:
                return True
            return False if refused or self.coverage.ends or self._never_answered else None
        return None

    @cached_property
    def awaits_credentials(self) -> bool:
        """Whether the last INVITE was challenged so late in the input that its repeat would not show."""
        return self.invite is not None and unrepeated(self.invite, self.coverage.until)

    @cached_property
    def acknowledged(self) -> bool:
        """Whether an ACK alone tells that the INVITE was answered with a 2xx: that ACK is a transaction of its own (RFC 3261, 17.1.1.3)."""
        invite = self.invite
        if invite is None or invite.final is not None or invite.first.branch is None:
            return False
        return any(a.cseq == invite.cseq and a.to_tag and a.first.branch != invite.first.branch for a in self.acks)

    @property
    def _never_answered(self) -> bool:
        """Whether the INVITE got no response at all before timer B ran out (RFC 3261 17.1.1.2), which is as timer F."""
        invite, until = self.invite, self.coverage.until
        if invite is None or invite.responses or until is None or invite.at.time is None:
            return False
        return self.coverage.lossless and self.coverage.readable and until - invite.at.time >= TIMER_F

    @property
    def state(self) -> str:
        """confirmed, failed, cancelled or unknown."""
        if self.confirmed:
            return "confirmed"
        if self.requests("CANCEL") or (self.invite is not None and self.invite.status == 487):
            return "cancelled"
        refused = self.invite is not None and self.invite.refused and not self.awaits_credentials
        return "failed" if refused else "unknown"

    @property
    def ended(self) -> Hop | None:
        """The BYE that ended the leg, or the final response that refused it."""
        if self.byes:
            return self.byes[0].first
        if self.invite is not None and self.invite.refused and not self.awaits_credentials:
            return self.invite.final
        return None

    def side_of(self, transaction: Transaction) -> Side | None:
        """Who sent a request, by its From tag."""
        if transaction.from_tag in self.beside and transaction.call_id != self.call_id:
            return self.beside[transaction.from_tag]
        if transaction.from_tag == self.caller_tag:
            return Side.CALLER
        if transaction.from_tag in self.callee_tags:
            return Side.CALLEE
        to_tag = transaction.to_tag
        if to_tag == self.caller_tag:
            return Side.CALLEE
        return Side.CALLER if to_tag in self.callee_tags else None

    @cached_property
    def writer(self) -> Side | None:
        """The end whose own log the messages were read from, by what it calls sent and received; None where none is."""
        sides = {
            side if t.first.sent else side.other
            for t in self.transactions
            if t.first.sent is not None and len(t.hops) == 1 and (side := self.side_of(t)) is not None
        }
        return sides.pop() if len(sides) == 1 else None

    def sent_by(self, side: Side) -> tuple[Hop, ...]:
        """Every message that a side made, each at its first sighting, in order."""
        return self._made[side]

    @cached_property
    def _made(self) -> dict[Side, tuple[Hop, ...]]:
        made: dict[Side, list[Hop]] = {side: [] for side in Side}
        for t in self.transactions:
            sender = self.side_of(t)
            if sender is None:
                continue
            made[sender].append(t.first)
            seen: set[int | None] = {100}
            for r in t.responses:
                if r.status not in seen:
                    seen.add(r.status)
                    made[sender.other].append(r)
        return {side: tuple(sorted(hops, key=attrgetter("order"))) for side, hops in made.items()}

    def _latest(self, side: Side, before: Hop | None) -> Iterator[Hop]:
        """The messages that a side made before one, or all of them, the last first."""
        return (h for h in reversed(self.sent_by(side)) if before is None or h.order < before.order)

    def contact(self, side: Side, before: Hop | None = None) -> tuple[NameAddr, Hop] | None:
        """The remote target that a side gave, as last refreshed (RFC 3261, 12.2), with the message that gave it."""
        for hop in self._latest(side, before):
            refreshes = hop.cseq.method in ("INVITE", "UPDATE") and (hop.status or 200) < 300
            if refreshes and (contact := hop.message.contact) is not None:
                return contact, hop
        return None

    def allow(self, side: Side, before: Hop | None = None) -> tuple[frozenset[str], Hop] | None:
        """The methods that a side says it takes, by its last Allow header, with the message that says so."""
        told = ((h.message.allow, h) for h in self._latest(side, before))
        return next(((methods, hop) for methods, hop in told if methods is not None), None)

    def supported(self, side: Side, before: Hop | None = None) -> tuple[frozenset[str], Hop] | None:
        """The option tags that a side says it supports, by its last Supported header, with the message that says so."""
        told = ((h.message.supported, h) for h in self._latest(side, before))
        return next(((options, hop) for options, hop in told if options is not None), None)

    def address(self, side: Side) -> Endpoint | None:
        """Where a side's packets come from, at the hop nearest to it; None where the input does not tell."""
        for t in self.transactions:
            sender = self.side_of(t)
            if sender is side and t.first.source is not None:
                return t.first.source
            if sender is side.other and t.hops[-1].destination is not None and t.responses:
                return t.hops[-1].destination
        return None

    def place(self, side: Side) -> str | None:
        """Where a side's messages come from, as `Hop.origin`; None where the input does not tell."""
        for t in self.transactions:
            sender = self.side_of(t)
            if sender is side and t.first.origin is not None:
                return t.first.origin
            if sender is side.other and t.hops[-1].goal is not None and t.responses:
                return t.hops[-1].goal
        return None

    def uri_of(self, side: Side) -> NameAddr | None:
        """The identity of a side: From or To of the INVITE, or of the first request seen."""
        for t in self.transactions:
            sender = self.side_of(t)
            if sender is not None:
                return t.message.from_ if sender is side else t.message.to
        return None

    @cached_property
    def hops(self) -> tuple[Hop, ...]:
        """Every message at every hop, in order."""
        every = [h for t in self.transactions for h in (*t.hops, *t.responses)]
        return tuple(sorted(every, key=lambda h: h.order))

    @property
    def first(self) -> Hop:
        return self.hops[0]

    @property
    def last(self) -> Hop:
        return self.hops[-1]

    @cached_property
    def transports(self) -> tuple[str, ...]:
        return tuple(sorted({h.transport for h in self.hops if h.transport}))

    def tags_known(self, message: Message) -> bool:
        """Whether the tags of a request are those of this leg."""
        tags = {self.caller_tag, *self.callee_tags}
        return message.from_tag in tags and message.to_tag in tags

    def absent(
        self,
        matches: Callable[[Hop], bool],
        *,
        after: Hop | None = None,
        within: float | None = None,
    ) -> Absence:
        """Whether no message of the leg matches, after a message (or in the whole leg), within seconds.

        The answer is unknown where the input could have missed it: it starts later, ends sooner, has gaps, or cannot be
        read. A leg that ended whole counts as waited out.
        """
        start = after.order if after is not None else -1
        for hop in self.hops:
            if hop.order > start and matches(hop):
                waited = elapsed(after.frame if after else None, hop.frame)
                if within is None or waited is None or waited <= within:
                    return Absence(Answer.NO, waited=waited)
        return self.coverage.absence(after, within, self.ended)


def unrepeated(request: Transaction, until: float | None) -> bool:
    """Whether a request was challenged so shortly before an input ends (`until`) that its repeat need not show."""
    challenge = request.final if request.challenged else None
    if challenge is None or challenge.time is None or until is None:
        return False
    return until - challenge.time < CHALLENGE_ANSWER
