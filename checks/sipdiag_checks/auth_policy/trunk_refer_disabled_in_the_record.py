from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Text


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-refused-by-policy", "refer-rejected"),
    refs=("RFC 3515 2.4.2",),
    refuted_by="a 2xx to a REFER on the same trunk",
)
def trunk_refer_disabled_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The carrier's own record says that its settings forbid the transfer

    The side that got the REFER tells why it did not take it: the transfer mode of the trunk does not permit it, or
    nothing is set up there that would take a REFER.

    Bad:

        {"sid": "NO1", "error_code": "32218", "log_level": "error", "alert_text": "SIP: Transfer not allowed"}

    Good:

        {"sid": "NO1", "error_code": "13801", "log_level": "error", "alert_text": "Refer: the call leg is not SIP"}
    """
    if any(t.accepted for t in transfers):
        return
    for call in record.calls[-1:]:
        words = call.told.refused
        if words:
            yield Finding(
                'who got the REFER says of it: "{words}"',
                words=Text(str(words)),
                at=words.where or call.where,
                because=[Because("it tells of this transfer", at=call.where)],
                fix="permit transfers by REFER there: the transfer mode of the trunk, to phone numbers as well where the target is one, or what a REFER is handed to",
            )
