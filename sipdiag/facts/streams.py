"""The audio of every leg of a transfer, before the REFER and after it: who says to send where, and what RTP was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TypeAlias

from sipdiag.dataclass import dataclass
from sipdiag.facts.exchanges import exchanges, in_force
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame, elapsed
from sipdiag.raw import MediaFlow
from sipdiag.sip.sdp import Media

_Said: TypeAlias = tuple[Hop, Media]
_Place: TypeAlias = tuple[str | None, int | None]

_NO_SPEECH = ("TELEPHONE-EVENT", "CN", "RED")


@dataclass(frozen=True, slots=True)
class Rtp:
    """RTP packets to a described address, and from it. `throughout` tells that a flow lasted from before the REFER until
    after it, so that its packets stand in both rows; `exact` is False where only samples were counted.
    """

    to: int
    back: int
    throughout: bool
    exact: bool


@dataclass(frozen=True, slots=True)
class Stream:
    """The audio that one side of a leg described last, before or after the REFER.

    `leg` and `who` are names of ours. `rtp` is None where the input holds no RTP at all. `departed` tells that the
    address is the transferor's, named by somebody else and never replaced: nobody of the final call is there.
    """

    leg: str
    who: str
    after: bool
    media: Media
    at: Frame
    rtp: Rtp | None
    departed: bool


@dataclass(frozen=True, slots=True)
class Common:
    """The codecs for speech that both sides of a leg describe, as they stood at the end."""

    leg: str
    codecs: tuple[str, ...]


def named_legs(transfer: Transfer) -> list[tuple[Leg, str]]:
    """The legs of a transfer, each once, with what it is in it."""
    named = [
        (transfer.leg, "call"),
        *((leg, "other leg of the call") for leg in transfer.other_legs),
        (transfer.consultation, "consultation call"),
        *((leg, "other leg of the consultation call") for leg in transfer.consultation_legs),
        (transfer.alongside, "transferor's own call with the target"),
        *((target.leg, "new call") for target in transfer.targets),
    ]
    return list({id(leg): (leg, name) for leg, name in reversed(named) if leg is not None}.values())[::-1]


def streams(transfer: Transfer) -> list[Stream]:
    """A row for each side of each leg, before the REFER and after it, as far as it described audio then."""
    refer = transfer.decisive
    if refer is None:
        return []
    legs = [(leg, name, {side: tuple(_described(leg, side)) for side in Side}) for leg, name in named_legs(transfer)]
    known = {_place(m) for _, _, said in legs for side in Side for _, m in said[side]}
    own = {_place(m) for h, m in _described(transfer.leg, transfer.transferor) if m.active}
    found = []
    for leg, name, said in legs:
        for side in Side:
            for after in (False, True):
                last = _last(said[side], refer.order, after)
                if last is None:
                    continue
                hop, media = last
                peer = _last(said[side.other], refer.order, after) or next(reversed(said[side.other]), None)
                foreign = _place(media) in own and not _is_transferor(transfer, leg, side, hop)
                found.append(
                    Stream(
                        name,
                        _who(transfer, leg, side),
                        after,
                        media,
                        hop.frame,
                        _rtp(transfer, _place(media), _place(peer[1]) if peer else None, known, after),
                        departed=foreign and last is said[side][-1],
                    )
                )
    return found


def in_common(transfer: Transfer) -> list[Common]:
    """Of each leg whose sides both described audio, what both can speak (RFC 3264 6.1)."""
    found = []
    for leg, name in named_legs(transfer):
        agreed = next((e.audio for e in reversed(exchanges(leg)) if e.audio is not None), None)
        last = agreed or [next((m for _, m in reversed(list(_described(leg, side)))), None) for side in Side]
        one, other = last
        if one is not None and other is not None:
            theirs = {c.upper() for c in other.codecs}
            found.append(Common(name, tuple(c for c in speech(one) if c.upper() in theirs)))
    return found


def speech(media: Media) -> tuple[str, ...]:
    """The codecs of a section without tones and comfort noise."""
    return tuple(c for c in media.codecs if c.upper().partition("/")[0] not in _NO_SPEECH)


def _described(leg: Leg | None, side: Side | None) -> Iterator[_Said]:
    """The audio sections in what a side sent, also those that it refused with port 0; no later offer that was refused."""
    for hop in in_force(leg, side) if leg is not None and side is not None else ():
        audio = hop.message.sdp.audio if hop.message.sdp is not None else None
        if audio is not None:
            yield hop, audio


def _is_transferor(transfer: Transfer, leg: Leg, side: Side, hop: Hop) -> bool:
    if leg is transfer.leg:
        return side is transfer.transferor
    home = transfer.leg.place(transfer.transferor) if transfer.leg is not None and transfer.transferor else None
    return home is not None and hop.origin == home


def _who(transfer: Transfer, leg: Leg, side: Side) -> str:
    if leg is transfer.leg and transfer.transferor is not None:
        return "transferor" if side is transfer.transferor else "transferee"
    if any(leg is target.leg for target in transfer.targets) and side is Side.CALLEE:
        return "target"
    return side.value


def _last(said: Sequence[_Said], order: int, after: bool) -> _Said | None:
    """The last description of a side on one side of a moment."""
    return next((p for p in reversed(said) if (p[0].order > order) is after), None)


def _place(media: Media) -> _Place:
    return media.address, media.port


def _rtp(transfer: Transfer, here: _Place, peer: _Place | None, known: set[_Place], after: bool) -> Rtp | None:
    """A flow counts by either of its ends, since what stands in SDP need not be what a NAT shows."""
    refer = transfer.decisive
    if not transfer.around.media or refer is None:
        return None
    to, back = [], []
    touching = transfer.around.media_at(here, *((peer,) if peer is not None else ()))
    for flow in (f for f in touching if _lasts(f, refer.at, after)):
        source, destination = (flow.source.host, flow.source.port), (flow.destination.host, flow.destination.port)
        if destination == here or (source == peer and destination not in known):
            to.append(flow)
        elif source == here or (destination == peer and source not in known):
            back.append(flow)
    every = [*to, *back]
    return Rtp(
        to=sum(f.packets for f in to),
        back=sum(f.packets for f in back),
        throughout=any(_lasts(f, refer.at, not after) for f in every),
        exact=all(f.exact for f in every),
    )


def _lasts(flow: MediaFlow, moment: Frame, after: bool) -> bool:
    """Whether a flow was seen on one side of a moment."""
    gap = elapsed(moment, flow.last if after else flow.first)
    return gap is None or (gap > 0 if after else gap <= 0)
