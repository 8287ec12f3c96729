from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.matching import typed
from sipdiag.facts.record import CallRecord
from sipdiag.facts.stated import LONGEST, first_saying
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.uri_text import read
from sipdiag.values import Text, Word

_WORDS = r"(?:uri|target|address|destination|refer[-_ ]?to|transfer[-_ ]?to)"
_SAID = re.compile(
    rf"\b(?:invalid|malformed|bad|unparsable|illegal)\b[^\n]{{0,30}}\b{_WORDS}\b"
    rf"|\b(?:cannot|could not|couldn't|failed to|unable to)\s+(?:parse|create|make|build|resolve)\b[^\n]{{0,40}}\b{_WORDS}\b"
    rf"|\b{_WORDS}\b[^\n]{{0,60}}\b(?:(?:is )?not a valid|is invalid|(?:is )?not a (?:sip )?uri|(?:must|has to|should) be a)",
    re.IGNORECASE,
)


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-to-missing-scheme", "refer-to-missing-domain", "refer-to-malformed", "number-format-not-e164"),
    refs=("RFC 3261 19.1", "RFC 3966 3"),
    refuted_by="a REFER whose Refer-To has a URI",
)
def transfer_target_not_a_uri_on_the_wire(
    transfer: Transfer, records: tuple[CallRecord, ...]
) -> Iterator[Finding | CannotTell]:
    """The platform could not make a URI of the destination

    A transfer was asked for, log or record say that its destination is no URI, and no REFER followed.

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
    if transfer.attempts:
        return
    fix = "give the destination as a SIP URI (sip:user@host) or as a number with country code (+…)"
    said = first_saying(_SAID, transfer, records)
    asked = next((c for r in records for c in r.calls if c.succeeded is False and c.destination), None)
    if said is not None:
        because = [
            Because("the transfer was asked for: {line}", at=line.frame, line=Text(line.text[:LONGEST]))
            for line in transfer.log[:1]
        ]
        if asked is not None:
            because.append(Because("asked for: {to}", at=asked.destination.where, to=typed(str(asked.destination))))
        yield Finding("the {by} says: {words}", by=Word(said.by), words=said.text, at=said.at, because=because, fix=fix)
    elif asked is not None and not read(str(asked.destination)).is_target:
        yield Finding(
            "the transfer was asked for to '{to}', of which no URI can be made",
            to=typed(str(asked.destination)),
            at=asked.destination.where or asked.where,
            fix=fix,
        )
