"""Tell a template (Jinja, Go and Helm, ERB, Terraform, Handlebars) from a document: what it says depends on what fills it.

A placeholder in a value is no sign of it, for platforms have those of their own; what chooses and repeats is.
"""

from __future__ import annotations

import re

from sipdiag.patterns import pattern
from sipdiag.sources.documents.error import DocumentError
from sipdiag.sources.documents.kinds import Kind

WORDS = "a template (line {}), and what it says depends on what fills it: give the file that is made from it"
_CONTROL = pattern(
    r"\{%[-+~]?\s*(?:if|elif|else|endif|for|endfor|set|macro|endmacro|block|endblock|include|import|extends|raw|with|unless|case)\b"
    r"|\{\{[-~]?\s*(?:(?:if|else|end|range|with|define|template|block|include|toYaml|tpl)\b|[.$]\w|/\*)"
    r"|\{\{[#/^>]\s?\w|%\{~?\s*(?:if|else|endif|for|endfor)\b|<%[-=#]?\s"
)
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*+"')


def template_line(text: str, kind: Kind, failure: DocumentError | None) -> int | None:
    """The line that shows a text to be a template: the one that cannot be read, or one that a tolerant format took for
    a text or an entry of its own. None where there is none.

    >>> template_line('{% if x %}\\n[a]\\n', "ini", None), template_line('a: "{% if x %}"\\nb: [', "yaml", None)
    (1, None)
    """
    if failure is not None:
        if failure.line is None:
            return None
        lines = text.split("\n", failure.line)
        shown = _QUOTED.sub("", lines[failure.line - 1]) if failure.line <= len(lines) else ""
        return failure.line if _CONTROL.search(shown) else None
    if kind == "xml":
        found = _CONTROL.search(re.sub(r"<!--.*?-->", lambda m: re.sub(r"[^\n]", " ", m[0]), text, flags=re.DOTALL))
        return text.count("\n", 0, found.start()) + 1 if found is not None else None
    if kind in ("ini", "cfg"):
        for number, line in enumerate(text.split("\n"), 1):
            if _CONTROL.match(line.lstrip()):
                return number
    return None
