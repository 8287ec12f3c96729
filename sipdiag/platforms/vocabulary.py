"""Settings that a platform does not know, or whose value it does not take, as its profile tells."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from difflib import get_close_matches
from functools import lru_cache

from sipdiag.facts.config import Misread, Option
from sipdiag.facts.profile import Profile
from sipdiag.platforms.parts import nearest_word
from sipdiag.platforms.profiles import profile
from sipdiag.platforms.reading import is_literal

_LONGEST = 200  # characters of a word that is compared with known ones
_ALIKE = 0.8  # a key less alike to a known one is new rather than misspelt


def misread(platform: str, *settings: tuple[Option, ...]) -> tuple[Misread, ...]:
    """What is wrong with the settings beside a rule, by the statements `options.…` of the platform's profile.

    A key that is not known is reported where the platform takes no others (`options.closed`), or where it looks like a
    misspelt one: vendors add keys, and a new one is no fault.
    """
    known = profile(platform)
    return () if known is None else tuple(m for options in settings for o in options for m in _of(o, known))


def _of(option: Option, profile: Profile) -> Iterator[Misread]:
    named = profile.says("options.known")
    names = named.listed if named is not None and named.certain else ()
    if named is not None and option.name not in names:
        closed = profile.says("options.closed")
        alike = _alike(option.name[:_LONGEST], names, _ALIKE)
        if alike or (closed is not None and closed.value is True):
            wanted = alike[0] if alike else ", ".join(names) if names else "no other key"
            yield Misread("transfer-option-unknown", option.name, option.value, wanted)
        return
    text = str(option.value)
    if not is_literal(text):
        return
    values, form = profile.says(f"options.{option.name}.values"), profile.says(f"options.{option.name}.form")
    wrong = profile.says(f"options.{option.name}.wrong")
    refused = wrong is not None and wrong.value == "refused"
    if values is not None and values.certain and text not in values.listed:
        alike = _alike(text[:_LONGEST], values.listed)
        wanted = alike[0] if alike else ", ".join(values.listed)
        warm = profile.says(f"options.{option.name}.warm")
        edit = None if warm is not None and warm.holds(wanted) else nearest_word(option.value, values.listed)
        yield Misread("transfer-option-unknown", option.name, option.value, wanted, refused, edit)
    if form is not None and form.value == "base64" and not _is_base64(text):
        yield Misread("config-value-invalid", option.name, option.value, "base64", refused)


@lru_cache(1024)
def _alike(word: str, words: tuple[str, ...], least: float = 0.6) -> list[str]:
    """The most alike of some words. Of many agents one says what all of them say."""
    return get_close_matches(word, words, 1, least)


def _is_base64(text: str) -> bool:
    """
    >>> _is_base64("aGVsbG8="), _is_base64("not base64!")
    (True, False)
    """
    try:
        base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True
