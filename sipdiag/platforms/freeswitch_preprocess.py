"""What FreeSWITCH does to its XML before it reads it: `$${name}` is replaced, and other files are put in.

`<X-PRE-PROCESS cmd="set" data="name=value"/>` gives a variable its value; `stun-set`, `env-set` and `exec-set` find one
when the switch starts, and some it has without being told (github.com/signalwire/freeswitch, src/switch_xml.c,
src/switch_core.c, read 2026-11-27). A value counts only where every file that is given agrees on it: which one comes last
is decided by files that may not be given.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.platforms.document import Document, Given, is_wild
from sipdiag.platforms.substitution import settled
from sipdiag.platforms.xml import attribute, children, elements, tag

_FOUND = ("stun-set", "env-set", "exec-set")
SETTING = ("set", *_FOUND)
_TAG = "x-pre-process"
_VARIABLE = pattern(r"\$\$\{([^{}$]{1,100})\}")
INCLUDE, PARTLY = "include", "include (what was given of it)"
_DEEPEST = 8  # files within files
_LONGEST = 500  # of a value
# What the core sets by itself when it starts: no file would tell it.
_OWN = frozenset(("local_ip_v4", "local_ip_v6", "local_mask_v4", "hostname", "core_uuid", "switchname", "base_dir"))


def is_root(node: Node) -> bool:
    """Whether a document says of itself that it is the switch's configuration, whole or with what it includes."""
    return tag(node) == "document" and str(attribute(node, "type")).lower() == "freeswitch/xml"


def directives(node: Node, *commands: str) -> Iterator[Node]:
    """The elements of the preprocessor in a document, those with one of these commands."""
    return (e for e in elements(node) if tag(e) == _TAG and str(attribute(e, "cmd")).strip().lower() in commands)


def values(nodes: Sequence[Node]) -> dict[str, str]:
    """The variables whose value is certain, spelled out as far as those in them are certain too."""
    said: dict[str, set[str]] = {}
    for node in nodes:
        for element in directives(node, "set"):
            name, equals, value = str(attribute(element, "data")).partition("=")
            if equals:
                said.setdefault(name.strip(), set()).add(value.strip())
        for element in directives(node, *_FOUND):
            name = str(attribute(element, "data")).partition("=")[0].strip()
            said.setdefault(name, set()).update(("", "found when the switch starts"))
    certain = {name: next(iter(found)) for name, found in said.items() if len(found) == 1}
    spelt = {name: spelled(value, certain) for name, value in certain.items()}
    return {name: value for name, value in spelt.items() if len(value) <= _LONGEST}


def spelled(text: str, known: Mapping[str, str]) -> str:
    """A text with the variables that are known in place of their names.

    >>> spelled("sip.$${domain}:$${port}", {"domain": "$${name}.example", "name": "pbx"})
    'sip.pbx.example:$${port}'
    """
    return settled(text, lambda t: _VARIABLE.sub(lambda m: known.get(m[1].strip(), m[0]), t), _LONGEST)


def open_variables(node: Node) -> list[str]:
    """The variables whose value is still to be told by a file, each once. What sets others is not looked at."""
    found: dict[str, None] = {}
    for element in elements(node):
        for _, member in (element.get("attributes") or element).items() if tag(element) != _TAG else ():
            found.update(dict.fromkeys(_VARIABLE.findall(member.text or "")))
    return [name for name in found if name.strip() not in _OWN]


def processed(document: Document, given: Given, known: Mapping[str, str]) -> Node | None:
    """A document as FreeSWITCH reads it. What is included stands in it where it is given; the rest stays as it is.

    An include by a pattern stays too, behind what it brought in: there may be more files than were given.
    """

    def placed(node: Node, within: tuple[str, ...]) -> list[Node]:
        if tag(node) == _TAG and str(attribute(node, "cmd")).strip().lower() == INCLUDE:
            named = spelled(str(attribute(node, "data")), known)
            found = [d for d in given.named(named) if d.input not in within and d.node is not None]
            if not found or len(within) > _DEEPEST or not all(given.placed() for _ in found):
                return [node]
            roots = [(d.node, d.input) for d in found if d.node is not None]
            brought = [n for root, name in roots for n in _contents(root) for n in placed(n, (*within, name))]
            return [*brought, *([_partly(node)] if is_wild(named) else [])]
        return [_rewritten(node, known, [n for c in children(node) for n in placed(c, within)])]

    return placed(document.node, (document.input,))[0] if document.node is not None else None


def names_files(node: Node) -> Iterator[str]:
    """The paths and patterns by which a document names others."""
    return (str(attribute(e, "data")) for e in directives(node, INCLUDE))


def included(given: Given, known: Mapping[str, str]) -> dict[str, set[str]]:
    """By the id of each document, those of the documents that it takes in."""
    found: dict[str, set[str]] = {}
    for document in given.documents:
        named = names_files(document.node) if document.node is not None else ()
        taken = {d.input for n in named for d in given.named(spelled(n, known))}
        found[document.input] = taken - {document.input}
    return found


def _partly(node: Node) -> Node:
    """An include by a pattern that brought something in."""
    members, said = dict(node.items()), node.get("attributes")
    if said is not None:
        changed = {k: replace(m, value=PARTLY) if k.lower() == "cmd" else m for k, m in said.items()}
        members["attributes"] = replace(said, value=changed)
    return replace(node, value=members)


def _contents(root: Node) -> list[Node]:
    """What a file brings in: `<include>` around it is only there because XML wants one root."""
    return list(children(root)) if tag(root) == "include" else [root]


def _rewritten(node: Node, known: Mapping[str, str], inside: list[Node]) -> Node:
    found, listed = node.get("attributes"), node.get("children")
    if not isinstance(node.value, dict) or found is None or listed is None:
        return node
    members = dict(node.value)
    if tag(node) != _TAG:
        said = {k: replace(m, value=spelled(m.text or "", known)) for k, m in found.items() if "$${" in (m.text or "")}
        if said:
            members["attributes"] = replace(found, value={**dict(found.items()), **said})
    members["children"] = replace(listed, value=inside)
    return replace(node, value=members)
