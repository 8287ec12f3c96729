"""Tie new legs to the REFER that caused them, and find the consultation call of an attended transfer."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import islice

from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.target_leg import TargetLeg
from sipdiag.facts.timers import B2BUA_LEG, NEW_INVITE
from sipdiag.facts.transaction import Hop, Transaction
from sipdiag.model.begun import Begun, signs_wanted
from sipdiag.model.same import same_host, same_user, user_keys
from sipdiag.places import Frame
from sipdiag.sip.message import Message
from sipdiag.sip.refer import ReferTo


def target_legs(leg: Leg, attempts: Sequence[Transaction], side: Side | None, legs: Begun) -> list[TargetLeg]:
    """The legs that began after the REFER and that its Refer-To, Referred-By, Replaces, or time and place explain.

    Where nothing but time and place speaks for a leg, it is taken only if it is alone, and marked uncertain.
    """
    first = attempts[0]
    accepted = next((a for a in attempts if a.succeeded), None)
    begin = (accepted or attempts[-1]).at
    until = None if begin.time is None else begin.time + NEW_INVITE
    signs = {s for a in attempts if a.message.refer_to is not None for s in signs_wanted(a.message.refer_to)}
    found: list[TargetLeg] = []
    for other in legs.after(first.order, until, signs):
        signals, certain = _signals(other.invites[0], attempts)
        if signals and certain and other is not leg:
            found.append(TargetLeg(other, signals))
    found += _redirected(found, until, legs)
    if found or accepted is None:
        return found
    weak = islice(_from_answerer(leg, attempts, begin, legs), 2)
    return alone if len(alone := list(weak)) == 1 else []


def _redirected(found: Sequence[TargetLeg], until: float | None, legs: Begun) -> list[TargetLeg]:
    """The legs with which whoever placed a new call followed a 3xx: to an address of its Contact (RFC 3261, 8.1.3.4).

    A B2BUA places them with a Call-ID of their own; each may be redirected again.
    """
    chain = list(found)
    for redirected in chain:  # which grows
        answer = redirected.invite.final
        if answer is None or not 300 <= (answer.status or 0) < 400:
            continue
        uris = [c.uri for c in answer.message.contacts if c.uri is not None]
        keys = {("user", key) for uri in uris for key in user_keys(uri)}
        known = {id(t.leg) for t in chain}
        for other in legs.after(answer.order, until, keys):
            invite = other.invites[0]
            same_placer = invite.first.origin is None or invite.first.origin == redirected.invite.first.origin
            if id(other) not in known and same_placer and any(same_user(u, invite.message.uri) for u in uris):
                chain.append(TargetLeg(other, ("Request-URI is a Contact of the redirection",)))
    return chain[len(found) :]


def _from_answerer(leg: Leg, attempts: Sequence[Transaction], begin: Frame, legs: Begun) -> Iterator[TargetLeg]:
    """The legs for which nothing speaks but that they began soon, where the REFER was answered."""
    until = None if begin.time is None else begin.time + B2BUA_LEG
    seen: set[int] = set()
    for response in (r for a in attempts for r in a.finals):
        for other in legs.sent_after(attempts[0].order, until, response):
            signals, certain = _signals(other.invites[0], attempts)
            if signals and not certain and other is not leg and id(other) not in seen:
                seen.add(id(other))
                yield TargetLeg(other, signals, certain=False)


def _signals(invite: Transaction, attempts: Sequence[Transaction]) -> tuple[tuple[str, ...], bool]:
    words: list[str] = []
    message = invite.message
    for attempt in attempts:
        refer_to = attempt.message.refer_to
        if refer_to is None:
            continue
        words += [w for w in _header_signals(message, attempt.message, refer_to) if w not in words]
    from_transferor = _sent_by_transferor(invite.first, attempts[0].first)
    tied = [w for w in words if not w.startswith("Request-URI")]
    if from_transferor and not tied:
        return (), False  # the transferor dials the target itself: another method, not the new leg of this REFER
    if words:
        return tuple(words), True
    if _sent_by_answerer(invite.first, attempts) and not from_transferor:
        return ("the only new call from where the REFER was answered",), False
    return (), False


def _header_signals(message: Message, refer: Message, refer_to: ReferTo) -> list[str]:
    words = []
    if (
        message.replaces is not None
        and refer_to.replaces is not None
        and message.replaces.call_id == refer_to.replaces.call_id
    ):
        words.append("Replaces as in Refer-To")
    by = message.referred_by
    if by is not None and by.uri is not None:
        sources = [n.uri for n in (refer.referred_by, refer.from_, refer.contact) if n is not None]
        if any(same_user(by.uri, s) or (not by.uri.user and same_host(by.uri, s)) for s in sources):
            words.append("Referred-By as in the REFER")
    if refer_to.uri is not None and message.uri is not None:
        if same_user(refer_to.uri, message.uri):
            words.append("Request-URI is the Refer-To")
        elif not refer_to.uri.user and not message.uri.user and same_host(refer_to.uri, message.uri):
            words.append("Request-URI has the host of the Refer-To")
        elif refer_to.uri.user and message.to is not None and same_user(refer_to.uri, message.to.uri):
            words.append("To is the Refer-To")
    elif refer_to.uri is None and message.uri is not None:
        bare = refer_to.uri_text.strip().strip("<>")
        if bare and bare in (message.uri.user, message.uri.host):
            words.append("Request-URI holds the Refer-To")
    return words


def _sent_by_transferor(invite: Hop, refer: Hop) -> bool:
    if invite.source is not None and refer.source is not None:
        return invite.origin == refer.origin
    return invite.sent is True and refer.sent is True and invite.frame.input == refer.frame.input


def _sent_by_answerer(invite: Hop, attempts: Sequence[Transaction]) -> bool:
    for attempt in attempts:
        for response in attempt.finals:
            if invite.source is not None and response.source is not None:
                if invite.origin == response.origin:
                    return True
            elif invite.sent is True and response.sent is True and invite.frame.input == response.frame.input:
                return True
    return False


def consultation_leg(leg: Leg, attempts: Sequence[Transaction], side: Side | None, legs: Begun) -> Leg | None:
    """The transferor's call with the target, before the REFER of an attended transfer (RFC 5589, 7).

    The dialog that Replaces names, if it was seen; else the transferor's own other call with the target's user.
    """
    refer_to = next((a.message.refer_to for a in reversed(attempts) if a.message.refer_to is not None), None)
    if refer_to is None or refer_to.raw_replaces is None:
        return None
    if refer_to.replaces is not None:
        named = next((other for other in legs.with_call_id(refer_to.replaces.call_id) if other is not leg), None)
        if named is not None:
            return named
    own = leg.uri_of(side) if side is not None else None
    for other in legs.before(
        attempts[0].order, (refer_to.uri, own.uri if own is not None else None), attempts[0].first
    ):
        invite = other.invites[0]
        if other is leg:
            continue
        ends = (invite.message.from_, invite.message.to)
        to_target = refer_to.uri is not None and any(e is not None and same_user(refer_to.uri, e.uri) for e in ends)
        by_transferor = own is not None and any(e is not None and same_user(own.uri, e.uri) for e in ends)
        same_place = _sent_by_transferor(invite.first, attempts[0].first)
        if to_target or same_place or by_transferor:
            return other
    return None


def standing_call(leg: Leg, attempts: Sequence[Transaction], side: Side | None, legs: Begun) -> Leg | None:
    """The transferor's own call with the target that stood when a REFER without Replaces was sent."""
    refer, own = attempts[-1], leg.uri_of(side) if side is not None else None
    refer_to = refer.message.refer_to
    if refer_to is None or refer_to.raw_replaces is not None or refer_to.uri is None:
        return None
    for other in legs.with_user(refer_to.uri):
        answer = other.answer
        if other is leg or other.invite is None or answer is None or answer.order > refer.order:
            continue
        if any(bye.order < refer.order for bye in other.byes):
            continue
        ends = [n.uri for n in (other.invite.message.from_, other.invite.message.to) if n is not None]
        to_target = any(same_user(refer_to.uri, e) for e in ends)
        by_transferor = own is not None and any(same_user(own.uri, e) for e in ends)
        if to_target and (by_transferor or _sent_by_transferor(other.invite.first, attempts[0].first)):
            return other
    return None
