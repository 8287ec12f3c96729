from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.record import CallRecord
from sipdiag.values import Identity, Text

# What servers say: "participant does not exist", "not a SIP participant", "could not find SIP session for participant".
_UNKNOWN = re.compile(
    r"participant\b.{0,60}\b(?:not (?:be )?found|does ?n[o']t exist|unknown|not a sip|no sip|not connected)"
    r"|(?:not (?:be )?found|no such|unknown|could not find|cannot find|can't find|not a sip|no sip)\b.{0,60}\bparticipant",
    re.IGNORECASE | re.DOTALL,
)

# What a client says that was given no session, and has none to fall back to: "sessionId is not set".
_NO_SESSION = re.compile(r"\bsession_?id is not set\b|\bno (?:active )?sip session\b", re.IGNORECASE)


@check(
    stage=Stage.ELIGIBLE,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("platform-permission-refused",),
    refuted_by="a REFER of the transferring side",
)
def wrong_participant_identity(record: CallRecord) -> Iterator[Finding | CannotTell]:
    """The request names a participant without a SIP session

    The transfer request names one of the parties of a room or conference, and that party has no SIP session: it is the
    agent itself, a web client, or somebody who has left. The server refuses the request and sends nothing.

    Bad:

        call:
          leg: sip
          transfers: [{to: "sip:500@pbx.example", participant: agent-1, ok: false, error: "participant agent-1 not found"}]

    Bad:

        call: {transfers: [{to: "sip:500@pbx.example", ok: false, error: "sessionId is not set"}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", participant: sip_caller, ok: true}]}

    Good:

        call: {leg: sip, transfers: [{to: "sip:500@pbx.example", participant: sip_caller, ok: false, error: timed out}]}
    """
    for call in record.calls:
        words = str(call.result)[:2000]
        if call.succeeded is False and not call.participant and _NO_SESSION.search(words):
            yield Finding(
                'no participant with a SIP session was there to transfer: "{words}"',
                words=Text(words),
                at=call.result.where or call.where,
                fix="transfer while the SIP participant is in the call, and name its session in the request",
            )
        if not call.participant or call.succeeded is not False or not _UNKNOWN.search(words):
            continue
        yield Finding(
            "the transfer names participant {participant}, which has no SIP session",
            participant=Identity(str(call.participant)),
            at=call.participant.where or call.where,
            because=[Because("the server answered: {result}", at=call.result.where, result=call.result)],
            fix="name the identity of the SIP participant (the caller), as the room lists it at that moment",
        )
