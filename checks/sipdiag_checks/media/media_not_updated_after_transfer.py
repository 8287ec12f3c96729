"""After the transfer the media go where nobody of the final call is."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.dropped import Dropped, dropped
from sipdiag.facts.final_media import LeftBehind, Silence, Unroutable, left_behind, silence, unroutable
from sipdiag.facts.leg import Side
from sipdiag.facts.media import Bypass, bypassed
from sipdiag.facts.new_call import failure
from sipdiag.facts.on_hold import Kept, OneWay, held_after_failure, left_on_hold, one_way
from sipdiag.facts.transaction import Hop
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.unusable import Unusable, unusable
from sipdiag.sip.sdp import Media
from sipdiag.values import Address, Port, Text, Word


@check(
    stage=Stage.COMPLETED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3264 8", "RFC 3725"),
    refuted_by="an offer or answer after the transfer that names a party of the final call or its relay",
)
def media_not_updated_after_transfer(transfer: Transfer) -> Iterator[Finding]:
    """Media is not updated after the transfer

    The last SDP that a party of the final call got after the transfer names a media address that differs from the
    one that all other exchanges use: one side sends past the media relay, and audio is missing in one direction or
    both. Or the transferee was never told that the transferor's media are gone, or stays on hold; or the new call was
    set up on hold, with the direction of an older exchange; or its answer has no codec or no encryption of the offer; or a
    private address went to a party on the public network, which was told a public one before; or RTP of the new call is
    seen in one direction only. An offer that was refused (488, 491) changes nothing; where the call was given up for it,
    that is told. Where the transfer failed, a call
    that stays on hold is told too.

    Bad:

        pbx aor sip:+15550100123@carrier.example
        leg2: caller -> pbx INVITE
        pbx -> agent INVITE
            -- v=0
            -- c=IN IP4 203.0.113.9
            -- m=audio 5000 RTP/AVP 0
        agent -> pbx 200 OK
        pbx -> agent ACK
        leg2: pbx -> caller 200 OK
            -- v=0
            -- c=IN IP4 203.0.113.9
            -- m=audio 5000 RTP/AVP 0
        leg2: caller -> pbx ACK
        agent -> pbx REFER  Refer-To: <sip:+15550100188@example.com>
        pbx -> agent 202 Accepted
        leg3: pbx -> target INVITE sip:+15550100188@example.com
            -- v=0
            -- c=IN IP4 203.0.113.9
            -- m=audio 5000 RTP/AVP 0
        leg3: target -> pbx 200 OK
        leg3: pbx -> target ACK
        leg3: pbx -> target INVITE
            -- v=0
            -- c=IN IP4 198.51.100.10
            -- m=audio 40000 RTP/AVP 0
        leg3: target -> pbx 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    failed = failure(transfer)
    if not transfer.accepted or transfer.acceptance is None:
        return
    if failed is not None:
        if (kept := held_after_failure(transfer, failed)) is not None:
            yield _still_held(kept)
    elif transfer.target is None or not transfer.target.answered:
        return
    elif (given_up := dropped(transfer)) is not None:
        yield _given_up(given_up)
    elif (odd := bypassed(transfer)) is not None:
        yield _past_the_relay(odd)
    elif (left := left_behind(transfer)) is not None:
        yield _to_nobody(left)
    elif (bad := unusable(transfer)) is not None:
        yield _no_talk(bad)
    elif (way := one_way(transfer)) is not None:
        yield _on_hold(way)
    elif (kept := left_on_hold(transfer)) is not None:
        yield _held_for_good(kept)
    elif (private := unroutable(transfer)) is not None:
        yield _to_a_private_address(private)
    elif (quiet := silence(transfer)) is not None:
        yield _unheard(quiet)


def _given_up(what: Dropped) -> Finding:
    return Finding(
        "the target had answered, and the transferee refuses the offer of its media with {status} {reason}: the call is"
        " given up with BYE",
        status=what.refusal.status,
        reason=Text(what.refusal.message.reason or ""),
        at=what.refusal.frame,
        because=[Because("the offer", at=what.offer.at), Because("the BYE that follows", at=what.bye.at)],
        fix="offer the transferee media that it took before (codecs, RTP or SRTP), or go on relaying its media, and do not"
        " end the call for a refused re-INVITE: the session stays as it was (RFC 3261 14.1)",
    )


def _past_the_relay(odd: Bypass) -> Finding:
    return Finding(
        "after the transfer {who} is told to send media to {wrong}, and all other exchanges of that side use the relay {relay}",
        who=Address(odd.receiver),
        wrong=Address(odd.address),
        relay=Address(odd.relay),
        at=odd.at,
        because=[Because("before, the same side offered {relay}", at=odd.usual_at, relay=Address(odd.relay))],
        fix="engage the media relay on the re-INVITE of the bridged leg too, so that its SDP names the relay as before",
    )


def _to_nobody(left: LeftBehind) -> Finding:
    return Finding(
        "the transferee was last told to send media to {address} port {port}, which is the transferor's, and the transferor"
        " has left: no re-INVITE named the target's media",
        address=Address(left.media.address or ""),
        port=Port(left.media.port),
        at=left.told.frame,
        because=[
            Because(
                "the transferor's own SDP with c={address}",
                at=left.own.frame,
                address=Address(left.media.address or ""),
            )
        ],
        fix="send the transferee a re-INVITE with the SDP of the target (or of a media relay) when the target has answered",
    )


def _on_hold(way: OneWay) -> Finding:
    said, placed = way.exchange, way.by is Side.CALLER
    late = said.offerer is Side.CALLEE
    hop, other = (said.offer, said.answer) if way.by is said.offerer else (said.answer, said.offer)
    return Finding(
        "{who} offers audio {offer}, {whom} answers {answer}, and no later offer changes that: audio flows in one direction"
        " at most",
        who=Word("the target" if late else "the new INVITE"),
        whom=Word("the ACK" if late else "the target"),
        offer=Word(_state(said.media(said.offerer))),
        answer=Word(_state(said.media(said.offerer.other))),
        at=hop.frame,
        because=[
            Because("the answer to it" if hop is said.offer else "the offer", at=other.frame),
            *_refused(way.refused),
        ],
        owner=None if placed else Owner.TARGET,
        fix="describe the audio of the new call with a=sendrecv, whatever hold state the old leg was in, or send a re-INVITE"
        " with a=sendrecv when the target has answered",
    )


def _no_talk(bad: Unusable) -> Finding:
    return Finding(
        "the answer to the new call cannot be talked with: {why}; offered {offered}, answered {answered}",
        why=Word(bad.why.value),
        offered=Text(_media(bad.offered)),
        answered=Text(_media(bad.answered)),
        at=bad.exchange.answer.frame,
        because=[Because("the offer", at=bad.exchange.offer.frame)],
        owner=Owner.TARGET if bad.exchange.offerer is Side.CALLER else None,
        fix="answer an offer with a codec and a profile out of it, or refuse it with 488, so that another can be made",
    )


def _held_for_good(kept: Kept) -> Finding:
    return Finding(
        "{who} was put on hold for the transfer with audio {state}, and no later offer took it off: caller and target do"
        " not hear each other both ways",
        who=Address(kept.to),
        state=Word(_state(kept.media)),
        at=kept.held.frame,
        because=_refused(kept.refused),
        fix="send the party on hold a re-INVITE with a=sendrecv as soon as the target has answered, and repeat it after 491",
    )


def _still_held(kept: Kept) -> Finding:
    because = _refused(kept.refused)
    if kept.back is not None:
        because.insert(0, Because("the transferor takes the call off hold on its own leg", at=kept.back.frame))
    return Finding(
        "{who} was put on hold for the transfer with audio {state}, and stays on hold after it failed",
        who=Address(kept.to),
        state=Word(_state(kept.media)),
        at=kept.held.frame,
        severity=Severity.ERROR if kept.back is not None else Severity.WARNING,
        because=because,
        owner=Owner.CARRIER if kept.back is not None else Owner.PLATFORM,
        fix="take the held party off hold with a=sendrecv when a transfer has failed, and pass that on to every leg of the call",
    )


def _refused(response: Hop | None) -> list[Because]:
    if response is None:
        return []
    return [Because("a later offer was refused with {status}", at=response.frame, status=response.message.status)]


def _state(media: Media | None) -> str:
    if media is None:
        return "without audio"
    return f"with c={media.address}" if media.nowhere else f"a={media.direction}"


def _media(media: Media) -> str:
    """An m= line in short."""
    keys = f" keys by {' '.join(sorted(media.keys))}" if media.keys else ""
    return f"{media.protocol} port {media.port} ({' '.join(media.codecs[:6])}){keys}"


def _to_a_private_address(private: Unroutable) -> Finding:
    told = private.told.message
    what = f"{told.method} after the transfer" if told.is_request else "answer after the transfer"
    receiver = private.told.destination
    return Finding(
        "the last {what} tells {who} to send media to c={address} port {port}, a private address that the public network"
        " does not route",
        what=Word(what),
        who=Address(receiver.host if receiver is not None else ""),
        address=Address(private.media.address or ""),
        port=Port(private.media.port),
        at=private.told.frame,
        because=[
            Because(
                "before, the same side named {usual}",
                at=private.before.frame,
                usual=Address(private.usual.address or ""),
            )
        ],
        fix="anchor the media of the new call too: put the public address (or the media relay) into the c= line of that"
        " SDP, as in the exchange before",
    )


def _unheard(quiet: Silence) -> Finding:
    there, missing = ("to", "from") if quiet.to_target else ("from", "to")
    return Finding(
        "in the {seconds} s of the new call {packets} RTP packets go {there} the target and none {missing} it",
        seconds=round(quiet.seconds, 1),
        packets=quiet.packets,
        there=Word(there),
        missing=Word(missing),
        at=quiet.at,
        fix="compare the media addresses in the SDP of both legs after the transfer with where RTP really goes, and let no"
        " firewall or NAT stand in that way",
    )
