"""Answers that were accepted and with which nobody can talk (RFC 3264, 6; RFC 4568, 5.1)."""

from __future__ import annotations

import re
from enum import Enum

from sipdiag.dataclass import dataclass
from sipdiag.facts.exchanges import Exchange, exchanges
from sipdiag.facts.final_media import lasts, talk
from sipdiag.facts.streams import speech
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.sdp import Media

_FAMILY = re.compile(r"[A-Z]+[0-9]*")  # G729A and G729, AMR-WB and AMR: what some take for each other


class Why(Enum):
    """Why two descriptions do not go together."""

    REFUSED = "every m= line is refused with port 0"
    CODECS = "the two sides have no codec for speech in common"
    PROFILE = "one side wants SRTP and the other RTP"
    KEYS = "the two sides have no way to agree on SRTP keys in common"


@dataclass(frozen=True, slots=True)
class Unusable:
    """The last offer and answer of the new call, as it stood to its end."""

    why: Why
    exchange: Exchange
    offered: Media
    answered: Media


def unusable(transfer: Transfer) -> Unusable | None:
    """What makes audio impossible on the new call by its own offers and answers. RTP both ways refutes it."""
    target = transfer.target
    if target is None or target.leg.answer is None or not target.certain:
        return None
    said = exchanges(target.leg)
    if not said or not lasts(target.leg, target.leg.answer):
        return None
    wrong = [_wrong(e) for e in said]
    last = wrong[-1]
    if last is None or not all(wrong) or all(talk(transfer, last.offered, last.answered, target.leg.answer)):
        return None
    return last


def _wrong(exchange: Exchange) -> Unusable | None:
    both = exchange.audio
    if both is None:
        return _refused(exchange)
    why = mismatch(*both)
    return Unusable(why, exchange, *both) if why is not None else None


def mismatch(offered: Media, answered: Media) -> Why | None:
    """Why two sides cannot talk, by what they describe; None where they can, or where it is not known."""
    if offered.secure is not answered.secure and not (offered.keys and answered.keys):
        return Why.PROFILE
    if offered.secure and answered.secure and (offered.keys or answered.keys) and not offered.keys & answered.keys:
        return Why.KEYS
    if _known(offered) and _known(answered) and speech(offered) and not _families(offered) & _families(answered):
        return Why.CODECS
    return None


def _refused(exchange: Exchange) -> Unusable | None:
    """An answer that takes nothing of an offer of audio; a fax or a text that it takes instead is a call all the same."""
    offered, answered = exchange.offer.message.sdp, exchange.answer.message.sdp
    if offered is None or answered is None or len(answered.media) != len(offered.media):
        return None
    audio = next((p for p in zip(offered.media, answered.media, strict=True) if p[0].kind == "audio"), None)
    if audio is None or not audio[0].active or any(m.active for m in answered.media):
        return None
    return Unusable(Why.REFUSED, exchange, *audio)


def _known(media: Media) -> bool:
    """Whether every payload type has a name."""
    return bool(media.codecs) and len(media.codecs) == len(media.formats)


def _families(media: Media) -> set[str]:
    return {m[0] for c in speech(media) if (m := _FAMILY.match(c.upper())) is not None}
