from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.auth import challenges, credentials
from sipdiag.values import Text


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-auth-challenge-unanswered", "refer-refused-by-policy", "refer-rejected"),
    refs=("RFC 3261 22.2", "RFC 2617 3.2.1"),
    refuted_by="a 2xx to a REFER with credentials",
)
def refer_auth_rejected(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The credentials of the REFER were refused

    The REFER was challenged, sent again with credentials for that challenge, and challenged again (not because the
    nonce was too old) or forbidden: user name, password or realm are wrong.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 401 Unauthorized  WWW-Authenticate: Digest realm="a", nonce="1"
        agent -> caller REFER
            Refer-To: <sip:2003@example.com>
            Authorization: Digest username="u", realm="a", nonce="1", uri="sip:a", response="0"
        caller -> agent 403 Forbidden
        agent -> caller BYE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 401 Unauthorized  WWW-Authenticate: Digest realm="a", nonce="1"
        agent -> caller REFER
            Refer-To: <sip:2003@example.com>
            Authorization: Digest username="u", realm="a", nonce="1", uri="sip:a", response="1"
        caller -> agent 202 Accepted
    """
    said = refusal(transfer, (401, 403, 407))
    if said is None:
        return
    answered = {c.nonce for c in credentials(said.refer.message)}
    for earlier in transfer.attempts:
        if earlier is said.refer or earlier.final is None or not earlier.challenged:
            continue
        asked = [c for c in challenges(earlier.final.message) if c.nonce in answered]
        if not asked or (said.status != 403 and any(c.stale for c in challenges(said.message))):
            continue
        yield Finding(
            "REFER with credentials for realm {realm} answered {status} {reason} by {by}",
            realm=Text(asked[0].param("realm") or ""),
            status=said.status,
            reason=said.reason,
            by=said.by,
            at=said.at,
            because=[
                Because("the challenge", at=earlier.final.frame),
                Because("the REFER that answers it", at=said.refer.at),
            ],
            fix="correct user name and password for realm {realm} on the transferring side",
        )
        return
