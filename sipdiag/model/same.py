"""Whether two names mean the same party: numbers that differ in prefixes only, users, URIs."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from sipdiag.facts.e164 import SIGNIFICANT, same_subscriber
from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.uri import Uri, parse_uri

if TYPE_CHECKING:
    from sipdiag.sip.header import NameAddr
    from sipdiag.sip.refer import ReferTo

_DIGITS = re.compile(r"\+?[0-9]+")


@lru_cache(maxsize=1 << 16)
def digits(text: str | None) -> str:
    """The digits of something that looks like a phone number, else nothing.

    >>> digits("+1 (555) 010-0123"), digits("support2"), digits("2001")
    ('15550100123', '', '2001')
    """
    if not text:
        return ""
    bare = re.sub(r"[\s().-]", "", text.split(";")[0])
    return bare.lstrip("+") if _DIGITS.fullmatch(bare) else ""


def significant(number: str) -> str:
    """The last digits of a number (as `digits` gives it), which it has in common with itself behind other prefixes.

    >>> significant("15550100123"), significant("0123"), significant("")
    ('0100123', '123', '')
    """
    return number.lstrip("0")[-SIGNIFICANT:]


def same_number(one: str | None, other: str | None) -> bool:
    """Whether two numbers are one: equal, or one is the other with a country or trunk prefix before it.

    >>> same_number("+15550100123", "5550100123"), same_number("123", "0123"), same_number("2001", "2001")
    (True, False, True)
    """
    return same_subscriber(digits(one), digits(other))


def same_user(one: Uri | None, other: Uri | None) -> bool:
    """Whether two URIs have the same user part, or the same number."""
    if one is None or other is None:
        return False
    a, b = (
        one.user or (one.number if one.scheme == "tel" else None),
        other.user or (other.number if other.scheme == "tel" else None),
    )
    if not a or not b:
        return False
    return a == b or same_number(a, b)


def user_keys(uri: Uri | None) -> frozenset[str]:
    """What two URIs must have one of in common for `same_user` to hold: for looking parties up.

    >>> from sipdiag.sip.uri import parse_uri
    >>> sorted(user_keys(parse_uri("sip:+15550100123@h"))), sorted(user_keys(parse_uri("sip:support@h")))
    (['+15550100123', '0100123', '15550100123'], ['support'])
    """
    name = None if uri is None else uri.user or (uri.number if uri.scheme == "tel" else None)
    if not name:
        return frozenset()
    number = digits(name)
    return frozenset((name, number, significant(number))) - {""}


def same_number_or_user(one: NameAddr | None, other: NameAddr | None) -> bool:
    return one is not None and other is not None and same_user(one.uri, other.uri)


def same_host(one: Uri | None, other: Uri | None) -> bool:
    return one is not None and other is not None and bool(one.host) and one.host.lower() == other.host.lower()


def same_target(one: ReferTo | None, other: ReferTo | None) -> bool:
    """Whether two Refer-To values name one target: the same text, user or number, or the same host alone."""
    if one is None or other is None:
        return one is other
    if one.raw.strip() == other.raw.strip() or one.uri_text == other.uri_text:
        return True
    if one.uri is None or other.uri is None:
        return False
    without = not one.uri.user and not other.uri.user
    return same_user(one.uri, other.uri) or (without and same_host(one.uri, other.uri))


def same_destination(configured: str, wire: str) -> bool:
    """Whether a destination as configured is what stands on the wire, after the usual rewriting.

    >>> same_destination("+15550100123", "tel:+15550100123"), same_destination("1001", "sip:1001@192.0.2.1")
    (True, True)
    >>> same_destination("sip:a@x.example", "sip:b@x.example")
    False
    """
    if configured.strip() == wire.strip():
        return True
    one, other = _uri(configured), _uri(wire)
    a = (one.user or one.number) if one is not None else configured.strip().strip("<>")
    b = (other.user or other.number) if other is not None else wire.strip().strip("<>")
    if not a or not b:
        return one is not None and other is not None and not a and not b and one.host == other.host
    return a == b or same_number(a, b)


def _uri(text: str) -> Uri | None:
    try:
        return parse_uri(text.strip().strip("<>"))
    except SipSyntaxError:
        return None
