from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.logged import logged
from sipdiag.facts.stated import LONGEST
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import NO_TARGET
from sipdiag.values import Text


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
    if transfer.sent:
        return
    fix = "give the destination as a SIP URI (sip:user@host) or as a number with country code (+…)"
    said = logged(NO_TARGET, transfer)
    if said is not None:
        because = [
            Because("the transfer was asked for: {line}", at=line.frame, line=Text(line.text[:LONGEST]))
            for line in transfer.log[:1]
        ]
        yield Finding("the log says: {line}", line=Text(said.text[:LONGEST]), at=said.frame, because=because, fix=fix)
