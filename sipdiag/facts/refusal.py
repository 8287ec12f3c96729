"""How a REFER was refused, by whom, and in which words."""

from __future__ import annotations

from collections.abc import Callable, Container
from typing import TypeVar

from sipdiag.dataclass import dataclass
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame
from sipdiag.sip.codes import phrase
from sipdiag.sip.message import Message
from sipdiag.stages import Severity, Stage
from sipdiag.values import Address, Text, Word

T = TypeVar("T")

# Answers to a REFER that its Refer-To can be the reason of: no challenges, missing methods, dialogs, extensions.
REFER_TO_CODES = frozenset({400, 403, 404, 406, 410, 414, 416, 480, 484, 485, 488, 500, 501, 502, 503, 603, 604, 606})
# Results of a new call that a wrong Refer-To leads to. A person who is busy or declines was reached.
WRONG_TARGET_CODES = frozenset(
    {400, 403, 404, 408, 410, 414, 416, 420, 480, 482, 483, 484, 485, 500, 502, 503, 504, 604}
)


@dataclass(frozen=True, slots=True)
class Refusal:
    """A final response of 300 and above to the REFER that decided, as the transferor got it.

    `beyond` is the same REFER as a B2BUA passed it on, where that was answered alike: then the B2BUA only told it. Where
    the transferor got a 2xx nevertheless, `accepted`, that is the response told here.
    """

    refer: Transaction
    answer: Hop
    status: int
    beyond: Transaction | None = None
    accepted: bool = False

    @property
    def message(self) -> Message:
        return self.answer.message

    @property
    def at(self) -> Frame:
        return self.answer.frame

    @property
    def reason(self) -> Text:
        return Text(self.message.reason or "")

    @property
    def by(self) -> Address | Text | Word:
        """The address that made the response, at its first sighting; without one, the product that it names."""
        made = (self.beyond or self.refer).answerer or self.answer
        if made.source is not None:
            return Address(made.source.host)
        return Text(made.message.user_agent) if made.message.user_agent else Word("its peer")

    @property
    def stage(self) -> Stage | None:
        """Where it bites, if not where an answer to a REFER does: an accepted REFER whose far end refused it moves nobody."""
        return Stage.TARGET_REACHED if self.accepted else None

    @property
    def how(self) -> Word:
        """Which REFER was refused, in words that stand behind `REFER`."""
        return Word(" was accepted and passed on, and then" if self.accepted else "")

    @property
    def own(self) -> bool:
        """Whether the sender of the REFER answered it itself: it had come back to it, and the code says nothing."""
        made, sent = self.refer.answerer or self.answer, self.refer.first
        return made.source is not None and sent.source is not None and made.origin == sent.origin

    def says(self, *words: str) -> bool:
        """Whether a Warning, a Reason or a reason phrase of the response's own holds one of these words.

        The usual phrase of a code says no more than the code.
        """
        message = self.message
        own = (message.reason or "").lower()
        said = [
            "" if own == phrase(self.status).lower() else own,
            *(w.text for w in message.warnings),
            *(r.text or "" for r in message.reasons),
        ]
        text = " ".join(said).lower()
        return any(word in text for word in words)


def refusal(transfer: Transfer, codes: Container[int] | None = None) -> Refusal | None:
    """The refusal that decided the transfer, if there is one and its status is among the codes."""
    refer = transfer.decisive
    if refer is None or refer.final is None or refer.status is None or refer.status < 300 or transfer.accepted_unseen:
        return None
    if codes is not None and refer.status not in codes:
        return None
    alike = (r for r in transfer.relayed if r.final is not None and r.status == refer.status)
    return Refusal(refer, refer.final, refer.status, next(alike, None))


def refused_beyond(transfer: Transfer) -> Refusal | None:
    """The refusal of the far end, where a B2BUA accepted the REFER, passed it on, and placed no call itself."""
    last = transfer.relayed[-1] if transfer.relayed else None
    if not transfer.accepted or transfer.targets or last is None or last.final is None:
        return None
    if last.status is None or last.status < 300 or any(r.succeeded for r in transfer.relayed):
        return None
    if transfer.final_notify is not None and (transfer.final_notify.status or 0) < 300:
        return None  # it found another way
    return Refusal(last, last.final, last.status, last, accepted=True)


@dataclass(frozen=True, slots=True)
class Bite:
    """Where something wrong in a REFER broke its transfer, and what shows it; `at` is None for a warning."""

    stage: Stage
    severity: Severity
    status: int | None = None
    reason: str = ""
    at: Frame | None = None

    def proof(self, make: Callable[..., T]) -> list[T]:
        """The one proof, made from template, place and values; none for a warning."""
        if self.at is None:
            return []
        what = "the REFER was answered" if self.stage is Stage.ACCEPTED else "the new call ended with"
        return [make(what + " {status} {reason}", at=self.at, status=self.status, reason=Text(self.reason))]


def bite(
    transfer: Transfer,
    refused: Container[int] = REFER_TO_CODES,
    failed: Container[int] = WRONG_TARGET_CODES,
) -> Bite:
    """Where a fault of what the REFER asks for bit: at the answer to it, at the new call, or nowhere.

    Codes that such a fault does not lead to leave it a warning, and so does a transfer whose peers took it.
    """
    said = refusal(transfer)
    if said is not None:
        if said.status in refused and not (said.message.allow is not None and "REFER" not in said.message.allow):
            return Bite(Stage.ACCEPTED, Severity.ERROR, said.status, said.reason, said.at)
        return Bite(Stage.ACCEPTED, Severity.WARNING)
    status = transfer.target_status
    if transfer.accepted and status is not None and status >= 300 and status in failed:
        return Bite(Stage.TARGET_REACHED, Severity.ERROR, status, target_reason(transfer), transfer.target_at)
    return Bite(Stage.TARGET_REACHED if transfer.accepted else Stage.ACCEPTED, Severity.WARNING)


def target_reason(transfer: Transfer) -> str:
    """The reason phrase that goes with `transfer.target_status`."""
    target = transfer.target
    if target is not None and target.certain and target.invite.answerer is not None:
        return target.invite.answerer.message.reason or ""
    return transfer.final_notify.reason if transfer.final_notify is not None else ""
