from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.facts.told import unseen_attempt
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.wording import TEL_REFUSED
from sipdiag.values import UriText


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-rejected", "refer-to-malformed"),
    refs=("RFC 3515 2.1", "RFC 3966 3"),
    refuted_by="a REFER with the same form of URI that is answered with 2xx",
)
def refer_to_uri_form_rejected_by_trunk_in_the_record(
    record: CallRecord, transfers: tuple[Transfer, ...]
) -> Iterator[Finding]:
    """The receiver says that it does not take the URI in Refer-To

    Its own log quotes a Refer-To that is a legal `tel:` URI and calls it unreadable: it takes `sip:` and `sips:` only.

    Bad:

        call: {transfers: [{error: "Received a REFER without a parseable Refer-To ('tel:+12025550150') on channel 'PJSIP/a-1'"}]}

    Good:

        call: {transfers: [{error: "Received a REFER without a parseable Refer-To ('front desk') on channel 'PJSIP/a-1'"}]}
    """
    last = unseen_attempt(record, transfers)
    found = TEL_REFUSED.search(str(last.result)[:500]) if last is not None else None
    if last is None or found is None:
        return
    yield Finding(
        "the receiver of the REFER does not take {uri}, a tel URI",
        uri=UriText(found["uri"]),
        at=last.result.where or last.where,
        because=[Because("the transfer that it speaks of", at=last.where)],
        fix="give the destination as a SIP URI: <sip:+number@host>, with the host of the trunk or PBX",
    )
