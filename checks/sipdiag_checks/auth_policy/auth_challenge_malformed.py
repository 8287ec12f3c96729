from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.auth import CHALLENGE_HEADER, challenges
from sipdiag.values import Text, Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-auth-challenge-unanswered", "refer-auth-rejected", "refer-rejected"),
    refs=("RFC 3261 20.44", "RFC 3261 20.27", "RFC 3261 22"),
    refuted_by="a WWW-Authenticate (401) or Proxy-Authenticate (407) with realm and nonce in that response",
)
def auth_challenge_malformed(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER was challenged in a way that nobody could answer

    A 401 has to carry WWW-Authenticate, a 407 Proxy-Authenticate, with realm and nonce. Without them no credentials can
    be computed, whatever the transferring side has.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 401 Unauthorized
        agent -> caller BYE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 401 Unauthorized  WWW-Authenticate: Digest realm="a", nonce="1"
        agent -> caller BYE
    """
    said = refusal(transfer, (401, 407))
    if said is None:
        return
    header = CHALLENGE_HEADER[said.status]
    read = challenges(said.message)
    if any(c.fault is None for c in read):
        return
    other = CHALLENGE_HEADER[407 if said.status == 401 else 401]
    if read:
        why = read[0].fault or ""
    elif said.message.header(header) is not None:
        why = f"its {header} cannot be read"
    elif said.message.header(other) is not None:
        why = f"it has {other} instead of {header}"
    else:
        why = f"it has no {header}"
    yield Finding(
        "{status} {reason} to the REFER cannot be answered: {why}",
        status=said.status,
        reason=said.reason,
        why=Text(why),
        header=Word(header),
        by=said.by,
        at=said.at,
        because=[Because("the REFER that it answers", at=said.refer.at)],
        fix="let {by} send {header} with realm and nonce in its {status}, or take the REFER without a challenge",
    )
