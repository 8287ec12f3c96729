"""Messages that a dialog must have had, by those that are in the input, and that are not in it themselves.

Where one is missing, others may be: an excerpt, a log of requests alone, a capture that dropped packets, or one on a way
that not all of the dialog takes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sipdiag.facts.timers import TIMER_F
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.places import elapsed

_WATCHED = frozenset({"REFER", "NOTIFY"})
_REPEATED = 1.0  # seconds, twice T1: a 2xx without ACK was repeated by then (RFC 3261, 13.3.1.4)


def lacks_a_message(part: Sequence[Transaction], setup: Transaction | None, alone: Iterable[Hop]) -> bool:
    """Whether the input lacks a message of a leg. `alone` are responses with its Call-ID whose requests are missing."""
    if setup is not None and (_answer_lacks(part, setup) or _ack_lacks(part)):
        return True
    return _request_lacks(part, setup, alone) or _answer_lacks_to_a_request(part)


def _request_lacks(part: Sequence[Transaction], setup: Transaction | None, alone: Iterable[Hop]) -> bool:
    """Whether the request of an answer was sent after the first message of the leg, and not before the input begins."""
    begins = part[0].first
    lowest: dict[str, tuple[int, int]] = {}  # CSeq and place of the first request of each side
    for t in part:
        lowest.setdefault(t.from_tag, (t.cseq, t.order))
    for answer in alone:
        if answer.order < begins.order:
            continue
        if setup is not None or (elapsed(begins.frame, answer.frame) or 0) > TIMER_F:
            return True
        cseq, order = lowest.get(answer.from_tag or "", (answer.cseq.number, 0))
        if cseq < answer.cseq.number and order < answer.order:
            return True
    return False


def _answer_lacks_to_a_request(part: Sequence[Transaction]) -> bool:
    """Whether a REFER or NOTIFY over UDP was neither answered nor repeated (RFC 3261, 17.1.2.2), though the dialog went on."""
    last = part[-1].at
    return any(
        (elapsed(t.at, last) or 0) >= _REPEATED
        for t in part
        if t.method in _WATCHED and not t.responses and not t.repeats and t.first.transport == "udp"
    )


def _answer_lacks(part: Sequence[Transaction], setup: Transaction) -> bool:
    """Whether an ACK with a branch of its own, as only a 2xx has one (RFC 3261, 17.1.1.3), is for an INVITE without answer."""
    if setup.final is not None or setup.first.branch is None:
        return False
    acks = (t for t in part if t.method == "ACK" and t.cseq == setup.cseq and t.to_tag)
    return any(a.first.branch != setup.first.branch for a in acks)


def _ack_lacks(part: Sequence[Transaction]) -> bool:
    """Whether a 2xx to an INVITE was not repeated, though no ACK for it is here, and the dialog went on."""
    acknowledged = {t.cseq for t in part if t.method == "ACK"}
    last = max((t.first for t in part), key=lambda h: h.order)
    for invite in part:
        answer = invite.final
        if invite.method != "INVITE" or answer is None or not invite.succeeded or answer.copies:
            continue
        if invite.cseq in acknowledged:
            continue
        if last.order > answer.order and (elapsed(answer.frame, last.frame) or 0) >= _REPEATED:
            return True
    return False
