from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination
from sipdiag.facts.profile import Profile
from sipdiag.facts.uri_text import judged
from sipdiag.values import Number, Text, Word

_DIGITS = re.compile(r"\+[1-9][0-9]{1,14}")


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    refs=("ITU-T E.164", "RFC 3966 5.1.4"),
)
def number_format_not_e164(destination: Destination, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The number is not written as E.164

    E.164 is a `+`, the country code, and the number, digits only, 15 at most. Without the `+` a platform or carrier takes
    the number for a local one, or refuses it. A number that no country's plan can hold is an error; whether it is in
    service is not looked up.

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
    wrong: tuple[str, Severity] | None = None
    if not number.startswith("+"):
        if required:
            wrong = ("it has no + and country code", Severity.ERROR)
        elif target.scheme == "tel" and "phone-context" not in target.text and len(number) > 6:
            wrong = ("it has no + and country code", Severity.WARNING)
    elif not _DIGITS.fullmatch(re.sub(r"[().\- ]", "", number)):
        wrong = ("a + is followed by 2 to 15 digits, the first of them not 0", Severity.ERROR)
    elif not _is_possible(re.sub(r"[().\- ]", "", number)):
        wrong = ("no number of that country has this length", Severity.ERROR)
    elif target.scheme is None and not _DIGITS.fullmatch(number):
        wrong = ("it has spaces or separators", Severity.ERROR if required else Severity.WARNING)
    if wrong is None:
        return
    yield Finding(
        "transfer destination {number} is not E.164: {why}",
        number=Number(target.text.strip()),
        why=Word(wrong[0]),
        at=destination.at,
        because=because,
        severity=wrong[1],
        fix="write + and country code and number, digits only",
    )


def _checked_off(destination: Destination) -> bool:
    """Whether the rule itself switches the platform's check of the format off."""
    options = destination.rule.options if destination.rule is not None else ()
    return any(
        "e164" in o.name.lower() and "ignore" in o.name.lower() and str(o.value).lower() == "true" for o in options
    )


def _is_possible(number: str) -> bool:
    """Whether the country's plan has numbers of this length; the heavy tables are loaded for this alone."""
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_possible_number(parsed))
