"""Pseudonyms of telephone numbers: same country code, same length, and nobody's.

Ends stay equal ends, so that a number with and without its country or trunk prefix is one number before and after.
A pseudonym is never a number that a plan assigns (as phonenumbers knows the plans) and is as possible as the original.
"""

from __future__ import annotations

from functools import lru_cache

from sipdiag.redaction.scramble import backward

_SHORTEST = 7  # digits below which it is an extension or a short code, whose owner no plan knows
_NANP = 10  # digits of a national number of country code 1
# Codes that the ITU gave to networks, satellites and services of no country; the last three are of countries, for numbers
# that are too short for the others.
_NO_COUNTRIES = ("882", "881", "883", "870", "878", "979", "800", "808", "7", "20", "65")
EMERGENCY = frozenset({"112", "110", "118", "119", "911", "999", "000"})  # no person; and nobody should get them


def number(key: bytes, text: str, country: bool = True) -> str:
    """The pseudonym of a number with its separators. Without `country` its country code goes too.

    >>> number(b"k", "+1 (202) 555-0100")[:5], len(number(b"k", "+12025550100"))
    ('+1 (0', 12)
    >>> number(b"k", "12025550100")[1:] == number(b"k", "+12025550100")[2:] == number(b"k", "2025550100")
    True
    """
    plus = text.lstrip().startswith("+")
    digits = "".join(c for c in text if "0" <= c <= "9")
    moved = iter(_digits(key, digits, plus, country))
    return "".join(next(moved) if "0" <= c <= "9" else c for c in text)


@lru_cache(maxsize=1 << 14)
def _digits(key: bytes, digits: str, plus: bool, country: bool) -> str:
    if digits in EMERGENCY and not plus:
        return digits
    if len(digits) > 64:
        return "".join(_digits(key, digits[i : i + 32], False, country) for i in range(0, len(digits), 32))
    moved = backward(key, digits)
    if len(digits) < _SHORTEST:
        moved = moved if moved not in EMERGENCY else backward(key, moved)
        return digits if moved in EMERGENCY else moved
    lead = 0
    if not plus:
        lead = 3 if digits.startswith("011") and len(digits) > 12 else min(2, len(digits) - len(digits.lstrip("0")))
        plus = lead == 3 or digits.startswith("00")
    rest = digits[lead:]
    code = _country_code(rest, plus)
    if code and not country:
        return digits[:lead] + _nowhere(code, rest[len(code) :], moved[len(moved) - len(rest) :])
    if not code and len(rest) == _NANP and rest[0] > "1":
        code, national = "1", rest
        return digits[:lead] + _nobodys("1", _possible("1", national), moved[-len(national) :])
    national = rest[len(code) :]
    if not national:
        return moved
    tail = moved[len(moved) - len(national) :]
    return digits[:lead] + code + (_nobodys(code, _possible(code, national), tail) if code else tail)


def _country_code(digits: str, international: bool) -> str:
    """The country code that a number begins with; empty where it does not say one."""
    if digits[:1] == "1" and (international or len(digits) == _NANP + 1):
        return "1"
    if digits[:1] == "0" or not (international or len(digits) > _NANP):
        return ""
    import phonenumbers

    known = phonenumbers.COUNTRY_CODE_TO_REGION_CODE
    code = next((digits[:n] for n in (1, 2, 3) if digits[:n].isdigit() and int(digits[:n]) in known), "")
    if not code or international:
        return code
    valid: bool = phonenumbers.is_valid_number(phonenumbers.PhoneNumber(int(code), int(digits[len(code) :])))
    return code if valid else ""


def _nowhere(code: str, national: str, moved: str) -> str:
    """A number of no country, as long and as possible as the original."""
    possible = _possible(code, national)
    for other in _NO_COUNTRIES:
        tail = _nobodys(other, possible, moved[len(other) :]) if len(moved) > len(other) + 1 else ""
        if tail and _judged(other, tail) == (possible, False):
            return other + tail
    return "0" + moved[1:]


def _possible(code: str, national: str) -> bool:
    """Whether a number has a length that its plan has."""
    return (code == "1" and len(national) == _NANP and national[0] > "1") or _judged(code, national)[0]


def _judged(code: str, national: str) -> tuple[bool, bool]:
    """Whether a number is possible, and whether a plan assigns it."""
    if code == "1" and len(national) == _NANP and national[0] == "0":
        return True, False  # no area code begins so; the plans, which take long to load, are not needed
    import phonenumbers

    try:
        read = phonenumbers.parse(f"+{code}{national}", None)
    except phonenumbers.NumberParseException:
        return False, False
    return bool(phonenumbers.is_possible_number(read)), bool(phonenumbers.is_valid_number(read))


def _nobodys(code: str, possible: bool, tail: str) -> str:
    """`tail` with such a first digit that no plan assigns the number, and that it is as possible as the original."""
    order = f"01{tail[0]}23456789" if code == "1" else f"{tail[0]}1023456789"
    for first in dict.fromkeys(order):
        if _judged(code, first + tail[1:]) == (possible, False):
            return first + tail[1:]
    for two in range(100):
        candidate = f"{two:02}" + tail[2:]
        if len(candidate) == len(tail) and _judged(code, candidate) == (possible, False):
            return candidate
    return "0" + tail[1:]
