"""Where media was told to go, before and after a transfer (RFC 3264)."""

from __future__ import annotations

from collections import Counter

from sipdiag.dataclass import dataclass
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

    The box relays if the media addresses that it names are never its peers' own; the odd SDP names one of theirs.
    """
    acceptance, target = transfer.acceptance, transfer.target
    if acceptance is None or target is None:
        return None
    legs = [leg for leg in (transfer.leg, *transfer.other_legs, *(t.leg for t in transfer.targets)) if leg is not None]
    said = [(h, a) for leg in legs for h, a in _addresses(leg)]
    for box in sorted({h.origin for h, _ in said if h.origin is not None}):
        mine = [(h, a) for h, a in said if h.origin == box]
        others = {a for h, a in said if h.origin not in (None, box)}
        relays = Counter(a for h, a in mine if a not in others)
        if not relays:
            continue
        relay, times = relays.most_common(1)[0]
        odd = [(h, a) for h, a in mine if a in others and a != relay and h.order > acceptance.order]
        if times < 2 or len(odd) != 1 or any(a in others for h, a in mine if h.order < odd[0][0].order):
            continue
        hop, address = odd[0]
        receiver = hop.destination.host if hop.destination is not None else "the other side"
        usual = next(h for h, a in mine if a == relay)
        return Bypass(receiver, address, relay, hop.frame, usual.frame)
    return None


def _addresses(leg: Leg) -> list[tuple[Hop, str]]:
    """The media addresses of every SDP of a leg that is not on hold."""
    found = []
    for hop in leg.hops:
        sdp = hop.message.sdp
        media = next((m for m in sdp.media if m.port and m.address), None) if sdp is not None else None
        if media is not None and media.address is not None and media.address != "0.0.0.0":  # noqa: S104 - hold, RFC 3264
            found.append((hop, media.address))
    return found
