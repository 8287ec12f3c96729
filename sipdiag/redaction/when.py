"""Whether an output is redacted: one place decides for all commands."""

from __future__ import annotations

from sipdiag.redaction.redactor import Mode

SHARED = frozenset({"html", "markdown", "bundle", "redact", "svg", "mermaid"})  # made to be handed on
_READ_HERE = frozenset({"text", "plain"})

LIMIT = (
    "Pseudonymous is not anonymous (RFC 6973): whoever knows the traffic may tell from sizes, order, times and "
    "patterns who is meant."
)


def mode_for(kind: str, *, asked: Mode | None, to_file: bool, terminal: bool) -> Mode:
    """`kind` is a format or a command; `to_file` and `terminal` tell where the output goes.

    What a user asks for holds. Else what is made to be shared is redacted, as is every file, and text unless it goes
    to a terminal; what programs read is not.

    >>> mode_for("json", asked=None, to_file=False, terminal=False).value
    'off'
    >>> mode_for("text", asked=None, to_file=False, terminal=False).value
    'on'
    """
    if asked is not None:
        return asked
    if to_file or kind in SHARED or (kind in _READ_HERE and not terminal):
        return Mode.ON
    return Mode.OFF
