from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.facts.told import refused
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.codes import meaning
from sipdiag.values import Text

# Codes whose meaning for a REFER has a check of its own.
_OWN_CHECK = frozenset({401, 403, 405, 407, 420, 429, 481, 489, 491, 501, 603})


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3515 2.4.2",),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_rejected_in_the_record(record: CallRecord, transfers: tuple[Transfer, ...]) -> Iterator[Finding]:
    """The record says that the REFER was refused

    The platform tells how its REFER was answered: with a final code of 300 or above, and nothing finer explains it.

    Bad:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: false, refer_status: 488}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", ok: true, refer_status: 202}]}
    """
    said = refused(record, transfers)
    if said is not None and said.status not in _OWN_CHECK:
        yield Finding(
            "the record says that the REFER was answered {status} {reason}: {meaning}",
            status=said.status,
            reason=said.reason,
            meaning=Text(meaning(said.status, "R").meaning),
            action=Text(meaning(said.status, "R").to_do),
            at=said.at,
            because=[Because("the platform asked for it here", at=said.attempt.where)],
            fix="{action}",
        )
