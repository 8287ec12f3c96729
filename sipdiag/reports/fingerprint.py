"""Fingerprints that survive edits: of what a finding is about, never of line, frame, path or time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING

from sipdiag.places import Place

if TYPE_CHECKING:
    from sipdiag.checking.run import Found
    from sipdiag.nodes import Node

_NAMES = ("id", "name", "agent_id", "phone_number_id", "node_id", "key", "condition", "label")


def fingerprint(found: Found, nodes: Mapping[str, Node]) -> str:
    """SHA-256 of the check's id and its stable subject, 32 hex digits of it.

    The subject is the JSON Pointer in which list elements are named by their content, or Call-ID and CSeq.
    """
    at = found.finding.at
    if isinstance(at, Place) and at.pointer is not None and at.input in nodes:
        subject = stable_pointer(nodes[at.input], at.pointer)
    else:
        subject = getattr(found.subject, "lasting_name", found.finding.template)  # transfers, legs and calls have one
    return hashlib.sha256(f"{found.check.id}\n{subject}".encode()).hexdigest()[:32]


def stable_pointer(root: Node, pointer: str) -> str:
    """A JSON Pointer whose list indexes are replaced by what the element is called, or by a hash of its content."""
    steps, node = [], root
    for part in pointer.split("/")[1:]:
        key = part.replace("~1", "/").replace("~0", "~")
        if isinstance(node.value, list) and key.isdigit() and int(key) < len(node.value):
            node = node.value[int(key)]
            steps.append(_called(node))
        else:
            steps.append(part)
            node = node.get(key) or node
    return "/".join(["", *steps])


def _called(node: Node) -> str:
    for name in _NAMES:
        found = node.get(name)
        if found is not None and found.text:
            return f"{name}={found.text}"
    return hashlib.sha256(json.dumps(_plain(node, 6), sort_keys=True, default=str).encode()).hexdigest()[:12]


def _plain(node: Node, depth: int) -> object:
    if not depth:
        return None
    if isinstance(node.value, list):
        return [_plain(n, depth - 1) for n in node.value[:50]]
    if isinstance(node.value, dict):
        return {k: _plain(n, depth - 1) for k, n in node.value.items()}
    return node.value
