"""Names that files of Asterisk use and no file has, as far as it is evident that all files are there.

Evident means: the file that Asterisk loads under its own name is given and includes nothing that is not, nothing is kept
in a database or in another language, and the folder is that of the whole configuration, or the name is a known one
misspelt. Where only the last is missing the name may stand in what was left out of an excerpt: that is told, not blamed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace

from sipdiag.dataclass import dataclass
from sipdiag.facts.config import Misread, Trunk
from sipdiag.facts.dialplan import Context, Dialplan, Extension
from sipdiag.places import Read
from sipdiag.platforms.asterisk_ini import Section
from sipdiag.platforms.document import Document
from sipdiag.platforms.evident import misspelt
from sipdiag.platforms.reading import is_literal
from sipdiag.values import Text

_CAUSE = "config-reference-dangling"
_CORE = ("asterisk.conf", "modules.conf")  # no one gives these to ask about a transfer: the folder is the whole one
_OTHER_LANGUAGES = (".ael", ".lua")  # of pbx_ael and pbx_lua, which make contexts beside those of extensions.conf
_OBJECTS = ("endpoint", "aor", "auth")  # of [res_pjsip] in sorcery.conf, each with the store that holds it


@dataclass(frozen=True, slots=True)
class Evidence:
    """What the documents of a case tell of each other: whether they are all, and what may be kept elsewhere."""

    complete: bool
    dialplan: bool  # whether extensions.conf is here, and no other source of contexts
    pjsip: bool
    stored: bool  # whether contexts come from elsewhere too

    def missing(self, value: Read[Text], known: frozenset[str], wanted: str, meant: bool = True) -> Misread | None:
        """`meant` is False where people write a name that is nowhere to shut something off."""
        name = str(value)
        if name in known or not is_literal(name):
            return None
        certain = (self.complete and meant) or misspelt(name, known)
        return Misread(_CAUSE, value.setting, value, wanted, certain=certain)


def evidence(documents: Sequence[Document], unread: Iterable[Section]) -> Evidence:
    """`unread` are the sections of files that are neither dialplan nor endpoints: some say where the rest is kept.

    Those are [settings] of extconfig.conf, which names files and tables that a database has, and [res_pjsip] of
    sorcery.conf (github.com/asterisk/asterisk, configs/samples, read 2026-11-27).
    """
    names = {d.name.lower() for d in documents}
    coded = any(n.startswith("extensions") and n.endswith(_OTHER_LANGUAGES) for n in names)
    stored = {e.key.lower() for s in unread if s.name.lower() == "settings" for e in s.entries}
    elsewhere = coded or any(n.startswith("extensions") for n in stored)  # extensions, or the whole extensions.conf
    kept = any(
        e.key.lower().split("/")[0] in _OBJECTS and not str(e.value).lower().startswith("config")
        for s in unread
        if s.name.lower() == "res_pjsip"
        for e in s.entries
    )
    return Evidence(
        complete=any(n in names for n in _CORE),
        dialplan="extensions.conf" in names and not elsewhere,
        stored=elsewhere,
        pjsip="pjsip.conf" in names and not kept and not any(n.startswith(("ps_", "pjsip")) for n in stored),
    )


def of_contexts(dialplans: Sequence[Dialplan], told: Evidence) -> Callable[[Trunk], Trunk]:
    """What marks an endpoint whose transfers are looked up in a context that is nowhere.

    Its own context tells nothing of them where the dialplan chooses another one for the calls that it sends there.
    """
    known = frozenset(str(c.name) for d in dialplans for c in d.contexts)
    closed, chosen_there = told.dialplan and _closed(dialplans), any(d.transfer_contexts for d in dialplans)

    def marked(trunk: Trunk) -> Trunk:
        if not closed or not trunk.contexts or trunk.refer.value == "deny":
            return trunk
        chosen = trunk.contexts[0]
        by_default = chosen.where == trunk.where
        if chosen.setting == "context" and (by_default or chosen_there):
            return trunk
        odd = told.missing(chosen, known, "a context of the dialplan", meant=chosen.setting != "context")
        return replace(trunk, misread=(*trunk.misread, odd)) if odd is not None else trunk

    return marked


def _closed(dialplans: Sequence[Dialplan]) -> bool:
    """Whether there is a dialplan, and nothing says that contexts or extensions of it are kept elsewhere."""
    contexts = [c for d in dialplans for c in d.contexts]
    return bool(contexts) and not any(d.open_for for d in dialplans) and not any(c.open_for for c in contexts)


def of_dials(
    dialplans: Sequence[Dialplan], trunks: Sequence[Trunk], endpoints: frozenset[str], told: Evidence
) -> Iterator[Misread]:
    """Endpoints that transferred calls are dialled through and that are nowhere, where an extension has no other way."""
    if not told.pjsip or not endpoints:
        return
    chosen = [*(t.contexts[0] for t in trunks if t.contexts), *(c for d in dialplans for c in d.transfer_contexts)]
    for context in _reached([str(c) for c in chosen], dialplans):
        for extension in context.extensions:
            dialled = list(_dialled(extension))
            unknown = [value for value in dialled if value is not None and str(value) not in endpoints]
            if unknown and len(unknown) == len(dialled):
                odd = told.missing(unknown[0], endpoints, "an endpoint of pjsip.conf")
                yield from [odd] if odd is not None else []


def _reached(names: list[str], dialplans: Sequence[Dialplan]) -> Iterator[Context]:
    """The contexts with these names and those that they include, each once."""
    by_name: dict[str, list[Context]] = {}
    for context in (c for d in dialplans for c in d.contexts):
        by_name.setdefault(str(context.name), []).append(context)
    seen: set[str] = set()
    while names:
        name = names.pop()
        if name in seen:
            continue
        seen.add(name)
        for context in by_name.get(name, ()):
            yield context
            names.extend(str(i) for i in context.includes)


def _dialled(extension: Extension) -> Iterator[Read[Text] | None]:
    """The endpoints that an extension dials; None for a way that is no endpoint of pjsip.conf, or only known in a call."""
    for step in extension.steps:
        if step.application.lower() != "dial":
            continue
        for part in step.data.split(",")[0].split("&"):
            technology, _, rest = part.strip().partition("/")
            name, slash, _ = rest.partition("/")
            if not slash:
                name = rest.rpartition("@")[2]
            known = technology.upper() == "PJSIP" and bool(name) and is_literal(name)
            yield Read(Text(name), step.where, "Dial") if known else None


def of_templates(found: Sequence[Section], partial: bool, told: Evidence) -> Iterator[Misread]:
    """Templates that stand nowhere above the section that inherits from them: Asterisk then loads nothing of the file.

    github.com/asterisk/asterisk, main/config.c ("Inheritance requested, but category … does not exist"), read 2026-11-27.
    """
    if partial:
        return
    above: set[str] = set()
    below = frozenset(s.name for s in found)
    for section in found:
        for name in section.inherits:
            if name not in above and is_literal(name):
                sure = name in below or told.complete or misspelt(name, below)
                value = Read(Text(name), section.where, "template")
                yield Misread(_CAUSE, "template", value, "a section that stands above this one", certain=sure)
        above.add(section.name)
