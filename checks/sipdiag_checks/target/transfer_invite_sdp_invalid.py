"""The media that the new INVITE offers cannot be used."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.checking.call_failed import proofs
from sipdiag.facts.ending import ending
from sipdiag.facts.new_call import refused_at
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.unusable import mismatch
from sipdiag.sip.sdp import Sdp
from sipdiag.values import Text, Word

_MEDIA_REFUSED = (488, 606)
# Codes with which receivers refuse an offer that has no usable media, beside those that say so.
_FOR_DEAD_MEDIA = (400, 415, 500, 580)


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("target-leg-failed", "target-unavailable", "original-call-dropped-on-failed-transfer"),
    refs=("RFC 3261 21.4.26", "RFC 3264 5", "RFC 3264 8.4"),
    refuted_by="a 2xx to the new INVITE, or a later NOTIFY whose sipfrag is 200",
)
def transfer_invite_sdp_invalid(transfer: Transfer, records: tuple[CallRecord, ...]) -> Iterator[Finding]:
    """The new INVITE offers media that the target cannot use

    The transferee placed the new call with a session description that the target refused, mostly with 488 Not
    Acceptable Here. Some stacks copy the state of the old call, which was on hold, into the new offer: port 0, or
    `a=inactive`. Else no codec is common to both, or one side demands encryption that the other does not have.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:2003@example.com
            -- v=0
            -- o=- 1 1 IN IP4 198.51.100.10
            -- s=-
            -- c=IN IP4 198.51.100.10
            -- t=0 0
            -- m=audio 0 RTP/AVP 0
        leg2: target -> caller 488 Not Acceptable Here
        caller -> agent NOTIFY 488 Not Acceptable Here
        agent -> caller 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:2003@example.com
        leg2: target -> caller 200 OK
        leg2: caller -> target ACK
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    failed = ending(transfer, records)
    if failed is None:
        return
    offer = transfer.target.invite.message.sdp if transfer.target is not None else None
    refused = refused_at(transfer)
    dead = _dead(offer) or _unlike(offer, refused)
    if failed.status not in _MEDIA_REFUSED and not (dead and failed.status in _FOR_DEAD_MEDIA):
        return
    because = proofs(failed)
    if offer is not None and transfer.target is not None:
        offered = Text(_offered(offer))
        because.insert(0, Because("the new INVITE offers {media}", at=transfer.target.invite.at, media=offered))
    for warning in refused.message.warnings[:2] if refused is not None else ():
        because.append(Because("Warning: {text}", at=refused.frame if refused else None, text=Text(warning.text)))
    yield Finding(
        "the target {target} refused the media of the new INVITE with {status} {reason}{why}",
        target=failed.target,
        status=failed.code,
        reason=Text(failed.reason),
        why=Word(f": {dead}" if dead else ""),
        at=failed.at,
        because=because,
        fix=(
            "let the party that takes the REFER offer fresh, active media in its new INVITE, whatever the state "
            "of the old"
            " call, with a codec and an encryption (RTP or SRTP) that the target has"
        ),
    )


def _dead(offer: Sdp | None) -> str:
    """Why nobody could use an offer, in words; empty where somebody could, or where it is not known."""
    if offer is None:
        return ""
    used = [m for m in offer.media if m.active]
    if not used:
        return "every m= line has port 0"
    if all(m.direction == "inactive" for m in used):
        return "all media are inactive"
    if all(m.held for m in used):
        return "all media are on hold"
    return ""


def _unlike(offer: Sdp | None, refused: Hop | None) -> str:
    """What the target has instead, where its refusal describes that (RFC 3261, 21.4.26)."""
    own = refused.message.sdp if refused is not None else None
    wanted, had = (s.audio if s is not None else None for s in (offer, own))
    why = mismatch(wanted, had) if wanted is not None and had is not None else None
    return why.value if why is not None else ""


def _offered(offer: Sdp) -> str:
    return ", ".join(
        f"{m.kind} {m.port} {m.protocol} {m.direction} ({' '.join(m.codecs[:6])})" for m in offer.media[:4]
    )
