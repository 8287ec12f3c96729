"""A hidden address leaks out of topology hiding."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.leg import Leg, Side
from sipdiag.facts.new_call import failure
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.raw import Endpoint
from sipdiag.sip.message import Message
from sipdiag.values import Address, Token, UriText, Word

# Users of masked URIs share a prefix of at least this many characters.
_PREFIX = 4
# What stacks answer to a Replaces that matches nothing.
_NO_SUCH_DIALOG = frozenset({400, 404, 481, 603})


@check(
    stage=Stage.TARGET_REACHED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=(
        "target-leg-failed",
        "target-not-found",
        "target-unavailable",
        "target-declined",
        "target-forbidden",
        "refer-rejected",
        "refer-refused-by-policy",
        "refer-to-host-rewritten",
        "refer-to-aor-instead-of-contact",
        "refer-to-uri-form-rejected-by-trunk",
        "replaces-names-wrong-dialog",
    ),
    refs=("RFC 3515 2.1",),
    refuted_by="a Refer-To that was translated back at the far hop",
)
def topology_hiding_not_unmasked_in_refer_to(transfer: Transfer) -> Iterator[Finding]:
    """Topology hiding is not undone in Refer-To

    A proxy or SBC that hides addresses restores the Request-URI of the REFER on its way, but leaves the hidden
    value inside Refer-To (or its Replaces): whoever acts on it is sent to an address that only the proxy knows, or that
    the box has on the transferor's side only, or looks for a Call-ID that exists on the other side of the box only.

    Bad:

        call
        agent -> proxy REFER sip:atpsh-11@198.51.100.5  Refer-To: <sip:atpsh-22@198.51.100.5>
        proxy -> caller REFER sip:+15550100123@198.51.100.10  From: <sip:+15550100171@agent.example>;tag=agent-leg1 | CSeq: 201 REFER | Refer-To: <sip:atpsh-22@198.51.100.5>
        caller -> proxy 202 Accepted
        proxy -> agent 202 Accepted
        caller -> agent NOTIFY 503 Service Unavailable
        agent -> caller 200 OK

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
        caller -> agent NOTIFY 200 OK
        agent -> caller 200 OK
        agent -> caller BYE
        caller -> agent 200 OK
    """
    refer = transfer.decisive
    broken = failure(transfer)
    if (kept := _replaces_kept(transfer)) is not None:
        relayed, known, beyond = kept
        yield Finding(
            "the REFER is passed on with Call-ID {near} in Replaces; beyond the box that call has {far}{code}",
            near=Token(known.call_id),
            far=Token(beyond.call_id),
            code=Word(f"; the new call failed with {broken.status}" if broken is not None else ""),
            at=relayed.at,
            stage=Stage.TARGET_REACHED if broken is not None else Stage.ACCEPTED,
            because=[
                Because("the consultation call as the transferor knows it", at=known.first.frame),
                Because("the same call beyond the box", at=beyond.first.frame),
            ],
            fix="let the box translate Call-ID and tags of Replaces into those of its far side when it passes a REFER on,"
            " or act on the REFER itself",
        )
        return
    if broken is not None and (untold := _replaces_untold(transfer, broken.status)) is not None:
        known, beyond = untold
        yield Finding(
            "the new INVITE has Call-ID {near} in Replaces, by which {target} knows no call: its call with {box} has {far};"
            " the new call failed with {status}",
            near=Token(known.call_id),
            far=Token(beyond.call_id),
            target=_host(transfer.targets[-1].invite.hops[-1].destination),
            box=_host(transfer.targets[-1].invite.first.source),
            status=broken.status,
            at=transfer.targets[-1].invite.at,
            stage=Stage.TARGET_REACHED,
            because=[
                Because("the consultation call as the transferor knows it", at=known.first.frame),
                Because("the same call beyond the box", at=beyond.first.frame),
            ],
            fix="let the box join the two calls that it holds itself, or put Call-ID and tags of its far side into Replaces",
        )
        return
    if (named := _box_named(transfer)) is not None:
        relayed, uri = named
        yield Finding(
            "the REFER is passed on with {box} in Refer-To: the address of the box on its near side only{code}",
            box=UriText(uri),
            code=Word(f"; the new call failed with {broken.status}" if broken is not None else ""),
            at=relayed.at,
            stage=Stage.TARGET_REACHED if broken is not None else Stage.ACCEPTED,
            because=[Because("the REFER as it came to the box", at=transfer.attempts[-1].at)],
            fix="let the box put an address of its far side, or where the call belongs, into Refer-To when it passes a"
            " REFER on, or act on the REFER itself",
        )
        return
    if refer is None or (broken is None and not refer.refused) or len(refer.hops) < 2 or transfer.refer_to is None:
        return
    first, last = refer.hops[0].message, refer.hops[-1].message
    before, after = first.refer_to, last.refer_to
    if before is None or after is None or before.uri is None or after.uri is None:
        return
    if first.uri_text == last.uri_text or before.uri_text != after.uri_text:
        return  # nothing was translated, or Refer-To was
    masks = _masked_alike(first, before.uri.user or "", before.uri.host)
    if not masks:
        return
    yield Finding(
        "the Request-URI is translated from {hidden} to {real}, and Refer-To keeps {kept}",
        hidden=UriText(first.uri_text or ""),
        real=UriText(last.uri_text or ""),
        kept=UriText(after.uri_text),
        at=refer.hops[-1].frame,
        stage=Stage.TARGET_REACHED if broken is not None else Stage.ACCEPTED,
        because=[
            Because("the REFER before the box", at=refer.hops[0].frame),
            *([Because("what the new call got", at=broken.at)] if broken is not None else []),
        ],
        fix="let the proxy translate Refer-To (and its Replaces) back as it does the Request-URI, or except transfers from topology hiding",
    )


def _replaces_kept(transfer: Transfer) -> tuple[Transaction, Leg, Leg] | None:
    """A relayed REFER whose Replaces holds the Call-ID of the near side, the consultation call there, and that beyond."""
    consult, broken = transfer.consultation, failure(transfer)
    if consult is None or (
        (broken is None or broken.status not in _NO_SUCH_DIALOG)
        and not (transfer.decisive is not None and transfer.decisive.refused)
    ):
        return None
    for refer in transfer.relayed:
        refer_to = refer.message.refer_to
        named = refer_to.replaces if refer_to is not None else None
        beyond = next((leg for leg in transfer.consultation_legs if leg.call_id != consult.call_id), None)
        if named is not None and named.call_id == consult.call_id and beyond is not None:
            return refer, consult, beyond
    return None


def _replaces_untold(transfer: Transfer, status: int | None) -> tuple[Leg, Leg] | None:
    """The consultation call on both sides of the box that acts on the REFER itself, where its new INVITE names the near one.

    The box is an end of both, so it can tell the Call-ID that the transferor named from the one that the target knows.
    """
    consult, invite = transfer.consultation, transfer.targets[-1].invite if transfer.targets else None
    if consult is None or invite is None or status not in _NO_SUCH_DIALOG:
        return None
    named, box, target = invite.message.replaces, invite.first.origin, invite.hops[-1].goal
    if named is None or named.call_id != consult.call_id or box is None or target is None or box == target:
        return None
    near = {consult.place(side) for side in Side}
    if box not in near or target in near:
        return None
    far = (leg for leg in transfer.consultation_legs if {leg.place(side) for side in Side} == {box, target})
    beyond = next((leg for leg in far if leg.call_id != consult.call_id), None)
    return None if beyond is None else (consult, beyond)


def _host(end: Endpoint | None) -> Address | Word:
    return Address(end.host) if end is not None else Word("the box")


def _box_named(transfer: Transfer) -> tuple[Transaction, str] | None:
    """A relayed REFER whose Refer-To keeps the address that the box has for the transferor, and where it goes astray.

    Where the new INVITE was sent elsewhere, somebody routed it, and the address did no harm.
    """
    broken, refer = failure(transfer), transfer.decisive
    astray = broken is not None and broken.status in (404, 408, 480, 500, 503)
    if refer is None or not (astray or refer.refused):
        return None
    near = refer.first.goal
    for relayed in transfer.relayed:
        refer_to = relayed.message.refer_to
        uri = refer_to.uri if refer_to is not None else None
        if uri is None or refer_to is None or near is None or uri.host_key != near or relayed.first.origin == near:
            continue
        if all(target.invite.hops[-1].goal == near for target in transfer.targets):
            return relayed, refer_to.uri_text
    return None


def _masked_alike(refer: Message, user: str, host: str) -> bool:
    """Whether Refer-To is of the same make as the hidden Request-URI: the same host, and users that begin alike."""
    uri = refer.uri
    if uri is None or not user or not uri.user:
        return False
    same = 0
    for a, b in zip(uri.user, user, strict=False):
        if a != b:
            break
        same += 1
    return uri.host.lower() == host.lower() and same >= _PREFIX and not user.lstrip("+").isdigit()
