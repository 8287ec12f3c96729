"""What kind of document a text is: by its content first, its name second."""

from __future__ import annotations

import json
import re
from os.path import splitext
from typing import Literal, TypeAlias

from sipdiag.patterns import pattern
from sipdiag.sources.dumped import has_rows

Kind: TypeAlias = Literal["json", "jsonl", "yaml", "xml", "ini", "cfg", "other"]

_BY_SUFFIX: dict[str, Kind] = {
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".yaml": "yaml",
    ".yml": "yaml",
    ".xml": "xml",
    ".twiml": "xml",
    ".ini": "ini",
}
_KAMAILIO = pattern(
    r"^\s*(?:#!(?:KAMAILIO|OPENSIPS|SER|define|ifdef|ifndef|substdef?|endif)\b|(?:request_|failure_|reply_|onreply_|branch_)?route"
    r"\s*(?:\[[\w\"]{1,100}\])?\s*\{|loadmodule\s+\"|modparam\s*\()",
    re.MULTILINE,
)
_IN_KAMAILIO = ("#!", "route", "loadmodule", "modparam")  # one of them is in each of these lines
_INI_SECTION = pattern(r"^[ \t]*\[[^\[\]{}\"',]{1,200}\][ \t]*(?:\([^)\n]*\))?[ \t]*(?:;.*)?\r?$", re.MULTILINE)
_INI_ENTRY = pattern(r"^[ \t]*[\w.!/&*-]{1,100}[ \t]*=>?[ \t]*\S", re.MULTILINE)
# A file of Asterisk may hold nothing but the names of others.
_INI_INCLUDE = pattern(r"^[ \t]*#[ \t]*(?:include|tryinclude|exec)[ \t]+[\"'<]?[\w./*-]", re.MULTILINE)
_YAML_LINE = pattern(
    r"""^[ \t]*(?:-[ \t]+)?(?:[\w$./@+-][\w $./@+-]{0,200}|"[^"\n]{0,200}"|'[^'\n]{0,200}')[ \t]*:(?:[ \t]|\r?$)"""
    r"""|^[ \t]*-[ \t]+\S|^---(?:[ \t]|\r?$)|^[ \t]*[\[{]""",
    re.MULTILINE,
)
_OBJECT_LINE = pattern(r"^[ \t]*[{\[]", re.MULTILINE)
# A line of a log that begins with its time in brackets, as Asterisk writes them.
_STAMPED = pattern(r"\[[^\]\n]{0,40}\d:\d\d:\d\d[^\]\n]{0,20}\][ \t]*[^\s=]")
_SIP_LINE = pattern(r"SIP/2\.0", re.IGNORECASE)
# A start line of SIP that no comment holds: sections and entries around it are those of a paste (`[Timestamps]`, SDP).
_SIP_START = pattern(
    r"^[^;#\n]{0,200}?(?:[A-Z]{3,20} (?:sips?|tel):\S{1,2000} SIP/2\.0|SIP/2\.0 [1-6]\d\d(?: [^\n]{0,200})?)\.?\r?$",
    re.MULTILINE,
)
_LOOKED_AT = 65536


def kind_of(text: str, name: str) -> Kind:
    """The kind of document; `other` for what is no document (a log, a trace, prose).

    >>> [kind_of(t, "x") for t in ('{"a": 1}', '{"a": 1}\\n{"a": 2}', "a: 1", "<a/>", "[a]\\nb=c", "hi")]
    ['json', 'jsonl', 'yaml', 'xml', 'ini', 'other']
    """
    suffix = splitext(name)[1].lower()
    named = _BY_SUFFIX.get(suffix)
    head = text[:_LOOKED_AT].lstrip()
    if named is None and _STAMPED.match(head):
        return "other"
    if head.startswith("<"):
        return "xml" if re.match(r"<[?!A-Za-z_]", head) and not re.match(r"<\d", head) else "other"
    is_list = head[:1] == "[" and named in ("json", "jsonl", None) and not _INI_SECTION.match(head)
    if head[:1] == "{" or is_list:
        return _json_like(text.lstrip(), named)
    if any(word in head for word in _IN_KAMAILIO) and _KAMAILIO.search(head):
        return "cfg"
    if named is not None and (named != "jsonl" or _OBJECT_LINE.search(head)):
        return named
    if _SIP_START.search(head) is not None:
        return "other"
    if _INI_SECTION.search(head) and (_INI_ENTRY.search(head) or not _YAML_LINE.search(head)):
        return "ini"
    if suffix == ".conf" and (_INI_ENTRY.search(head) or _INI_INCLUDE.search(head)):
        return "ini"
    return "yaml" if _looks_like_yaml(head) else "other"


def _json_like(text: str, named: Kind | None) -> Kind:
    if named == "yaml":
        return "yaml"
    first, _, rest = text.partition("\n")
    if rest.strip()[:1] in ("{", "[") and len(first) < 1_000_000:
        try:
            json.loads(first)
        except (ValueError, RecursionError):
            return "jsonl" if named == "jsonl" else "json"
        return "jsonl"
    return "jsonl" if named == "jsonl" else "json"


def _looks_like_yaml(head: str) -> bool:
    """Most lines are those of a mapping or list, and none is a line of SIP, or of a dump of octets."""
    if _SIP_LINE.search(head) is not None or has_rows(head):
        return False
    lines = [line for line in head.split("\n")[:400] if line.strip() and not line.lstrip().startswith("#")]
    return bool(lines) and sum(1 for line in lines if _YAML_LINE.match(line)) * 2 > len(lines)
