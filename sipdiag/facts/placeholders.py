"""Texts that are filled in later: variables, templates, placeholders. Nothing may be judged by them."""

from __future__ import annotations

import re

from sipdiag.patterns import pattern

# A value that holds one of these is filled in later: Jinja and Mustache, shell and Terraform, SWML, ERB, printf-like, CI.
# Bounded, so that a hostile text costs no more than its length.
_PLACEHOLDER = pattern(
    r"\{\{.{0,300}?\}\}|\{%.{0,300}?%\}|<%.{0,300}?%>|[$#%]\{[^}]{0,300}\}|\$\([^)]{0,300}\)"
    r"|%\(\w{1,100}\)s|\$\$?[A-Za-z_]\w*|\{[A-Za-z_]\w{0,100}\}",
    re.DOTALL,
)
# Whole values only: a Terraform reference, `<your number>`, `YOUR_NUMBER`.
_WHOLE_PLACEHOLDER = pattern(
    r"\s*(?:(?:var|local|data|module|env|secrets?|vars)\.[\w.\[\]]+|<[^<>@:;]+>"
    r"|(?:YOUR|MY|CHANGE|REPLACE|TODO)[A-Z0-9_ -]*)\s*"
)


def is_literal(text: str | None) -> bool:
    """Whether a text is what it says: no variable, template or placeholder, whose value is only known later.

    >>> [is_literal(t) for t in ("sip:500@pbx.example", "${TARGET}", "{{ number }}", "var.target", "$NUMBER")]
    [True, False, False, False, False]
    """
    if text is None or _WHOLE_PLACEHOLDER.fullmatch(text) is not None:
        return False
    # One of these signs is in each, and most texts hold none.
    return ("{" not in text and "$" not in text and "%" not in text) or _PLACEHOLDER.search(text) is None


def variables(text: str) -> list[str]:
    """The placeholders in a text, as written.

    >>> variables("sip:{{ user }}@${HOST}")
    ['{{ user }}', '${HOST}']
    """
    return _PLACEHOLDER.findall(text)
