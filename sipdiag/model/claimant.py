"""Whether a leg is the one on which the platform of a record stands.

A box between carrier and platform has the same numbers at the same time on each of its sides, and a REFER on one alone.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.facts.leg import Side
from sipdiag.facts.profile import Profile, within
from sipdiag.platforms.profiles import profile

if TYPE_CHECKING:
    from sipdiag.facts.leg import Leg
    from sipdiag.facts.record import CallRecord
    from sipdiag.sip.message import Message

_FIRST = 12  # hops of a leg that are looked at: the answer to its INVITE is among them


def shows_its_platform(leg: Leg, record: CallRecord) -> bool | None:
    """Whether a leg has an id of the record, a host of its platform, or the platform's name for itself.

    None where nothing is known by which the platform could be told: a program of one's own.
    """
    known = profile(record.platform)
    if known is None:
        return None
    messages = [h.message for h in leg.hops[:_FIRST]]
    return leg.call_id in record.ids or any(_of(known, m) or _names(m, record) for m in messages)


def stands_at(leg: Leg, platform: str) -> Side | None:
    """The side of a leg that a platform's hosts tell to be its own; None where they tell neither, or both."""
    known = profile(platform)
    if known is None or not known.hosts:
        return None
    told = [s for s in Side if any(within(h, known.hosts) for h in _hosts(leg, s))]
    return told[0] if len(told) == 1 else None


def _hosts(leg: Leg, side: Side) -> list[str]:
    contact, name = leg.contact(side), leg.uri_of(side)
    uris = [n.uri for n in (name, contact[0] if contact is not None else None) if n is not None]
    if side is Side.CALLEE:
        uris += [t.message.uri for t in leg.invites[:1]]
    return [u.host for u in uris if u is not None and u.host]


def _of(known: Profile, message: Message) -> bool:
    names = (n for n in (message.from_, message.to, message.contact) if n is not None)
    uris = (u for u in (message.uri, *(n.uri for n in names)) if u is not None)
    if any(within(u.host, known.hosts) for u in uris):
        return True
    called = (message.get("User-Agent"), message.get("Server"))
    return bool(known.agents) and any((text or "").startswith(known.agents) for text in called)


def _names(message: Message, record: CallRecord) -> bool:
    return any(h.value.strip() in record.ids for h in message.headers if h.name.lower().startswith(("x-", "p-")))
