"""The new INVITE is not what the REFER asked for."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.new_call import failure
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text, UriText

# Parameters that RFC 3261 and its extensions give a meaning for routing; they may be used up on the way.
_STANDARD = frozenset({"transport", "lr", "user", "method", "ttl", "maddr", "ob", "gr", "tag", "cause"})


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
        "refer-to-missing-user",
        "referred-by-missing",
    ),
    refs=(
        "RFC 3515 2.1",
        "RFC 3892 3",
        "https://learn.microsoft.com/en-us/microsoftteams/direct-routing-protocols-sip",
    ),
    refuted_by="a new INVITE whose Request-URI and Referred-By are those of the REFER",
)
def transfer_invite_not_verbatim(transfer: Transfer) -> Iterator[Finding]:
    """The new INVITE does not repeat Refer-To or Referred-By

    Some systems put what they need to recognise the transferred call into parameters of Refer-To and into Referred-
    By, and refuse a new INVITE in which these are changed or missing.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:sip.example.com:5061;x-m=8;x-t=ab> | Referred-By: <sip:+15550100171@agent.example;x-t=ab>
        caller -> agent 202 Accepted
        leg2: caller -> target INVITE sip:sip.example.com:5061
        leg2: target -> caller 400 Bad Request
        leg2: caller -> target ACK
        caller -> agent NOTIFY 400 Bad Request
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
    broken = failure(transfer)
    target = transfer.target
    if (
        broken is None
        or target is None
        or transfer.refer_to is None
        or transfer.refer_to.uri is None
        or transfer.refer is None
    ):
        return
    if not 400 <= broken.status < 500 or broken.status in (401, 407, 408, 480, 481, 486, 487, 488):
        return
    asked, got = transfer.refer_to.uri, target.invite.message.uri
    if got is None:
        return
    wanted = {n.lower() for n, _ in asked.params} - _STANDARD
    lost = sorted(wanted - {n.lower() for n, _ in got.params})
    by = transfer.refer.referred_by
    without = by is not None and target.invite.message.referred_by is None
    marked = by is not None and by.uri is not None and {n.lower() for n, _ in by.uri.params} - _STANDARD
    if not lost and not (without and (broken.status in (400, 429) or (marked and broken.status == 403))):
        return
    what = [f"the parameters {', '.join(lost)} of Refer-To"] if lost else []
    what += ["Referred-By"] if without else []
    yield Finding(
        "the new INVITE lacks {what}; it was answered {status} {reason}",
        what=Text(" and ".join(what)),
        status=broken.status,
        reason=Text(broken.reason),
        at=target.invite.at,
        because=[
            Because("Refer-To: {value}", at=transfer.attempts[-1].at, value=UriText(transfer.refer_to.raw)),
            Because(
                "the new INVITE goes to {uri}", at=target.invite.at, uri=UriText(target.invite.message.uri_text or "")
            ),
        ],
        fix="send the INVITE with the Request-URI exactly as in Refer-To, and copy Referred-By unchanged",
    )
