"""A transfer: who moves whom to whom, by which method, and everything that was said about it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field
from typing import TYPE_CHECKING

from sipdiag.cached import cached_property
from sipdiag.dataclass import dataclass
from sipdiag.facts.absence import Absence
from sipdiag.facts.surroundings import Surroundings
from sipdiag.places import elapsed
from sipdiag.stages import Answer
from sipdiag.values import UriText, Word

if TYPE_CHECKING:
    from sipdiag.facts.call import Call
    from sipdiag.facts.leg import Leg, Side
    from sipdiag.facts.notify import Notify
    from sipdiag.facts.record import CallRecord
    from sipdiag.facts.target_leg import TargetLeg
    from sipdiag.facts.transaction import Hop, Transaction
    from sipdiag.places import Frame
    from sipdiag.raw import Endpoint, LogLine
    from sipdiag.sip.message import Message
    from sipdiag.sip.refer import ReferTo


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
    moved: Leg | None = None  # of a REFER outside any dialog: the leg of the call that it means
    consultation: Leg | None = None
    consultation_legs: tuple[Leg, ...] = ()  # the same call on the other sides of B2BUAs
    alongside: Leg | None = None  # of a blind transfer: the transferor's own call with the target, up at the REFER
    beyond: bool = False  # it went on where nothing was seen: on no leg of the call, or on a connection after the last
    other_legs: tuple[Leg, ...] = ()  # of the same call, the transferor's leg left out
    around: Surroundings = Surroundings()
    log: tuple[LogLine, ...] = ()  # lines that show that a transfer was asked for
    answered: Hop | None = None  # the answer to a REFER that is not in the input itself
    torn: Frame | None = None  # where a REFER begins of which the rest is not in the input
    wire: bool = True  # whether any readable wire evidence of this call exists
    recorded: tuple[CallRecord, ...] = ()  # of a transfer without a call: the records that are bound to none
    neighbours: Mapping[str, Mapping[str, int]] = field(
        default_factory=dict
    )  # a place: its peers, and in how many legs

    @property
    def number(self) -> int:
        """By which a user chooses it, `--transfer N`, and every format names it."""
        return int(self.id.removeprefix("t"))

    @property
    def legs(self) -> tuple[Leg, ...]:
        """The legs that were seen of it: its own, the others of its call, the consultation, and those that it caused."""
        legs = (self.leg, *self.other_legs, self.consultation, *(t.leg for t in self.targets))
        return tuple(leg for leg in legs if leg is not None)

    @cached_property
    def decisive(self) -> Transaction | None:
        """The REFER that decided: the first that was accepted, else the last.

        One whose answer is not in the input was accepted where a NOTIFY follows it.
        """
        known = next((a for a in self.attempts if a.succeeded), None)
        unsure = next((a for a in self.attempts if a.final is None), None)
        if known is None and unsure is not None and any(n.transaction.order > unsure.order for n in self.notifies):
            return unsure
        return known or (self.attempts[-1] if self.attempts else None)

    @cached_property
    def refer(self) -> Message | None:
        return self.decisive.message if self.decisive else None

    @cached_property
    def refer_to(self) -> ReferTo | None:
        return self.refer.refer_to if self.refer is not None else None

    @property
    def lasting_name(self) -> str:
        """What it is called in every capture of it: Call-ID, CSeq and method of the decisive REFER."""
        leg, refer = self.leg, self.decisive
        return f"{leg.call_id if leg else ''} {refer.cseq if refer else ''} {refer.method if refer else ''}"

    @property
    def refer_call_id(self) -> str:
        return self.decisive.call_id if self.decisive is not None else ""

    @property
    def wanted(self) -> UriText | Word:
        """The URI in Refer-To without its parameters for headers, as a reader knows the target."""
        if self.refer_to is None:
            return Word("(no Refer-To)" if self.attempts else "(not told here)")
        return UriText(self.refer_to.uri_text.partition("?")[0] or self.refer_to.raw)

    @property
    def attended(self) -> bool:
        return self.refer_to is not None and self.refer_to.raw_replaces is not None

    @cached_property
    def shown_by(self) -> Notify | None:
        """The first NOTIFY of the REFER where no answer to it was captured: it proves that the REFER was accepted.

        A NOTIFY makes the subscription as the 2xx does, and may come before it (RFC 6665, 4.1.2.4; RFC 3515, 2.4.4).
        """
        if self.answered is not None or (self.decisive is not None and self.decisive.final is not None):
            return None
        return next(
            (n for n in self.notifies if n.message.event is not None and n.message.event.package == "refer"), None
        )

    @property
    def sent(self) -> bool:
        """Whether a REFER was sent: it was seen, its answer or its beginning was, or a NOTIFY reports on it."""
        return bool(self.attempts) or self.shown_by is not None or self.answered is not None or self.torn is not None

    @property
    def accepted(self) -> bool:
        known = self.decisive is not None and self.decisive.succeeded
        return known or self.shown_by is not None or self.accepted_unseen

    @property
    def accepted_unseen(self) -> bool:
        """Whether a REFER that is not in the input, or another than those that are, was answered 2xx."""
        return self.answered is not None and 200 <= (self.answered.status or 0) < 300

    @cached_property
    def unseen_call(self) -> Hop | None:
        """The answer to an INVITE after the REFER, outside its leg, that is not in the input: the 2xx if there is one."""
        refer = self.decisive
        if refer is None or self.leg is None:
            return None
        later = (a for a in self.around.answers if a.cseq.method == "INVITE" and a.order > refer.order)
        own = [a for a in later if a.call_id != self.leg.call_id]
        return next((a for a in own if 200 <= (a.status or 0) < 300), own[0] if own else None)

    @cached_property
    def with_focus(self) -> bool:
        """Whether the transferor's peer is the focus of a conference: a REFER to it adds or removes others (RFC 4579, 5.5)."""
        if self.leg is None or self.transferor is None:
            return False
        given = self.leg.contact(self.transferor.other, before=self.decisive.first if self.decisive else None)
        return given is not None and given[0].param("isfocus") is not None

    @property
    def status(self) -> int | None:
        if self.answered is not None and (self.decisive is None or self.accepted_unseen):
            return self.answered.status
        return self.decisive.status if self.decisive else None

    @property
    def acceptance(self) -> Hop | None:
        """The 2xx to the REFER, as the transferor got it."""
        return self.decisive.final if self.decisive is not None and self.decisive.succeeded else None

    @cached_property
    def no_subscription(self) -> bool:
        """Whether no NOTIFY is due inside the dialog of the REFER.

        Refer-Sub: false (RFC 4488, 4), `nosub` (none at all) or `explicitsub` (a subscription of its own; RFC 7614);
        or the transferor ended the subscription while the call stood: SUBSCRIBE with Expires: 0 (RFC 6665, 4.1.2.3).
        """
        if self.refer is None or self.acceptance is None:
            return False
        if self.refer.require & {"nosub", "explicitsub"} or self._unsubscribed:
            return True
        granted = self.acceptance.message.refer_sub
        return granted is False or (self.refer.refer_sub is False and granted is not True)

    @property
    def _unsubscribed(self) -> bool:
        if self.leg is None or self.decisive is None:
            return False
        return any(
            t.order > self.decisive.order
            and not any(b.order < t.order for b in self.leg.byes)
            and (t.message.get("Expires") or "").strip() == "0"
            and (t.message.event is None or t.message.event.package == "refer")
            for t in self.leg.requests("SUBSCRIBE", self.transferor)
        )

    @cached_property
    def final_notify(self) -> Notify | None:
        """The last NOTIFY whose sipfrag is final."""
        return next((n for n in reversed(self.notifies) if n.final), None)

    @cached_property
    def target(self) -> TargetLeg | None:
        """The new leg that decides: one that was answered, else one that is pending, else one that was refused.

        Of those that were refused it is the one whose status was reported, else the last: a hunt ends with it, and
        behind a B2BUA it is the one nearest to the target. Of those that may be another transfer's it is one that fits
        what was reported.
        """
        told = self.final_notify.status if self.final_notify is not None else None
        if told is not None and len(self.targets) > 1 and not any(t.certain for t in self.targets):
            fits = (t for t in self.targets if t.status == told or (told < 300 and t.answered))
            return next(fits, None)
        answered = next((t for t in self.targets if t.answered), None)
        unseen = self.unseen_call
        if (told or 0) < 300 and answered is None and unseen is not None and 200 <= (unseen.status or 0) < 300:
            return None  # those that failed were not the last: what was reported is of one that is not in the input
        pending = next((t for t in self.targets if t.status is None), None)
        if answered is not None or pending is not None:
            return answered or pending
        return next((t for t in self.targets if t.status == told), self.targets[-1] if self.targets else None)

    @property
    def given_up(self) -> bool:
        """Whether the new call was answered, and the transferor told of a failure."""
        told = self.final_notify.status if self.final_notify is not None else None
        target = self.target
        return told is not None and told >= 300 and target is not None and target.answered and target.certain

    @property
    def target_status(self) -> int | None:
        """The final status of the new call, where it was seen on its own leg or reported in a sipfrag.

        A visible leg is believed before a report of it, unless it was answered and a failure is reported all the same:
        then it was given up.
        """
        if self.given_up:
            return self.final_notify.status if self.final_notify is not None else None
        if self.target is not None and self.target.status is not None and self.target.certain:
            return self.target.status
        if self.final_notify is not None:
            return self.final_notify.status
        return self.target.status if self.target is not None else None

    @property
    def target_at(self) -> Frame | None:
        """The frame that tells `target_status`."""
        target = self.target if not self.given_up else None
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

    @cached_property
    def placers(self) -> frozenset[str]:
        """The places (`Hop.origin`) that would place the new call: where the REFER was answered, beyond the last B2BUA that relays it."""
        refer = self.relayed[-1] if self.relayed else self.decisive
        hop = refer.answerer if refer is not None else None
        found = {hop.origin if hop is not None else None}
        if hop is None and not self.relayed and self.leg is not None and self.transferor is not None:
            found.add(self.leg.place(self.transferor.other))
        return frozenset(place for place in found if place is not None)

    def absent_notify(self, within: float | None = None) -> Absence | None:
        """Whether no NOTIFY of the subscription came after the REFER; None where there is no leg to ask."""
        if self.leg is None or self.decisive is None:
            return None
        known = {n.transaction.first for n in self.notifies}
        return self.leg.absent(lambda h: h in known, after=self.decisive.first, within=within)

    def absent_outcome(self, within: float | None = None) -> Absence:
        """Whether no NOTIFY told the transferor the final status after the REFER (it may overtake the 202)."""
        if self.leg is None or self.decisive is None:
            return Absence(Answer.UNKNOWN, "capture-one-leg-only")
        known = {n.transaction.first for n in self.notifies if n.final}
        return self.leg.absent(lambda h: h in known, after=self.decisive.first, within=within)

    def since_refer(self, frame: Frame) -> float | None:
        return elapsed(self.decisive.at if self.decisive else None, frame)
