from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.delivery import undelivered
from sipdiag.facts.refusal import refusal
from sipdiag.facts.route import far_host, follows, returned, route_set, strict_first
from sipdiag.facts.transfer import Transfer
from sipdiag.values import UriText

_NOT_MISROUTED = frozenset({401, 407, 420, 429, 489, 491})


@check(
    stage=Stage.DELIVERED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=(
        "refer-forwarded-to-wrong-peer",
        "refer-unanswered",
        "refer-rejected",
        "carrier-does-not-support-refer",
        "refer-refused-by-policy",
        "refer-outside-dialog",
        "refer-loop-max-forwards",
        "allow-lacks-refer",
    ),
    refs=("RFC 3261 12.1.1", "RFC 3261 12.1.2", "RFC 3261 12.2.1.1"),
    refuted_by="Route values that repeat the Record-Route of the dialog",
)
def route_set_wrong(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER does not take the way of its call

    Proxies that put themselves into Record-Route have to be named in the Route of every later request: by the callee in
    the order of the INVITE, by the caller in the reverse order of the 200. A REFER with another Route, or without,
    reaches somebody else, comes back to its sender, or is refused by a proxy that does not know where it belongs.

    Bad:

        call caller -> proxy -> agent
        agent -> proxy -> agent REFER  Refer-To: <sip:2003@example.com> | Route: <sip:192.0.2.20;lr>
        agent -> proxy -> agent 405 Method Not Allowed

    Good:

        call caller -> proxy -> agent
        agent -> proxy -> caller REFER  Refer-To: <sip:2003@example.com> | Route: <sip:198.51.100.5;lr>
        caller -> proxy -> agent 405 Method Not Allowed
    """
    refer, leg, side = transfer.decisive, transfer.leg, transfer.transferor
    if refer is None or leg is None or side is None or refer.call_id != leg.call_id:
        return  # a REFER in a dialog of its own has no route set yet
    wanted = route_set(leg, side)
    if wanted is None or strict_first(wanted.proxies):
        return
    message = refer.message
    if not wanted.proxies and not message.routes:
        return
    passed = max(0, len(message.vias) - 1)
    if wanted.proxies and follows(message.routes, wanted.proxies, passed):
        return
    back = returned(transfer, refer)
    said = refusal(transfer)
    proof = undelivered(transfer)
    far = far_host(leg, side.other)
    answerer = refer.answerer
    by_far_end = answerer is not None and answerer.source is not None and answerer.source.host in far
    # Only a forwarded REFER shows what its address says of it: one sent past the proxies is addressed to the far end too.
    seen_at_far_end = any(h.destination is not None and h.destination.host in far for h in refer.hops[1:])
    lost = proof is not None and proof.kind != "unreachable"
    misrouted = said is not None and said.status not in _NOT_MISROUTED and not by_far_end
    broken = back is not None or ((lost or misrouted) and not seen_at_far_end)
    if not wanted.proxies and not broken:
        return  # a Route where none is needed: an outbound proxy
    because = [
        Because("Record-Route of the call: {wanted}", at=wanted.told.frame,
                wanted=UriText(", ".join(r.uri_text for r in wanted.proxies) or "none")),
        Because("Route of the REFER: {found}", at=refer.at,
                found=UriText(", ".join(r.uri_text for r in message.routes) or "none")),
    ]  # fmt: skip
    if back is not None:
        because.append(Because("the same REFER comes back to its sender", at=back.frame))
    elif said is not None:
        because.append(Because("answered {status} {reason}", at=said.at, status=said.status, reason=said.reason))
    yield Finding(
        "REFER goes by Route {found}, and the call by {wanted}"
        if message.routes
        else "REFER has no Route, and the call goes by {wanted}",
        found=UriText(", ".join(r.uri_text for r in message.routes) or "none"),
        wanted=UriText(", ".join(r.uri_text for r in wanted.proxies) or "none"),
        at=refer.at,
        because=because,
        fix="build the Route of in-dialog requests from the Record-Route of the dialog: here {wanted}",
        severity=None if broken else Severity.WARNING,
    )
