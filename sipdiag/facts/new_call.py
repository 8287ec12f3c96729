"""How the new call to the target failed, as far as the input tells."""

from __future__ import annotations

from sipdiag.dataclass import dataclass
from sipdiag.facts.target_leg import TargetLeg
from sipdiag.facts.timers import TARGET_HUNG_UP
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame
from sipdiag.sip.message import Message
from sipdiag.values import Address, Text, Word


@dataclass(frozen=True, slots=True)
class Failure:
    """The final status of the new call, 300 or above.

    `leg` is the new leg where it was seen, else None: then only a sipfrag tells. `response` is the message that says
    it: the response on the new leg, or the NOTIFY. `rang` is None where the input cannot tell.
    """

    status: int
    reason: str
    at: Frame
    response: Message
    leg: TargetLeg | None
    rang: bool | None

    @property
    def reported(self) -> bool:
        """Whether only a report of the new call was seen, and not the call itself."""
        return self.leg is None


def failure(transfer: Transfer) -> Failure | None:
    """The failure of the new call; None where it was answered, is pending, or where the REFER itself was refused.

    A call that was answered and given up by those who placed it was not failed by its target.
    """
    refer = transfer.decisive
    status, at = transfer.target_status, transfer.target_at
    if (
        not transfer.sent
        or (refer is not None and refer.refused)
        or transfer.given_up
        or status is None
        or status < 300
        or at is None
    ):
        return None
    target = transfer.target
    answer = target.invite.answerer if target is not None else None
    if target is not None and target.certain and answer is not None and answer.frame == at:
        return Failure(status, answer.message.reason or "", at, answer.message, target, rang(transfer))
    report = transfer.final_notify
    if report is None or (report.status or 0) < 300:
        return None
    return Failure(status, report.reason, at, report.message, None, rang(transfer))


def rang(transfer: Transfer) -> bool | None:
    """Whether the target rang: 18x on the new leg or in a sipfrag; None where nothing tells.

    No is said only of a new leg that was seen from its INVITE to its final response.
    """
    if any(n.status is not None and 180 <= n.status < 200 for n in transfer.notifies):
        return True
    statuses = [r.status or 0 for t in transfer.targets for r in t.invite.provisionals]
    if any(s >= 180 for s in statuses):
        return True
    target = transfer.target
    whole = target is not None and target.certain and target.status is not None and target.leg.coverage.lossless
    return False if whole else None


def answered_from(transfer: Transfer) -> int | None:
    """Where in the order of all messages the new call was answered, also where its INVITE is not in the input."""
    known = transfer.target.answered_from if transfer.target is not None else None
    unseen = transfer.unseen_call
    if known is None and unseen is not None and 200 <= (unseen.status or 0) < 300:
        return unseen.order
    return known


def goes_on(transfer: Transfer, since: Frame) -> bool:
    """Whether the new call was answered, and stood for a while after a moment: caller and target talk."""
    target = transfer.target
    if target is None or not target.answered or since.time is None:
        return False
    until = target.leg.byes[0].at.time if target.leg.byes else target.leg.coverage.until
    return until is not None and until - since.time >= TARGET_HUNG_UP


def refused_at(transfer: Transfer) -> Hop | None:
    """The final response to the new INVITE, where it was made."""
    return transfer.target.invite.answerer if transfer.target is not None else None


def told_by(transfer: Transfer, failed: Failure) -> list[tuple[str, Frame, dict[str, object]]]:
    """The messages that prove a failure, each with the words that say how: the 2xx to the REFER, then the refusal."""
    proofs: list[tuple[str, Frame, dict[str, object]]] = []
    if transfer.acceptance is not None:
        accepted: dict[str, object] = {"code": transfer.acceptance.message.status}
        proofs.append(("the REFER was accepted: {code}", transfer.acceptance.frame, accepted))
    if failed.leg is not None:
        invite = failed.leg.invite
        proofs.append(("the new INVITE: {signal}", invite.at, {"signal": Word(failed.leg.signals[0])}))
        maker = invite.answerer
        if maker is not None and maker.source is not None:
            proofs.append(("answered by {host}", maker.frame, {"host": Address(maker.source.host)}))
    else:
        proofs.append(("NOTIFY reports {line}", failed.at, {"line": Text(f"{failed.status} {failed.reason}".strip())}))
    report = transfer.final_notify
    if report is not None and report.at != failed.at:
        proofs.append(("NOTIFY reports {line}", report.at, {"line": Text(f"{report.status} {report.reason}".strip())}))
    return proofs
