"""Documents become facts: one module per system, recognised by the shape of what it exports.

A module takes part when it has `PLATFORM` (its slug), `recognises(node) -> Likeness | None` and
`read(node, name, input_id, form) -> Adapted`; `form` is the format that `recognises` named. A system whose documents belong
together, because they include one another or set each other's variables, has `together(documents)` besides, and
`reaches(document)` where they lie in several folders. Modules without `recognises` hold what the others share. Nothing
else has to be changed to add a system; other distributions add theirs by the entry-point group `sipdiag.platforms`.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING

from sipdiag.nodes import Node
from sipdiag.platforms.adapted import SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.once import once
from sipdiag.platforms.unquoted import unquoted
from sipdiag.plugins import PLATFORMS, brought

if TYPE_CHECKING:
    from sipdiag.platforms.document import Document

__all__ = ["Adapted", "Likeness", "adapt", "platforms", "reached", "reads_together", "together"]

_OF_NO_SYSTEM = ("event_log", "text_log")  # they look at every word, and are asked where no other is sure
_CONTENT = frozenset(("data", "result", "response", "body", "payload"))
_ENVELOPES = 3  # within one another
_MOST_DOCUMENTS = 1000  # of one multi-document file or list


@cache
def _names() -> tuple[str, ...]:
    """The modules that take part, as their source says: none is imported before its turn."""
    found = (f for folder in __path__ for f in Path(folder).glob("[a-z]*.py"))
    names = (f.stem for f in found if b"\ndef recognises(" in f.read_bytes())
    return tuple(sorted(names, key=lambda name: (name in _OF_NO_SYSTEM, name)))


@cache
def _module(name: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{name}")


def _modules(platform: str | None = None) -> Iterator[ModuleType]:
    """One after the other, as far as the caller looks; those of one platform where it is named. Others' come first."""
    yield from _brought(platform)
    for name in _names():
        module = _module(name)
        if platform is None or platform == module.PLATFORM:
            yield module


def platforms() -> tuple[str, ...]:
    """The slugs that `platform` may name."""
    return tuple(sorted({m.PLATFORM for m in _modules()}))


def adapt(node: Node, name: str, input_id: str, platform: str | None = None) -> Adapted | None:
    """The facts of a document, or None where no module knows its shape; `platform` names the module to use."""
    found = _adapt(node, name, input_id, platform)
    if found is None:
        return None
    adapted = once(found)
    rules = (*adapted.rules, *(r for a in adapted.agents for r in a.rules))
    lost = unquoted(rules, adapted.trunks)
    return replace(adapted, misread=(*adapted.misread, *lost)) if lost else adapted


def together(documents: Sequence[Document]) -> Mapping[str, Adapted]:
    """The facts of a case's documents that read otherwise beside the others than alone, by the input's id."""
    found: dict[str, Adapted] = {}
    for platform in dict.fromkeys(d.adapted.platform for d in documents if d.adapted is not None):
        for module in (*_brought(platform), *(_module(n) for n in _joining() if n == platform)):
            if hasattr(module, "together"):
                found.update(module.together(documents))
    return found


def reached(document: Document) -> Iterator[str]:
    """Paths and patterns of the files that read otherwise beside a document, as it names them."""
    platform = document.adapted.platform if document.adapted is not None else ""
    for module in (*_brought(platform), *(_module(n) for n in _joining() if n == platform)):
        if hasattr(module, "reaches"):
            yield from module.reaches(document)


def reads_together(platform: str) -> bool:
    """Whether documents of a platform may read otherwise beside others."""
    return platform in _joining() or any(hasattr(m, "together") for m in _brought(platform))


@cache
def _joining() -> tuple[str, ...]:
    """The modules, named like their platforms, that read documents together."""
    return tuple(n for n in _names() if b"\ndef together(" in Path(__path__[0], f"{n}.py").read_bytes())


def _brought(platform: str | None) -> Sequence[ModuleType]:
    modules = [o.value for o in brought(PLATFORMS) if isinstance(o.value, ModuleType)]
    return modules if platform is None else [m for m in modules if platform == m.PLATFORM]


def _adapt(node: Node, name: str, input_id: str, platform: str | None) -> Adapted | None:
    """A named platform's module need not recognise the document. The surest module wins; of equally
    sure ones the first by name. A list that no module knows as a whole (several documents in one file, an array of
    exports) is read element by element, and so are the lists in a mapping that nobody knows: a page, an envelope.
    """
    likely = _likely(_modules(platform), node)
    if likely is not None:
        likeness, module = likely
        adapted: Adapted = module.read(node, name, input_id, likeness.format)
        return adapted
    if isinstance(node.value, list):
        parts = [_adapt(e, name, input_id, platform) for e in node.value[:_MOST_DOCUMENTS] if isinstance(e.value, dict)]
        return _joined([p for p in parts if p is not None])
    held = _joined([p for m in _held(node, platform) if (p := _adapt(m, name, input_id, platform)) is not None])
    if held is not None:
        return held
    named = next(_modules(platform), None) if platform is not None else None
    if named is None or not isinstance(node.value, dict):
        return None
    forced: Adapted = named.read(node, name, input_id, f"{platform}-document")
    return forced


def _held(node: Node, platform: str | None) -> Iterator[Node]:
    """What a mapping that nobody knows is the envelope of: lists of mappings, and what stands under a word for content.

    The first element of a list has to be known well, since nothing around it is.
    """
    envelopes = [node]
    for _ in range(_ENVELOPES):
        inner: list[Node] = []
        for key, member in (m for e in envelopes for m in e.items()):
            first = member.value[0] if isinstance(member.value, list) and member.value else member
            known = isinstance(first.value, dict) and (
                _known(member, platform) or (first is not member and _known(first, platform))
            )
            if known and (first is not member or key.lower() in _CONTENT):
                yield member
            elif key.lower() in _CONTENT and isinstance(member.value, dict):
                inner.append(member)
        envelopes = inner


def _known(node: Node, platform: str | None) -> bool:
    likely = _likely(_modules(platform), node)
    return likely is not None and likely[0].certainty >= TYPICAL


def _likely(modules: Iterable[ModuleType], node: Node) -> tuple[Likeness, ModuleType] | None:
    best: tuple[Likeness, ModuleType] | None = None
    for module in modules:
        likeness: Likeness | None = module.recognises(node)
        if likeness is not None and (best is None or likeness.certainty > best[0].certainty):
            best = likeness, module
            if likeness.certainty >= SURE:
                break
    return best


def _joined(parts: list[Adapted]) -> Adapted | None:
    if not parts:
        return None
    return Adapted(
        platform=parts[0].platform,
        format=parts[0].format,
        agents=tuple(a for p in parts for a in p.agents),
        rules=tuple(r for p in parts for r in p.rules),
        trunks=tuple(t for p in parts for t in p.trunks),
        records=tuple(r for p in parts for r in p.records),
        packets=tuple(k for p in parts for k in p.packets),
        problems=tuple(w for p in parts for w in p.problems),
        dialplans=tuple(d for p in parts for d in p.dialplans),
    )
