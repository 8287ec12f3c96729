from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Agent, Option, TransferRule
from sipdiag.facts.profile import Profile
from sipdiag.values import Text, Word


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("transfer-type-not-refer",),
    refuted_by="a REFER of the transferring side",
)
def transfer_suppressed_by_option(
    rule: TransferRule, agent: Agent | None, profile: Profile | None
) -> Iterator[Finding | CannotTell]:
    """An option takes the transfer over

    A server message or a bypass switch hands the control of the call to the user's own server. The tool is called, and
    the platform leaves the transfer to that server instead of sending a REFER.

    Bad:

        agent:
          platform: vapi
          serverMessages: [phone-call-control]
          rules: [{name: support, type: refer, to: "sip:500@pbx.example"}]

    Good:

        agent:
          platform: vapi
          serverMessages: [end-of-call-report]
          rules: [{name: support, type: refer, to: "sip:500@pbx.example"}]
    """
    said = profile.says("options.suppress-refer") if profile is not None else None
    if said is None or rule.wants_refer is False:
        return
    for option in (*rule.options, *(agent.options if agent is not None else ())):
        word = _taking_over(option, said.listed)
        if word is None:
            continue
        yield Finding(
            "{what} hands the call to another server, so the platform sends no REFER",
            what=Word(option.name if word == option.name else f"{option.name} {word}"),
            setting=Word(option.name),
            at=option.where,
            because=[Because("{words}", at=None, words=Text(said.words))] if said.words else (),
            severity=Severity.ERROR if said.certain else Severity.INFO,
            fix="take it out of {setting}, or let that server place the transfer itself",
        )


def _taking_over(option: Option, words: tuple[str, ...]) -> str | None:
    """The word that suppresses: the option's own name when it is switched on, or one of its values."""
    value = str(option.value).strip().lower()
    if option.name in words and value not in ("false", "no", "off", "0", ""):
        return option.name
    return next((w for w in words if w.lower() in (v.strip() for v in value.split(","))), None)
