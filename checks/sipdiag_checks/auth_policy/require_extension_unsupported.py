from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-rejected",),
    refs=("RFC 3261 8.2.2.3", "RFC 3261 20.32", "RFC 3261 20.40"),
    refuted_by="a 2xx to the REFER with the same Require",
)
def require_extension_unsupported(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER demands an extension that its receiver lacks

    An option tag in Require has to be understood, or the request is answered 420 with the tag in Unsupported. In
    Supported or Proxy-Require the same tag would have been no demand on the receiver.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | Require: norefersub
        caller -> agent 420 Bad Extension  Unsupported: norefersub

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | Supported: norefersub
        caller -> agent 202 Accepted
    """
    said = refusal(transfer, (420,))
    if said is None:
        return
    first, last = said.refer.hops[0].message, said.refer.hops[-1].message
    required = (first.require or frozenset()) | frozenset(v.lower() for v in first.values("Proxy-Require"))
    on_the_way = ((last.require or frozenset()) | frozenset(v.lower() for v in last.values("Proxy-Require"))) - required
    named = said.message.unsupported
    tags = sorted(named & (required | on_the_way)) or sorted(named) or sorted(required)
    because = [
        Because("the REFER demands {tags}", at=said.refer.at, tags=Word(", ".join(sorted(required)) or "nothing"))
    ]
    added = bool(named & on_the_way)
    if added:
        because.append(Because("the demand was added on the way", at=said.refer.hops[-1].frame))
    yield Finding(
        "REFER answered {status} {reason} by {by}: it does not support {tags}",
        status=said.status,
        reason=said.reason,
        by=said.by,
        tags=Word(", ".join(tags) or "an extension that it does not name"),
        at=said.at,
        because=because,
        fix="take {tags} out of the Require header of the REFER, or offer it in Supported",
        owner=Owner.CARRIER if added else None,
    )
