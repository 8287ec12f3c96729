"""Values that stand without quotes in YAML and are read there as a number or boolean: the text that was meant is lost.

sipdiag itself reads them as they are written; the tools that send a document to its platform do not. The rules of
YAML 1.1, which they follow: https://yaml.org/type/int.html, https://yaml.org/type/bool.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from sipdiag.facts.config import Misread, TransferRule, Trunk
from sipdiag.facts.edit import Replace
from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.places import Place, Read
from sipdiag.values import Text

_MAYBE = pattern(r"[-+.0-9][0-9_:.eExXoOa-fA-F+-]*|y|n|yes|no|on|off|true|false", re.IGNORECASE)
_LONGEST = 60


def unquoted(node: Node, rules: Iterable[TransferRule], trunks: Iterable[Trunk]) -> tuple[Misread, ...]:
    """Destinations, numbers and header values of a YAML document that lose something without their quotes."""
    if not node.plain:
        return ()
    values = [*(v for r in rules for v in _texts(r)), *(n for t in trunks for n in (t.number, *t.numbers))]
    suspects = {id(v.where): v for v in values if v and v.where is not None and _may_be_lost(str(v))}
    return tuple(_misread(v) for v in suspects.values() if _is_plain(node, v.where) and _lost(str(v)) is not None)


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


def _may_be_lost(text: str) -> bool:
    return len(text) <= _LONGEST and _MAYBE.fullmatch(text) is not None


def _lost(text: str) -> str | None:
    """What YAML makes of an unquoted text, where that is not the text.

    >>> _lost("+12025550123"), _lost("0123"), _lost("on"), _lost("500"), _lost("sip:a@b.example")
    ('12025550123', '83', 'True', None, None)
    """
    if not _may_be_lost(text):
        return None
    import yaml  # there are documents that are no YAML

    try:
        read = yaml.safe_load(text)
    except (yaml.YAMLError, ValueError):
        return None
    return None if read is None or str(read) == text else str(read)


def _is_plain(root: Node, place: Place | None) -> bool:
    """Whether what stands at a place of the document has no quotes."""
    node = root.at(place.pointer or "") if place is not None else None
    return node is not None and node.place is place and node.plain
