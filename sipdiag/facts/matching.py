"""Whether two destinations are the same, which rule comes nearest, and where the texts part."""

from __future__ import annotations

import re
from collections.abc import Iterable
from difflib import SequenceMatcher
from urllib.parse import unquote

from sipdiag.facts.config import TransferRule
from sipdiag.facts.e164 import same_subscriber
from sipdiag.facts.record import CallRecord, ToolCall
from sipdiag.values import Number, Text, UriText

_LONGEST = 256  # characters that are compared; no real destination is longer
_NUMBER = re.compile(r"[+0-9*#][0-9A-Da-d*#().\- ]*")


def typed(destination: str) -> Number | UriText | Text:
    """A destination as the type that says what it would give away.

    >>> [type(typed(t)).__name__ for t in ("+1 202 555 0100", "sip:500@pbx.example", "front desk")]
    ['Number', 'UriText', 'Text']
    """
    text = destination.strip()
    if _NUMBER.fullmatch(text):
        return Number(text)
    return UriText(text) if ":" in text or "@" in text else Text(text)


def bare(destination: str) -> str:
    """What is left of a destination when angle brackets, the scheme of a number, and space around it are taken away.

    >>> bare("<tel:+12025550100>"), bare(" sip:500@PBX.example ")
    ('+12025550100', 'sip:500@pbx.example')
    """
    text = destination.strip().strip("<>").strip()
    text = re.sub(r"^tel:", "", text, flags=re.IGNORECASE)
    user, at, host = text.rpartition("@")
    return f"{user}@{host.lower()}" if at else text


def same(one: str, other: str) -> bool:
    """Whether a platform that compares destinations as texts takes one for the other.

    >>> same("+12025550100", "tel:+12025550100"), same("+12025550100", "12025550100")
    (True, False)
    """
    return bare(one) == bare(other)


def names(wanted: str, rule: TransferRule) -> bool:
    """Whether what was asked for is this rule's destination, or a handle for it: its name, or the user of its URI.

    Platforms let a model choose by name or extension too, and put the URI in themselves.
    """
    if same(wanted, str(rule.destination)):
        return True
    handle = wanted.strip().lower()
    user = re.sub(r"^sips?:", "", bare(str(rule.destination)), flags=re.IGNORECASE).rpartition("@")[0]
    return bool(handle) and handle in (str(rule.name).strip().lower(), user.lower())


def same_user(one: str, other: str) -> bool:
    """Whether two destinations name the same user or number, whatever stands around it; platforms rewrite the host.

    >>> same_user("+12025550123", "sip:12025550123@trunk.example"), same_user("sip:a@x.example", "sip:b@x.example")
    (True, False)
    >>> same_user("+442079460123", "sip:00442079460123@trunk.example"), same_user("+442079460123", "sip:500@pbx.example")
    (True, False)
    >>> same_user("sip:%2B12025550123@pbx.example", "sip:+12025550123@pbx.example")
    True
    """
    users = [re.sub(r"^(?:sips?|tel):", "", t.strip().strip("<>"), flags=re.IGNORECASE) for t in (one, other)]
    users = [unquote(re.split(r"[@;?]", u)[0]).lower() for u in users]
    digits = [re.sub(r"[^0-9*#]", "", u) for u in users]
    numbers = all(re.fullmatch(r"[+0-9*#().\- ]+", u) for u in users)
    return users[0] == users[1] or (numbers and same_subscriber(*digits))


def nearest(wanted: str, rules: Iterable[TransferRule]) -> TransferRule | None:
    """The rule whose destination is most like the wanted one; None where no rule has one."""
    target = bare(wanted)[:_LONGEST]
    known = [r for r in rules if r.destination]
    matcher = SequenceMatcher(None, autojunk=False)
    matcher.set_seq2(target)

    def likeness(rule: TransferRule) -> float:
        matcher.set_seq1(bare(str(rule.destination))[:_LONGEST])
        return matcher.ratio()

    return max(known[:1000], key=likeness, default=None)


def where_they_part(wanted: str, configured: str) -> str:
    """In words that give nothing of either text away.

    >>> where_they_part("+12025550188", "+12025550150")
    'they part at character 11'
    >>> where_they_part("12025550150", "+12025550150")
    "the leading '+' is missing"
    >>> where_they_part("500", "sip:500@pbx.example")
    'scheme and host are missing'
    """
    one, other = bare(wanted), bare(configured)
    if one == other.removeprefix("+"):
        return "the leading '+' is missing"
    if other == one.removeprefix("+"):
        return "it has a leading '+' that the rule lacks"
    if re.sub(r"[().\- ]", "", one) == re.sub(r"[().\- ]", "", other):
        return "only spaces or separators differ"
    if re.sub(r"^sips?:", "", one, flags=re.IGNORECASE) == re.sub(r"^sips?:", "", other, flags=re.IGNORECASE):
        return "only the scheme differs"
    if "@" not in one and one == re.sub(r"^sips?:", "", other, flags=re.IGNORECASE).rpartition("@")[0]:
        return "scheme and host are missing"
    at = next((i for i, (a, b) in enumerate(zip(one, other, strict=False)) if a != b), min(len(one), len(other)))
    return f"they part at character {at + 1}"


def asks_for(call: ToolCall, rule: TransferRule) -> bool:
    """Whether an attempt names this rule: by its destination, or, without one, by its name."""
    if call.destination:
        return rule.literal and bool(rule.destination) and same(str(call.destination), str(rule.destination))
    return bool(call.name) and bool(rule.name) and str(call.name) == str(rule.name)


def failed_by(rule: TransferRule, record: CallRecord, rules: int) -> ToolCall | None:
    """The attempt of a record that used this rule and failed; with a single rule any failed attempt used it."""
    for call in record.calls:
        if call.succeeded is False and (asks_for(call, rule) or (rules == 1 and not call.destination)):
            return call
    return None
