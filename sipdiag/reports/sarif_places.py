"""Places in SARIF: inputs as artifacts below the repository root, lines as regions, frames as logical locations."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from sipdiag.places import Frame, Place, Where
from sipdiag.reports.report import Input, Report
from sipdiag.reports.show import Show, escape
from sipdiag.reports.words import file_name
from sipdiag.values import Text

ROOT = "%SRCROOT%"
Object = dict[str, Any]


class Places:
    """Makes SARIF's location objects. `files` gives the inputs by their paths relative to the repository root."""

    def __init__(self, report: Report, show: Show, files: Mapping[str, str]) -> None:
        self._report, self._show, self._files = report, show, files
        self._index = {i.id: n for n, i in enumerate(report.inputs)}

    def artifacts(self) -> list[Object]:
        return [self._artifact(i) for i in self._report.inputs]

    def _artifact(self, item: Input) -> Object:
        made: Object = {"location": self.file(item), "roles": ["analysisTarget"]}
        if item.sha256:
            made["hashes"] = {"sha-256": item.sha256}
        return made | {"properties": {"kind": item.kind, "format": item.format}}

    def file(self, item: Input) -> Object:
        """An input outside the repository keeps its name alone: the folders above it are its owner's business."""
        known = self._files.get(item.path)
        path = known if known is not None else self._show(Text(file_name(item.path)))
        uri = quote(escape(path.replace("\\", "/")), safe="/")
        index = {"index": self._index[item.id]} if item.id in self._index else {}
        return {"uri": uri, **({"uriBaseId": ROOT} if known is not None else {}), **index}

    def location(self, where: Where, message: str = "") -> Object:
        """A line and column of a text, or a frame of a capture, which viewers find as line 1 of the file."""
        source = self._report.input(where.input)
        made: Object = {}
        region: Object = {"startLine": where.line or 1}
        if isinstance(where, Place) and where.column:
            region["startColumn"] = where.column
        if source is not None:
            made["physicalLocation"] = {"artifactLocation": self.file(source), "region": region}
        if isinstance(where, Frame) and where.number is not None:
            name = f"frame {where.number}"
            made["logicalLocations"] = [{"name": name, "fullyQualifiedName": name, "kind": "frame"}]
            made["properties"] = {
                "frame": where.number,
                "time": self._report.time(where, self._report.case_of(where)),
            }
        elif isinstance(where, Place) and where.pointer:
            made["logicalLocations"] = [{"fullyQualifiedName": self._show(Text(where.pointer)), "kind": "value"}]
        return made | ({"message": {"text": message_text(message)}} if message else {})


def message_text(text: str) -> str:
    """Words as SARIF's plain text: braces are doubled (3.11.5), and what would read as a link is escaped (3.11.6).

    >>> message_text("{a} [b](c)")
    '{{a}} [b\\\\](c)'
    """
    return text.replace("{", "{{").replace("}", "}}").replace("](", "\\](")
