"""Values that stand without quotes in YAML and are read there as a number or boolean: the text that was meant is lost.

sipdiag itself reads them as they are written; the tools that send a document to its platform do not. The rules of
YAML 1.1, which they follow: https://yaml.org/type/int.html, https://yaml.org/type/bool.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sipdiag.facts.config import Misread, TransferRule, Trunk
from sipdiag.facts.edit import Replace
from sipdiag.patterns import pattern
from sipdiag.places import Read
from sipdiag.values import Text

_MAYBE = pattern(r"[-+.0-9][0-9_:.eExXoOa-fA-F+-]*|y|n|yes|no|on|off|true|false", re.IGNORECASE)
_LONGEST = 60


def unquoted(rules: Iterable[TransferRule], trunks: Iterable[Trunk]) -> tuple[Misread, ...]:
    """Destinations, numbers and header values of a YAML document that lose something without their quotes."""
    values = [*(v for r in rules for v in _texts(r)), *(n for t in trunks for n in (t.number, *t.numbers))]
    suspects = {id(v.where): v for v in values if v and v.where is not None and v.where.unquoted}
    return tuple(_misread(v) for v in suspects.values() if _lost(str(v)) is not None)


def _texts(rule: TransferRule) -> Iterator[Read[Text]]:
    yield rule.destination
    yield from (Read(h.value.value, h.value.where, str(h.name)) for h in rule.headers)


def _misread(value: Read[Text]) -> Misread:
    assert value.where is not None  # noqa: S101 - only values with a place are looked for
    text = str(value)
    wanted = f"quoted text (without quotes YAML reads {_lost(text)})"
    return Misread(
        "config-value-invalid",
        value.setting or "the value",
        value,
        wanted,
        edit=Replace(value.where, text, text, safe=True),
    )


def _lost(text: str) -> str | None:
    """What YAML makes of an unquoted text, where that is not the text.

    >>> _lost("+12025550123"), _lost("0123"), _lost("on"), _lost("500"), _lost("sip:a@b.example")
    ('12025550123', '83', 'True', None, None)
    """
    if len(text) > _LONGEST or not _MAYBE.fullmatch(text):
        return None
    import yaml  # there are documents that are no YAML

    try:
        read = yaml.load(text, getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 # both are safe
    except (yaml.YAMLError, ValueError):
        return None
    return None if read is None or str(read) == text else str(read)
