"""Constants of a dialplan: variables of [globals] that nothing else writes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from sipdiag.patterns import pattern
from sipdiag.places import Read
from sipdiag.platforms.asterisk_ini import Entry, Section
from sipdiag.platforms.substitution import settled
from sipdiag.values import Text

_READ = pattern(r"\$\{(?:GLOBAL\((\w{1,80})\)|(\w{1,80}))\}")
_READ_PARTLY = pattern(r"\$\{(?:GLOBAL\()?\w{1,80}\)?(?::[^{}]{0,40})?\}")
_WORD = re.compile(r"[A-Za-z0-9]\w*")
_LONGEST = 200  # of a value


def constants(dialplans: Sequence[Sequence[Section]], others: Iterable[Section] = ()) -> dict[str, str]:
    """The globals with one value everywhere, whose name is written nowhere but to read it.

    `others` are sections of other files, whose `set_var` may give a channel a variable of the same name.
    """
    said: dict[str, set[str]] = {}
    named: set[str] = set()
    for section in (s for sections in dialplans for s in sections):
        is_globals = section.name.lower() == "globals"
        for entry in section.entries:
            if is_globals:
                said.setdefault(entry.key, set()).add(str(entry.value))
            else:
                named.update(w.lstrip("_") for w in _WORD.findall(_READ_PARTLY.sub("", str(entry.value))))
    for section in others:
        named.update(str(e.value).partition("=")[0].strip().lstrip("_") for e in section.all("set_var", "setvar"))
    certain = {k: next(iter(v)) for k, v in said.items() if len(v) == 1 and k not in named}
    spelt = {name: spelled(value, certain) for name, value in certain.items()}
    return {name: value for name, value in spelt.items() if len(value) <= _LONGEST and not _READ.search(value)}


def spelled(text: str, known: Mapping[str, str]) -> str:
    """A text with the constants in place of their names.

    >>> spelled("PJSIP/${EXTEN}@${GLOBAL(OUT)}", {"OUT": "${WAY}-b", "WAY": "a"})
    'PJSIP/${EXTEN}@a-b'
    """
    return settled(text, lambda t: _READ.sub(lambda m: known.get(m[1] or m[2], m[0]), t), _LONGEST)


def with_constants(sections: Iterable[Section], known: Mapping[str, str]) -> list[Section]:
    """The sections of a dialplan with the constants in the values of their entries; [globals] stays as it is."""
    if not known:
        return list(sections)
    return [
        s if s.name.lower() == "globals" else s.with_entries([_spelled(e, known) for e in s.entries]) for s in sections
    ]


def _spelled(entry: Entry, known: Mapping[str, str]) -> Entry:
    if "${" not in str(entry.value):
        return entry
    value = entry.value
    return replace(entry, value=Read(Text(spelled(str(value), known)), value.where, value.setting))
