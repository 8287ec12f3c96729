"""What a fix changes, as a unified diff."""

from __future__ import annotations

import re
from difflib import unified_diff

from sipdiag.reports.show import escape

_SECRET = re.compile(
    r"""((?:password|passwd|secret|token|api_?key)["']?\s*(?:=>|[:=])\s*["']?)[^"'\s,}]+""", re.IGNORECASE
)


def diff_of(path: str, old: bytes, new: bytes) -> str:
    """Both versions of a file, line by line, as far as they differ.

    What could act on a terminal is shown escaped, and secrets are left out; elsewhere the diff can be applied.
    """
    lines = unified_diff(_lines(old), _lines(new), f"a/{escape(path)}", f"b/{escape(path)}")
    return "".join(_shown(line) for line in lines)


def _lines(data: bytes) -> list[str]:
    text = data.decode("utf-8", "replace")
    return [line + "\n" for line in text.removesuffix("\n").split("\n")]


def _shown(line: str) -> str:
    parts = [escape(part) for part in line.removesuffix("\n").removesuffix("\r").split("\t")]
    return _SECRET.sub(r"\1[secret]", "\t".join(parts)) + line[len(line.removesuffix("\n").removesuffix("\r")) :]
