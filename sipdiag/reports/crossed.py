"""What boxes in the way changed in the messages of a failed transfer, as plain texts (see `page` on escaping)."""

from __future__ import annotations

from sipdiag.dataclass import dataclass
from sipdiag.facts.changes import Change, changes, kept, not_as_asked
from sipdiag.model.crossings import Crossing, crossings
from sipdiag.places import Frame
from sipdiag.reports.report import Report
from sipdiag.reports.sequence import label_of
from sipdiag.reports.show import Show, escape
from sipdiag.sip.message import Message, parse_message
from sipdiag.verdict import Verdict

_LONGEST = 20_000  # octets of a message that are compared
_NAME = 60  # characters of a header field's name


@dataclass(frozen=True, slots=True)
class Difference:
    """One field of a message before and after a box: None where it is not there. `usual` as in `changes.Change`."""

    field: str
    before: str | None
    after: str | None
    usual: bool

    @property
    def sentence(self) -> str:
        if self.before is None:
            return f"{self.field}: added {self.after}"
        if self.after is None:
            return f"{self.field}: removed {self.before}"
        return f"{self.field}: {self.before} became {self.after}"


@dataclass(frozen=True, slots=True)
class Passage:
    """One message on both sides of a box: what it is, where it was seen, why it is one, and what differs."""

    message: str
    came: Frame
    left: Frame
    by: str
    differences: tuple[Difference, ...]
    kept: tuple[str, ...] = ()  # of what decides on a transfer, the fields that were passed on as they came

    @property
    def telling(self) -> tuple[Difference, ...]:
        """What not every box of its kind changes."""
        return tuple(d for d in self.differences if not d.usual)

    @property
    def usual(self) -> tuple[str, ...]:
        return tuple(d.field for d in self.differences if d.usual)


def passages(report: Report, verdict: Verdict, show: Show) -> list[Passage]:
    """The messages of a failed transfer that were seen on both sides of a box. What is shown of them was redacted first
    where it has to be, so that nothing is compared that may not be told.
    """
    if not verdict.outcome.is_failure:
        return []
    return [_passage(c, show) for c in crossings(verdict.transfer, report.joins)]


def _passage(crossing: Crossing, show: Show) -> Passage:
    came, left = (_told(hop.message, show) for hop in (crossing.came, crossing.left))
    found = not_as_asked(came, left) if crossing.carried_out else changes(came, left, anew=crossing.anew)
    return Passage(
        show(label_of(crossing.came.message)) + (" as carried out by INVITE" if crossing.carried_out else ""),
        crossing.came.frame,
        crossing.left.frame,
        crossing.by,
        tuple(_difference(c, show) for c in found),
        () if crossing.carried_out else tuple(kept(came, left)),
    )


def _difference(change: Change, show: Show) -> Difference:
    before, after = (None if v is None else show.part(change.field, v) for v in (change.before, change.after))
    return Difference(escape(change.field[:_NAME]), before, after, change.usual)


def _told(message: Message, show: Show) -> Message:
    return parse_message(show.octets(message.data, _LONGEST))
