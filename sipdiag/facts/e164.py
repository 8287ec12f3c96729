"""Phone numbers in E.164: whether one is possible, and where its + may be written."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Country code 1 has numbers of ten digits and no others. The commonest numbers need no plan, and loading all takes long.
_NANP = re.compile(r"\+1[0-9]{10}")
SIGNIFICANT = 7  # the last digits that tell subscribers apart within any country's area
_SEPARATORS = re.compile(r"[().\- /]")


def without_separators(number: str) -> str:
    """
    >>> without_separators("+1 (202) 555-0123")
    '+12025550123'
    """
    return _SEPARATORS.sub("", number)


def is_possible(number: str) -> bool:
    """Whether a number with its + has a length that its country has."""
    if _NANP.fullmatch(number):
        return True
    import phonenumbers

    try:
        parsed = phonenumbers.parse(number, None)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_possible_number(parsed))


def same_subscriber(one: str, other: str) -> bool:
    """Whether the digits of two numbers are one number's: equal, or one's behind a country or trunk prefix.

    >>> same_subscriber("15550100123", "5550100123"), same_subscriber("123", "0123"), same_subscriber("", "")
    (True, False, False)
    """
    if one == other:
        return one != ""
    short, long = sorted((one.lstrip("0"), other.lstrip("0")), key=len)
    return len(short) >= SIGNIFICANT and long.endswith(short)


def with_plus(number: str, others: Iterable[str]) -> str | None:
    """A number that has its country code and lacks the +, with it; None where the country is not certain.

    It is certain where all of the other numbers, which have their +, are of one country, and the number is a valid one
    of that country as it stands.

    >>> with_plus("12025550123", ["+12125550100"]), with_plus("12025550123", ["+4930123456"]), with_plus("2025550123", [])
    ('+12025550123', None, None)
    """
    digits = without_separators(number)
    codes = {_country_code(without_separators(o)) for o in others} - {None}
    if not digits.isdigit() or len(codes) != 1 or not digits.startswith(str(*codes)):
        return None
    import phonenumbers

    try:
        parsed = phonenumbers.parse("+" + digits, None)
    except phonenumbers.NumberParseException:
        return None
    return "+" + digits if phonenumbers.is_valid_number(parsed) else None


def _country_code(number: str) -> str | None:
    """The country code of a number that begins with its +; None where there is none."""
    if _NANP.fullmatch(number):
        return "1"
    import phonenumbers

    try:
        return str(phonenumbers.parse(number, None).country_code)
    except phonenumbers.NumberParseException:
        return None
