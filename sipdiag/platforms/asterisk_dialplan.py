"""extensions.conf: contexts, extensions and their applications."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import field

from sipdiag.dataclass import dataclass
from sipdiag.facts.config import Misread
from sipdiag.facts.dialplan import LITERAL, PATTERN, Context, Dialplan, Extension, Jump, Step
from sipdiag.patterns import pattern
from sipdiag.places import Place, Read
from sipdiag.platforms.asterisk_ini import Entry, Section
from sipdiag.platforms.reading import is_literal
from sipdiag.values import Text, Word

_EXTEN = re.compile(r"\s*(?P<name>[^,]*?)(?:/[^,]*)?\s*,\s*(?P<priority>[^,]*?)\s*,\s*(?P<rest>.*)", re.DOTALL)
_SAME = re.compile(r"\s*(?P<priority>[^,]*?)\s*,\s*(?P<rest>.*)", re.DOTALL)
_APPLICATION = re.compile(r"\s*(\w+)\s*(?:\((.*)\)?|,(.*))?", re.DOTALL)
_VARIABLE = "TRANSFER_CONTEXT"
_HANDLING = pattern(r"\s*PJSIP_TRANSFER_HANDLING\(\)\s*=\s*ari-only", re.IGNORECASE)
_NO_CONTEXTS = ("general", "globals")
# What an extension may do before it sends a call on, without ending it or sending it elsewhere.
_PREPARES = frozenset(
    ("noop", "set", "mset", "verbose", "log", "answer", "playback", "wait", "progress", "ringing", "proceeding")
)


@dataclass(slots=True)
class _Building:
    name: str
    read: Read[Text]
    where: Place
    steps: list[Step] = field(default_factory=list)


def dialplan_of(found: list[Section], where: Place, platform: str, missing: Sequence[str]) -> Dialplan:
    """The whole file. A context that stands twice is one context in parts."""
    contexts = [_context(s) for s in found if s.name.lower() not in _NO_CONTEXTS and s.name and not s.template]
    why = f"the included file {missing[0]}" if missing else _handed_over(contexts)
    return Dialplan(where.input, platform, where, tuple(contexts), tuple(_transfer_contexts(found, contexts)), why)


def _handed_over(contexts: Sequence[Context]) -> str:
    """Why no context tells where a transfer goes: the dialplan hands REFERs to an application of ARI.

    https://docs.asterisk.org/Latest_API/API_Documentation/Dialplan_Functions/PJSIP_TRANSFER_HANDLING (read 2026-08-22)
    """
    steps = (s for c in contexts for e in c.extensions for s in e.steps)
    handed = any(s.application.lower() in ("set", "mset") and _HANDLING.match(s.data) for s in steps)
    return "what the ARI application does with a REFER (PJSIP_TRANSFER_HANDLING)" if handed else ""


def dangling(dialplan: Dialplan, dialplans: Sequence[Dialplan]) -> Iterator[Misread]:
    """Contexts for transfers that a file chooses and no file holds; none where one includes others that are not given."""
    if any(d.open_for for d in dialplans):
        return
    for chosen in dialplan.transfer_contexts:
        if is_literal(str(chosen)) and not any(d.named(str(chosen)) for d in dialplans):
            yield Misread("config-reference-dangling", chosen.setting, chosen, "a context of the dialplan")


def _transfer_contexts(found: list[Section], contexts: list[Context]) -> Iterator[Read[Text]]:
    """The values of TRANSFER_CONTEXT, of [globals] and of every Set that writes it."""
    for section in found:
        if section.name.lower() == "globals":
            for entry in section.entries:
                if entry.key.lstrip("_").upper() == _VARIABLE and entry.value:
                    yield Read(entry.value.value, entry.value.where, _VARIABLE)
    for step in (s for c in contexts for e in c.extensions for s in e.steps):
        variable, _, value = step.data.partition("=")
        if step.application.lower() in ("set", "mset") and variable.strip().lstrip("_") == _VARIABLE and value.strip():
            yield Read(Text(value.strip()), step.where, _VARIABLE)


def _context(section: Section) -> Context:
    extensions: dict[str, _Building] = {}
    includes: list[Read[Text]] = []
    unseen = "what an included file adds" if section.directives else ""
    if section.inherits:
        unseen = unseen or f"what template {section.inherits[0]} adds"
    current: _Building | None = None
    for entry in section.entries:
        key = entry.key.lower()
        if key == "exten":
            current = _exten(entry, extensions) or current
        elif key == "same" and current is not None:
            part = _SAME.match(str(entry.value))
            if part:
                _add(current, part["rest"], entry.where)
        elif key == "include" and entry.value:
            name = re.split(r"[,|]", str(entry.value))[0].strip()
            includes.append(Read(Text(name), entry.value.where, "include"))
        elif key in ("switch", "lswitch", "eswitch"):
            unseen = unseen or f"what switch {entry.value} finds"
    return Context(
        Text(section.name),
        section.where,
        tuple(_extension(b) for b in extensions.values()),
        tuple(includes),
        unseen,
    )


def _exten(entry: Entry, extensions: dict[str, _Building]) -> _Building | None:
    found = _EXTEN.match(str(entry.value))
    if found is None:
        return None
    name = found["name"].strip().strip('"')
    if name not in extensions:
        extensions[name] = _Building(name, Read(Text(name), entry.value.where, "exten"), entry.where)
    building = extensions[name]
    if found["priority"].strip().lower() != "hint":
        _add(building, found["rest"], entry.where)
    return building


def _add(building: _Building, rest: str, where: Place) -> None:
    found = _APPLICATION.match(rest)
    if found is not None:
        data = (found[2] or found[3] or "").strip()
        building.steps.append(Step(Word(found[1]), Text(data.removesuffix(")")), where))


def _extension(building: _Building) -> Extension:
    kind = PATTERN if building.name.startswith("_") else LITERAL
    return Extension(building.read, kind, tuple(building.steps), building.where, jump=_jump(building.steps))


def _jump(steps: Sequence[Step]) -> Jump | None:
    """An unconditional Goto to another extension that nothing but preparations stands before.

    A number that is then not found goes to the extension `i`, where there is one
    (https://docs.asterisk.org/Configuration/Dialplan/Special-Dialplan-Extensions/, read 2026-11-27).
    """
    first = next((s for s in steps if s.application.lower() not in _PREPARES), None)
    if first is None or first.application.lower() != "goto":
        return None
    parts = [p.strip() for p in first.data.split(",")]
    if len(parts) not in (2, 3) or not all(parts):
        return None
    context = parts[0] if len(parts) == 3 else ""
    return Jump(Text(parts[-2]), Text(context), first.where, "i")
