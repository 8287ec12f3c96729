from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text

_WORDS = r"(?:uri|target|address|destination|refer[-_ ]?to)"
_LOGGED = re.compile(
    rf"\b(?:invalid|malformed|bad|unparsable|illegal)\b[^\n]{{0,30}}\b{_WORDS}\b"
    rf"|\b(?:cannot|could not|couldn't|failed to|unable to)\s+(?:parse|create|make|build|resolve)\b[^\n]{{0,40}}\b{_WORDS}\b"
    rf"|\b{_WORDS}\b[^\n]{{0,60}}\b(?:is not a valid|is invalid|not a (?:sip )?uri)",
    re.IGNORECASE,
)
_LONGEST = 2000


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-to-missing-scheme", "refer-to-missing-domain", "refer-to-malformed", "number-format-not-e164"),
    refs=("RFC 3261 19.1", "RFC 3966 3"),
    refuted_by="a REFER whose Refer-To has a URI",
)
def transfer_target_not_a_uri_on_the_wire(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The platform could not make a URI of the destination

    A transfer was asked for, the log says that its destination is no URI, and no REFER followed.

    Bad:

        call
        log transfer requested to front desk
        log error: invalid transfer target: front desk
        +5s caller -> agent BYE
        agent -> caller 200 OK

    Good:

        call
        log transfer requested to sip:2003@example.com
        +5s caller -> agent BYE
        agent -> caller 200 OK
    """
    if transfer.attempts or not transfer.log:
        return
    for line in transfer.around.log:
        if _LOGGED.search(line.text[:_LONGEST]):
            yield Finding(
                "the log says: {line}",
                line=Text(line.text[:_LONGEST]),
                at=line.frame,
                because=[
                    Because(
                        "the transfer was asked for: {line}",
                        at=transfer.log[0].frame,
                        line=Text(transfer.log[0].text[:_LONGEST]),
                    )
                ],
                fix="give the destination as a SIP URI (sip:user@host) or as a number with country code (+…)",
            )
            return
