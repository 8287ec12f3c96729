from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord
from sipdiag.values import Text


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def warm_message_not_delivered(record: CallRecord, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The message for the human is not delivered

    The tool call carried words for the person who takes the call over, and the platform says them only with another
    kind of transfer or number. The person answers without having heard them.

    Bad:

        call:
          platform: elevenlabs
          leg: sip
          transfers: [{to: "+12025550150", ok: true, message: "caller wants to move an appointment"}]

    Good:

        call: {platform: elevenlabs, leg: sip, transfers: [{to: "+12025550150", ok: true}]}
    """
    said = profile.says("options.agent_message.legs") if profile is not None else None
    if profile is None or said is None or not record.leg or said.holds(str(record.leg)):
        return
    words = profile.says("options.agent_message.methods") or said
    for call in record.calls[:1]:
        if call.message:
            yield Finding(
                "the message for the human does not reach them on a call of kind {leg}",
                leg=record.leg,
                at=call.message.where or call.where,
                because=[Because("{words}", at=None, words=Text(words.words))] if words.words else (),
                severity=Severity.WARNING if said.certain else Severity.INFO,
                fix="put what they need to know into a custom header of the REFER, or do without it",
            )
