"""Where media was told to go, before and after a transfer (RFC 3264)."""

from __future__ import annotations

from collections import Counter

from sipdiag.dataclass import dataclass
from sipdiag.facts.exchanges import in_force
from sipdiag.facts.leg import Leg
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.places import Frame


@dataclass(frozen=True, slots=True)
class Bypass:
    """An SDP that names `address` to `receiver`, although its sender used `relay` in every exchange before."""

    receiver: str
    address: str
    relay: str
    at: Frame
    usual_at: Frame


def bypassed(transfer: Transfer) -> Bypass | None:
    """An SDP sent after the REFER by a box that had put a media relay into all its SDP, and does not any more.

    The box relays if the media addresses that it names are never its peers' own; the odd SDP names one of theirs. A
    relay shows by one address that is named twice, or by several while both peers name their own.
    """
    acceptance, target = transfer.acceptance, transfer.target
    if acceptance is None or target is None:
        return None
    legs = [leg for leg in (transfer.leg, *transfer.other_legs, *(t.leg for t in transfer.targets)) if leg is not None]
    said = sorted((p for leg in legs for p in _addresses(leg)), key=lambda p: p[0].order)
    for box in sorted({h.origin for h, _ in said if h.origin is not None}):
        mine = [(h, a) for h, a in said if h.origin == box]
        others = {a for h, a in said if h.origin not in (None, box)}
        own = [(h, a) for h, a in mine if a not in others]
        times = Counter(a for _, a in own)
        relay = max(own, key=lambda p: (times[p[1]], p[0].order))[1] if own else None
        odd = [(h, a) for h, a in mine if a in others and a != relay and h.order > acceptance.order]
        if not odd or len({(h.goal, a) for h, a in odd}) > 1:
            continue
        hop, address = odd[0]
        before = [(h, a) for h, a in own if h.order < hop.order]
        peers = {a for h, a in said if h.origin not in (None, box) and h.order < acceptance.order}
        if relay is None or (times[relay] < 2 and (len(before) < 2 or len(peers) < 2)):
            continue
        if any(a in others for h, a in mine if h.order < hop.order):
            continue
        receiver = hop.destination.host if hop.destination is not None else "the other side"
        usual = next(h for h, a in own if a == relay)
        return Bypass(receiver, address, relay, hop.frame, usual.frame)
    return None


def _addresses(leg: Leg) -> list[tuple[Hop, str]]:
    """The media addresses of every SDP of a leg that took effect and is not on hold."""
    found = []
    for hop in in_force(leg):
        sdp = hop.message.sdp
        media = next((m for m in sdp.media if m.port and m.address), None) if sdp is not None else None
        if media is not None and media.address is not None and not media.nowhere:
            found.append((hop, media.address))
    return found
