from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Agent, Destination, Trunk
from sipdiag.facts.e164 import is_possible, with_plus, without_separators
from sipdiag.facts.edit import Edit, Replace
from sipdiag.facts.matching import failed_by
from sipdiag.facts.profile import Profile
from sipdiag.facts.record import CallRecord
from sipdiag.facts.uri_text import judged
from sipdiag.facts.wording import BAD_NUMBER
from sipdiag.places import Place
from sipdiag.values import Number, Text, Word

_DIGITS = re.compile(r"\+[1-9][0-9]{1,14}")


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refs=("ITU-T E.164", "RFC 3966 5.1.4"),
)
def number_format_not_e164(
    destination: Destination,
    profile: Profile | None,
    agent: Agent | None,
    trunks: tuple[Trunk, ...],
    records: tuple[CallRecord, ...],
) -> Iterator[Finding | CannotTell]:
    """The number is not written as E.164

    E.164 is a `+`, the country code, and the number, digits only, 15 at most. Without the `+` a platform or carrier takes
    the number for a local one, or refuses it: where the record of a call says that the platform did, no REFER was sent.
    A number that no country's plan can hold is an error; whether it is in service is not looked up.

    Bad:

        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "2025550154"}]}

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "+1202555"}]}

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "+1 (202) 555-0154"}]}

    Good:

        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "+12025550154"}]}

    Good:

        # A short number of a PBX is no E.164 number and need not be.
        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "500"}]}
    """
    target = judged(destination)
    if target is None or destination.kind != "phone" or not (target.names_a_number or target.scheme == "tel"):
        return
    if _checked_off(destination):
        return
    number = re.sub(r"^tel:", "", target.text.strip().strip("<>"), flags=re.IGNORECASE).partition(";")[0]
    plus = profile.says("refer-to.plus") if profile is not None else None
    required = plus is not None and plus.value == "required"
    because = (
        [Because("{words}", at=None, words=Text(plus.words))] if plus is not None and required and plus.words else []
    )
    writes = profile.says("refer-to.number") if profile is not None else None
    wrong: tuple[str, Severity] | None = None
    if target.scheme == "tel" and required and writes is not None and writes.value == "tel":
        wrong = ("the platform writes tel: itself", Severity.ERROR if writes.certain else Severity.INFO)
    elif not number.startswith("+"):
        if required:
            wrong = ("it has no + and country code", Severity.ERROR if plus and plus.certain else Severity.INFO)
        elif target.scheme == "tel" and "phone-context" not in target.text and len(number) > 6:
            wrong = ("it has no + and country code", Severity.WARNING)
    elif not _DIGITS.fullmatch(without_separators(number)):
        wrong = ("a + is followed by 2 to 15 digits, the first of them not 0", Severity.ERROR)
    elif not is_possible(without_separators(number)):
        wrong = ("no number of that country has this length", Severity.ERROR)
    elif target.scheme is None and not _DIGITS.fullmatch(number):
        wrong = (
            "it has spaces or separators",
            Severity.ERROR if required and plus and plus.certain else Severity.WARNING,
        )
    if wrong is None:
        return
    yield Finding(
        "transfer destination {number} is not E.164: {why}",
        number=Number(target.text.strip()),
        why=Word(wrong[0]),
        at=destination.at,
        because=because,
        severity=wrong[1],
        stage=Stage.ELIGIBLE if _refused_unsent(destination, records) else None,
        fix="write + and country code and number, digits only",
        edit=_mended(destination, number, agent, trunks, bare=wrong[0].endswith("itself")),
    )


def _mended(
    destination: Destination, number: str, agent: Agent | None, trunks: tuple[Trunk, ...], *, bare: bool
) -> Edit | None:
    """Without separators; with a + where the numbers around it leave no doubt about the country."""
    text = str(destination.text)
    if not isinstance(destination.at, Place):
        return None
    if number.startswith("+"):
        new: str | None = without_separators(number)
        new = new if new is not None and _DIGITS.fullmatch(new) and is_possible(new) else None
    else:
        around = [str(r.destination) for r in (agent.rules if agent is not None else ()) if r.literal]
        around += [str(n) for t in trunks for n in (t.number, *t.numbers) if n]
        new = with_plus(number, [n for n in around if n.startswith("+")])
    if new is None or number not in text:
        return None
    return Replace(destination.at, text, new if bare else text.strip().replace(number, new), safe=True)


def _refused_unsent(destination: Destination, records: tuple[CallRecord, ...]) -> bool:
    """Whether a record says that the platform itself took the number for none, and no response to a REFER."""
    rule = destination.rule
    tried = [failed_by(rule, r, 1) for r in records] if rule is not None else []
    return any(c is not None and c.status is None and not c.told and BAD_NUMBER.search(str(c.result)) for c in tried)


def _checked_off(destination: Destination) -> bool:
    """Whether the rule itself switches the platform's check of the format off."""
    options = destination.rule.options if destination.rule is not None else ()
    return any(
        "e164" in o.name.lower() and "ignore" in o.name.lower() and str(o.value).lower() == "true" for o in options
    )
