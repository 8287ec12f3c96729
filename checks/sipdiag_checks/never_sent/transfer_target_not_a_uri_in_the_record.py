from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.matching import typed
from sipdiag.facts.placeholders import is_literal
from sipdiag.facts.record import CallRecord
from sipdiag.facts.stated import LONGEST, recorded
from sipdiag.facts.uri_text import read
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
def transfer_target_not_a_uri_in_the_record(record: CallRecord) -> Iterator[Finding | CannotTell]:
    """The transfer was asked for to something that is no URI

    The request names words of which no SIP or tel URI can be made, or the platform says so of what was given.

    Bad:

        call: {leg: sip, transfers: [{to: "the caller wants the store", ok: false, error: failed}]}

    Bad:

        call: {leg: sip, transfers: [{to: "+12025550150", ok: false, error: "transfer_to is not a valid SIP or tel URI"}]}

    Good:

        call: {leg: sip, transfers: [{to: "+12025550150", ok: false, error: timed out}]}
    """
    fix = "give the destination as a SIP URI (sip:user@host) or as a number with country code (+…)"
    call = recorded(NO_TARGET, record)
    if call is not None:
        yield Finding(
            'the platform answered the transfer to {to}: "{words}"',
            to=typed(str(call.destination)),
            words=Text(str(call.result)[:LONGEST]),
            at=call.result.where or call.where,
            because=[Because("asked for here", at=call.destination.where)] if call.destination else [],
            fix=fix,
        )
        return
    asked = record.calls[-1] if record.calls else None
    if asked is None or asked.succeeded is not False or not asked.destination:
        return
    wanted = str(asked.destination)
    if not read(wanted).is_target:
        yield Finding(
            "the transfer was asked for to '{to}', of which no URI can be made",
            to=typed(wanted),
            at=asked.destination.where or asked.where,
            fix=fix,
        )
    elif not is_literal(wanted) and wanted in str(asked.result)[:LONGEST]:
        yield Finding(
            "the transfer was asked for to '{to}': a placeholder as it is written, with nothing put in for it",
            to=typed(wanted),
            at=asked.destination.where or asked.where,
            because=[Because('the platform answered: "{words}"', at=asked.result.where, words=asked.result)],
            fix="give the variable a value in every call, or name a destination that needs none",
        )
