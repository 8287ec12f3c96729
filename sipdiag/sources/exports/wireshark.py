"""What tshark writes with `-T json` and `-T ek`, and Wireshark with "Export Packet Dissections, As JSON"."""

from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.nodes import Node
from sipdiag.raw import Packet
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.documents.read_json import read_each
from sipdiag.sources.exports.fields import NAMES, PAYLOADS, RAW, Field, cut_short, octets, packets

_FRAMES = re.compile(r'"layers"\s{0,8}:\s{0,64}\{\s{0,64}"(?:frame(?:_raw)?|sip|ip|udp)"')
_TWICE = re.compile(r"([a-z0-9]+)_\1_")  # -T ek writes sip_sip_msg_hdr for sip.msg_hdr


def is_export(text: str) -> bool:
    return _FRAMES.search(text) is not None


def read_frames(text: str, input_id: str) -> tuple[list[Packet], list[str]]:
    """The SIP messages of an export, and why it was not read to its end."""
    found: list[Packet] = []
    try:
        for frame in read_each(text, input_id):
            found += packets(_fields(frame, ""), input_id)
    except DocumentError as error:
        return found, [cut_short(error.line, error.column, error.message)]
    return found, []


def _fields(node: Node, name: str) -> Iterator[Field]:
    """The fields of a frame in their order, nested ones after those they belong to."""
    if isinstance(node.value, dict):
        for key, member in node.value.items():
            yield from _fields(member, _TWICE.sub(r"\1.", key, count=1))
    elif name == RAW and isinstance(node.value, list) and node.value:
        yield from _fields(node.value[0], name)
        for further in node.value[1:]:  # of a second message in the frame
            if isinstance(further.value, list):
                yield from _fields(further, name)
    elif isinstance(node.value, list):
        for element in node.value:
            yield from _fields(element, name)
    elif name in NAMES and node.text is not None:
        shown = octets(node.text) if name in PAYLOADS or name == RAW else b""
        yield Field(name, node.text, shown, (node.key_place or node.place).line or 1)
