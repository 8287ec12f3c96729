"""What the inputs of one case hold, and what each of them is called in the report."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import field, replace
from pathlib import PurePath
from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass
from sipdiag.patterns import pattern
from sipdiag.platforms import adapt, reads_together
from sipdiag.platforms.document import Document
from sipdiag.reports.report import Input
from sipdiag.sip.start import is_start

if TYPE_CHECKING:
    from sipdiag.nodes import Node
    from sipdiag.options import Options
    from sipdiag.platforms.adapted import Adapted
    from sipdiag.raw import Packet, Wire
    from sipdiag.sources.source import Opened

_SPEAKS_OF_SIP = pattern(r"\bsips?\b|sip[_:]|transfer|\brefer\b|trunk|telephony", re.IGNORECASE)
_DOCUMENTS = frozenset((".json", ".jsonl", ".yaml", ".yml", ".xml", ".conf", ".cfg", ".ini"))
_NO_SIP = "no SIP on any port; if the calls use TLS, pass the key log with --keylog (sipdiag explain collect-tls-keys)"
_QUOTED = "quoted-messages"
_UNKNOWN = "{} of no known shape: no agent, rule, trunk or call record was recognised (try --platform)"
_NO_STATEMENT = "text without a SIP message, and no configuration; none of its lines says what became of a transfer"


@dataclass(slots=True)
class Material:
    """What the inputs of one case hold."""

    inputs: list[Input] = field(default_factory=list)
    adapted: list[Adapted] = field(default_factory=list)
    wires: list[tuple[str, Wire]] = field(default_factory=list)
    passed_over: int = 0  # files of a folder that are no SIP configuration
    aside: list[Input] = field(default_factory=list)  # those that are documents, and may be part of another one
    documents: list[Document] = field(default_factory=list)  # every file that is no capture, by its path

    def judged_together(self) -> Material:
        """A capture without SIP is no failure beside others that have it: a ring of files has such ones."""
        if not any(i.messages for i in self.inputs):
            return self
        return replace(self, inputs=[_beside_others(i) for i in self.inputs])

    def told_of_connections(self, keys_given: bool) -> Material:
        """With what is said of TLS connections that nothing of the case opens."""
        if not self.wires:
            return self
        from sipdiag.model.encrypted import may_hold_calls, opened_elsewhere, unread_connections

        wires = opened_elsewhere(self.wires)
        told = {name: unread_connections(wire, keys_given) for name, wire in wires}
        closed = {name: may_hold_calls(wire) for name, wire in wires}
        inputs = [
            replace(i, problems=i.problems + told[i.id], unread=closed[i.id]) if i.id in told else i
            for i in self.inputs
        ]
        return replace(self, inputs=inputs, wires=wires)


def take(opened: Opened, material: Material, nodes: dict[str, Node], options: Options) -> None:
    source = opened.source
    error, kind, form = opened.error, opened.kind, opened.format
    wire = opened.wire
    problems = opened.problems
    messages = wire.messages + _quoted(wire) if wire is not None else 0
    unread = 0
    adapted = None
    if opened.node is not None:
        if options.fingerprints:
            nodes[opened.id] = opened.node
        adapted = adapt(opened.node, source.path, opened.id, options.platform_of(source.path))
        if adapted is not None and (not adapted.empty or adapted.problems):
            kind, form = adapted.kind, adapted.format
            problems += adapted.problems
            material.adapted.append(adapted)
            if adapted.packets:
                messages = len(adapted.packets)
                wire = _stored(adapted.packets) if options.command != "lint" else None
        elif wire is not None:  # the shape of no platform, but its strings hold SIP
            kind, form = "trace", _QUOTED
        else:
            error = _without_statement(opened) if opened.format == "log" else _UNKNOWN.format(opened.format)
            kind = "unread"
    if wire is not None:
        from sipdiag.model.losses import lost_messages, torn_as_lost, unnamed_messages

        whole = torn_as_lost(wire)
        lost, unread = lost_messages(whole), len(wire.packets) - len(whole.packets)
        problems += wire.problems + lost + (unnamed_messages(wire) if opened.kind == "trace" else ())
        if opened.kind == "capture" and not lost and not _concerns_sip(wire):
            error = _NO_SIP
        material.wires.append((opened.id, wire))
    if error is not None:
        at = (
            f"{opened.place.line}:{opened.place.column}: "
            if opened.place is not None and opened.place.line is not None
            else ""
        )
        problems = (f"{at}{error}", *problems)
    item = Input(
        id=opened.id,
        case=source.case,
        path=source.path,
        kind=kind,
        format=form,
        sha256=opened.sha256,
        messages=messages,
        frames=wire.frames if wire is not None else 0,
        torn=unread,
        problems=problems,
        failed=error is not None,
        named=source.named,
        syntax=opened.format if opened.node is not None else "",
        packed=source.packed,
        excerpts=opened.lines,
    )
    if opened.kind != "capture":
        kept = adapted is None or reads_together(adapted.platform)
        material.documents.append(
            Document(opened.id, source.called or source.path, opened.node if kept else None, adapted)
        )
    if error is not None and options.command == "lint" and not source.named and not _should_have_been_read(opened):
        material.passed_over += 1
        if opened.node is not None:
            material.aside.append(item)
        return
    material.inputs.append(item)


def _without_statement(opened: Opened) -> str:
    from sipdiag.sources.listed import listed  # only of a text that nothing could be read of

    return listed(opened.lines) or _NO_STATEMENT


def _beside_others(item: Input) -> Input:
    if _NO_SIP not in item.problems:
        return item
    return replace(item, failed=False, problems=tuple("no SIP in it" if p == _NO_SIP else p for p in item.problems))


def _should_have_been_read(opened: Opened) -> bool:
    """Whether a file of a folder may be a configuration: nothing let us see what it holds, or it is a document by its
    name, is broken, and speaks of what sipdiag looks for."""
    if opened.source.barred:
        return True
    broken = opened.place is not None and PurePath(opened.source.path).suffix.lower() in _DOCUMENTS
    return broken and any(_SPEAKS_OF_SIP.search(line[:1000]) for line in opened.lines[:2000])


def _quoted(wire: Wire) -> int:
    """SIP messages that ICMP errors quote: they were read, and are evidence, though no messages of a call."""
    return sum(1 for u in wire.unreachables if is_start(u.quoted))


def _concerns_sip(wire: Wire) -> bool:
    from sipdiag.raw import SIP_PORTS  # only where there is wire

    signalling = any(c.server.port in SIP_PORTS or c.tls is not None for c in wire.connections)
    return bool(wire.messages or signalling or wire.unreachables)


def _stored(packets: Sequence[Packet]) -> Wire:
    from sipdiag.raw import Wire  # few documents quote messages

    times = [p.frame.time for p in packets if p.frame.time is not None]
    return Wire(
        packets=tuple(packets),
        messages=len(packets),
        first_time=min(times, default=None),
        last_time=max(times, default=None),
    )
