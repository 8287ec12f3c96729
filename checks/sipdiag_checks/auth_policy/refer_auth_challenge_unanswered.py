from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.refusal import refusal
from sipdiag.facts.timers import CHALLENGE_ANSWER
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.auth import challenges, credentials
from sipdiag.values import Text, Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-rejected", "refer-refused-by-policy", "carrier-does-not-support-refer"),
    refs=("RFC 3261 22.2", "RFC 3261 22.3"),
    refuted_by="a later REFER of the same dialog with Authorization or Proxy-Authorization",
)
def refer_auth_challenge_unanswered(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER was challenged, and never repeated with credentials

    The receiver answered the REFER 401 or 407. Its sender has to send it again, with a higher CSeq and with the
    credentials that the challenge asks for. Many platforms hold credentials for their INVITEs only and give up here.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 407 Proxy Authentication Required  Proxy-Authenticate: Digest realm="a", nonce="1"
        +30s caller -> agent BYE

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 407 Proxy Authentication Required  Proxy-Authenticate: Digest realm="a", nonce="1"
        agent -> caller REFER
            Refer-To: <sip:2003@example.com>
            Proxy-Authorization: Digest username="u", realm="a", nonce="1", uri="sip:a", response="0"
        caller -> agent 202 Accepted
    """
    said = refusal(transfer, (401, 407))
    if said is None or transfer.leg is None:
        return
    usable = [c for c in challenges(said.message) if c.fault is None]
    if not usable:
        return  # nobody could answer it: a cause of its own
    tried = {c.nonce for c in credentials(said.refer.message)}
    given = {c.nonce for a in transfer.attempts[:-1] if a.final is not None for c in challenges(a.final.message)}
    if tried & given and not any(c.stale for c in usable):
        return  # it was answered, and the credentials were refused
    silence = transfer.leg.absent(lambda hop: hop.message.method == "REFER", after=said.answer, within=CHALLENGE_ANSWER)
    if silence.unknown:
        needs = f"the capture after the {said.status}: it ends too soon ({silence.why})"
        yield CannotTell(needs=needs, at=said.at, collect="capture")
    elif silence.yes:
        yield Finding(
            "REFER challenged with {status} {reason} by {by}, and not sent again with credentials",
            status=said.status,
            reason=said.reason,
            by=said.by,
            realm=Text(usable[0].param("realm") or ""),
            algorithm=Word(usable[0].param("algorithm") or "MD5"),
            at=said.at,
            because=[
                Because("the REFER carries no credentials", at=said.refer.at)
                if not tried
                else Because("the REFER carries credentials for another nonce", at=said.refer.at)
            ],
            fix="give the transferring side credentials for realm {realm} ({algorithm}) that it uses for REFER, "
            "or let the receiver trust it by address",
        )
