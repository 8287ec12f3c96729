"""Facts read from a platform's own record of a call: what it believes it did, and what it says happened."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import field, replace

from sipdiag.dataclass import dataclass
from sipdiag.places import Place, Read
from sipdiag.values import Text, Word


@dataclass(frozen=True, slots=True)
class Told:
    """What a record tells of the steps of a transfer, each apart from the other.

    `answer` is the final response to the REFER, `refused` where the record says without a code that the REFER was not
    taken. `report` is the last status of the new call, as NOTIFY brought it; `met` is what the new call met where no
    code tells it: `busy` or `no-answer`. `cut` is where the subscription is said to have ended before any outcome.
    """

    answer: Read[int] = field(default_factory=Read)
    refused: Read[Text] = field(default_factory=Read)
    report: Read[int] = field(default_factory=Read)
    met: Read[Word] = field(default_factory=Read)
    cut: Read[Text] = field(default_factory=Read)

    def __bool__(self) -> bool:
        return bool(self.answer or self.refused or self.report or self.met or self.cut)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """One attempt of the platform to transfer, as a tool call or an API request.

    `at` is in seconds since the start of the call, `latency` in seconds until its result. `succeeded` is what the
    platform claims: True, False, or None where no result is recorded. `status` is a SIP status that the result names.
    """

    where: Place
    name: Read[Text] = field(default_factory=Read)
    destination: Read[Text] = field(default_factory=Read)
    message: Read[Text] = field(default_factory=Read)  # words meant for the human who takes the call
    at: float | None = None
    latency: float | None = None
    succeeded: bool | None = None
    result: Read[Text] = field(default_factory=Read)
    status: int | None = None
    simulated: bool = False
    refused: bool = False  # the platform refused the request itself: permission, plan, feature switch
    participant: Read[Text] = field(default_factory=Read)
    method: str | None = None  # refer, conference … where the record tells
    told: Told = field(default_factory=Told)


@dataclass(frozen=True, slots=True)
class CallRecord:
    """A conversation, call object, or event log of one call.

    `leg` is `sip` or the platform's word for another kind of call. `start` is epoch seconds, `duration` seconds.
    `calls` are the attempts to transfer, in order; `announced` are words of the agent that promise a transfer.
    `states_no_refer` is where the record itself says that no REFER left.
    """

    id: str
    platform: str
    where: Place
    ids: tuple[str, ...] = ()  # Call-IDs and provider ids that may stand in a SIP header
    caller: Read[Text] = field(default_factory=Read)
    callee: Read[Text] = field(default_factory=Read)
    direction: str | None = None
    start: float | None = None
    duration: float | None = None
    leg: Read[Word] = field(default_factory=Read)
    agent: str | None = None
    answered: bool | None = None
    calls: tuple[ToolCall, ...] = ()
    announced: tuple[Read[Text], ...] = ()
    outcome: Read[Word] = field(default_factory=Read)  # how the platform ended the call, in its own word
    error: Read[Text] = field(default_factory=Read)
    transfer_failed: bool | None = None  # what the record as a whole claims of the transfer
    states_no_refer: Read[Text] = field(default_factory=Read)
    version: str | None = None
    visited_agents: tuple[str, ...] = ()
    others: tuple[ToolCall, ...] = ()  # calls of tools of which the record does not tell that they transfer

    def knowing(self, names: Collection[str]) -> CallRecord:
        """The record once it is known which tools transfer: their names, in lower case."""
        meant = tuple(c for c in self.others if str(c.name).lower() in names)
        if not meant:
            return self
        calls = tuple(sorted((*self.calls, *meant), key=lambda c: (c.where.line or 0, c.where.column or 0)))
        results = [c.succeeded for c in calls if c.succeeded is not None]
        failed = self.transfer_failed if self.transfer_failed is not None or not results else not results[-1]
        return replace(
            self, calls=calls, others=tuple(c for c in self.others if c not in meant), transfer_failed=failed
        )
