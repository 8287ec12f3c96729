"""FreeSWITCH's XML dialplan: contexts, extensions with their conditions, and actions."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from sipdiag.facts.dialplan import REGEX, Context, Extension, Jump, Step
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.xml import attribute, children, elements, tag
from sipdiag.values import Text, Word

_FORCED = re.compile(r"\bforce_transfer_context=([^,\]}\s]{1,200})")
# What an extension may do before it sends a call on, without ending it or sending it elsewhere.
_PREPARES = frozenset(
    ("set", "multiset", "export", "unset", "log", "info", "answer", "pre_answer", "ring_ready", "sleep", "playback")
)
_NUMBER = ("destination_number", "${destination_number}")


def contexts(node: Node) -> Iterator[Context]:
    """The contexts of a document; extensions that stand outside of any form one without a name."""
    inside: set[int] = set()
    for element in elements(node):
        if tag(element) == "context":
            inside.update(id(e) for e in elements(element) if tag(e) == "extension")
            yield _context(element, str(attribute(element, "name")))
    loose = [e for e in elements(node) if tag(e) == "extension" and id(e) not in inside]
    if loose:
        extensions = tuple(x for e in loose for x in _extensions(e))
        yield Context(Text(""), node.place, extensions, (), "the context that includes this file")


def _context(element: Node, name: str) -> Context:
    included = [e for e in elements(element) if tag(e) == "x-pre-process"]
    unseen = f"what {attribute(included[0], 'data')} holds" if included else ""
    extensions = tuple(x for e in elements(element) if tag(e) == "extension" for x in _extensions(e))
    return Context(Text(name), element.place, extensions, (), unseen)


def _extensions(element: Node) -> Iterator[Extension]:
    """One for each condition on the dialled number; one that asks for nothing of it may take every number.

    Conditions on other things are not judged: their extension may take the number or not.
    """
    conditions = list(children(element, "condition"))
    steps = tuple(_step(a) for a in elements(element) if tag(a) == "action")
    jump = _jump(steps)
    name = attribute(element, "name")
    numbers = [c for c in conditions if str(attribute(c, "field")).lower() in _NUMBER]
    others = [c for c in conditions if c not in numbers and attribute(c, "field")]
    if (
        len(numbers) == 1
        and not _nested(numbers[0])
        and str(attribute(numbers[0], "break")).lower() in ("", "on-false")
    ):
        # With further conditions the number is needed and not enough: a mismatch is certain, a match is not.
        expression = attribute(numbers[0], "expression")
        yield Extension(expression, REGEX, steps, element.place, name, certain=not others, jump=jump)
    elif numbers or others or any(_nested(c) for c in conditions):
        yield Extension(Read(None, element.place, "expression"), REGEX, steps, element.place, name)
    else:
        yield Extension(Read(Text(""), element.place, "expression"), REGEX, steps, element.place, name, jump=jump)


def _nested(condition: Node) -> bool:
    """Whether a condition holds further conditions or expressions of its own."""
    return any(children(condition, "condition", "regex"))


def _step(action: Node) -> Step:
    return Step(Word(str(attribute(action, "application"))), Text(str(attribute(action, "data"))), action.place)


def _jump(steps: Sequence[Step]) -> Jump | None:
    """A transfer to another extension (`1000`, or `1000 XML default`) that nothing but preparations stands before."""
    first = next((s for s in steps if s.application.lower() not in _PREPARES), None)
    parts = first.data.split() if first is not None and first.application.lower() == "transfer" else []
    if first is None or len(parts) not in (1, 3) or parts[0].startswith("-"):
        return None
    if len(parts) == 3 and parts[1].upper() != "XML":
        return None
    return Jump(Text(parts[0]), Text(parts[2] if len(parts) == 3 else ""), first.where)


def transfer_contexts(plan: Iterable[Context]) -> Iterator[Read[Text]]:
    """The values of force_transfer_context that any action sets."""
    for step in (s for c in plan for e in c.extensions for s in e.steps):
        for found in _FORCED.finditer(step.data):
            yield Read(Text(found[1].strip()), step.where, "force_transfer_context")
