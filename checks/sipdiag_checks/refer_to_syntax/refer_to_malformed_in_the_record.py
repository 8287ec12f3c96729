from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.facts.told import unseen_attempt
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import NO_REFER_TO, TEL_REFUSED
from sipdiag.values import Text


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    beats=("refer-rejected",),
    refs=("RFC 3515 2.4.1",),
    refuted_by="a REFER with one Refer-To of one URI",
)
def refer_to_malformed_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The receiver says that the REFER has no usable Refer-To

    Its own log says that Refer-To is missing or cannot be read. Some refuse such a REFER, some accept it and do nothing.

    Bad:

        call: {leg: sip, transfers: [{to: "500", error: Missing Refer-To, refer_status: 202}]}

    Good:

        call: {leg: sip, transfers: [{to: "500", error: no NOTIFY came, refer_status: 202}]}
    """
    last = unseen_attempt(record, transfers)
    words = str(last.result)[:500] if last is not None else ""
    if last is None or not NO_REFER_TO.search(words) or TEL_REFUSED.search(words):
        return
    taken = (last.told.answer.value or 400) < 300
    yield Finding(
        'the REFER had no usable Refer-To: "{words}"',
        words=Text(str(last.result)[:200]),
        at=last.result.where or last.where,
        stage=Stage.TARGET_REACHED if taken else Stage.ACCEPTED,
        because=[Because("the transfer that it speaks of", at=last.where)],
        fix="send one Refer-To header with one URI, in angle brackets: <sip:user@host>",
    )
