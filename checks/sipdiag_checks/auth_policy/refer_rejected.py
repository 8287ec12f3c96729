from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.dialog_state import ended_before
from sipdiag.facts.parties import Party, sender
from sipdiag.facts.refusal import refusal, refused_beyond
from sipdiag.facts.transfer import Transfer
from sipdiag.sip.codes import meaning
from sipdiag.values import Text

# Codes whose meaning for a REFER has a check of its own that always speaks.
_OWN_CHECK = frozenset({401, 403, 405, 407, 420, 481, 483, 489, 491, 501, 603})
_OF_REFER_TO = frozenset({400, 404, 410, 414, 416, 484, 485})
_OF_SENDER = frozenset({406, 413, 414, 421, 423, 513})  # codes that ask for another request
_BEYOND = frozenset({403, 405, 501, 603})  # of these, where the far end refuses what a B2BUA accepted


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    refs=("RFC 3515 2.4.2", "RFC 3261 21"),
    refuted_by="a 2xx to a later REFER of the same transfer",
)
def refer_rejected(transfer: Transfer) -> Iterator[Finding | CannotTell]:
    """The REFER was refused

    The receiver answered the REFER with a final code of 300 or above, and nothing finer explains it. The call stays
    where it was.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 488 Not Acceptable Here

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>
        caller -> agent 202 Accepted
    """
    answered = transfer.answered if transfer.decisive is None else None
    if answered is not None and (answered.status or 0) >= 300:
        needs = "the REFER itself: a capture of both directions, from before it was sent"
        yield CannotTell(needs=needs, at=answered.frame, collect="capture")
        return
    said = refusal(transfer) or refused_beyond(transfer)
    if said is None or said.own or said.status in (_BEYOND if said.accepted else _OWN_CHECK):
        return
    what = meaning(said.status, "R")
    because = [Because("the REFER that was refused", at=said.refer.at)]
    because.append(Because("the usual cause: {cause}", at=said.at, cause=Text(what.usual_cause)))
    because += [
        Because("Warning {code}: {text}", at=said.at, code=w.code or "", text=Text(w.text))
        for w in said.message.warnings[:2]
    ]
    because += [
        Because(
            "Reason: {protocol} cause {cause} {text}",
            at=said.at,
            protocol=Text(r.protocol),
            cause=r.cause or "",
            text=Text(r.text or ""),
        )
        for r in said.message.reasons[:2]
    ]
    contact = said.message.contact
    if 300 <= said.status < 400 and contact is not None:
        because.append(Because("it names {contact} instead", at=said.at, contact=Text(contact.uri_text)))
    # A request that is open when a BYE comes is answered 487 (RFC 3261, 15.1.2): whoever sent that BYE ended it.
    bye = ended_before(transfer.leg, said.refer) if transfer.leg is not None and said.status == 487 else None
    hidden = transfer.refer_to is not None and transfer.refer_to.masked  # what is wrong with it was made invisible
    body = said.status == 415 and said.refer.message.body  # whose it was
    own = bye is not None and sender(transfer, bye) is Party.TRANSFEROR
    if bye is not None:
        because.append(Because("the BYE", at=bye.at))
    yield Finding(
        "REFER{how} answered {status} {reason} by {by}: {meaning}",
        how=said.how,
        status=said.status,
        reason=said.reason,
        by=said.by,
        meaning=Text(what.meaning if bye is None else "the call was hung up while it was open"),
        at=said.at,
        stage=said.stage,
        owner=Owner.PLATFORM if own or said.status in _OF_SENDER or body else None,
        blameless=(bye is not None and not own) or (hidden and said.status in _OF_REFER_TO),
        because=because,
        action=Text(what.to_do),
        fix="{action}",
    )
