"""Values read from input, typed by what they would give away.

A finding carries these types until a renderer escapes and redacts them; the type alone decides how. All but
`Secret` and `Port` are strings, so they compare and format as what was read.
"""

from __future__ import annotations


class Number(str):
    """A phone number or extension."""

    __slots__ = ()


class Host(str):
    """A host name or domain, without port."""

    __slots__ = ()


class Address(str):
    """An IP address, with or without port."""

    __slots__ = ()


class Port(int):
    """A port of UDP, TCP or SCTP."""

    __slots__ = ()


class Identity(str):
    """A name of a person, an agent, an account, or a URI's user part."""

    __slots__ = ()


class UriText(str):
    """A SIP or tel URI, or a header value that holds one."""

    __slots__ = ()


class Token(str):
    """A Call-ID, tag, branch or other opaque correlation value."""

    __slots__ = ()


class Text(str):
    """Free words from the input: reason phrases, log lines, result texts, header excerpts."""

    __slots__ = ()


class Word(str):
    """A word of a known vocabulary (a method, a transport, an enum value) or of our own. Shown as it is."""

    __slots__ = ()


class Secret:
    """Something that is never printed: a password, key, token or digest response. Only its presence counts."""

    __slots__ = ("_value",)

    def __init__(self, value: object) -> None:
        self._value = value

    def __bool__(self) -> bool:
        return bool(self._value)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and self._value == other._value

    def __hash__(self) -> int:
        return hash(("Secret", self._value))

    def __repr__(self) -> str:
        return "Secret(…)"

    def __str__(self) -> str:
        return "[secret]"

    def __format__(self, spec: str) -> str:
        return format("[secret]", spec)

    def reveal(self) -> object:
        """The value itself. Only redaction may call this, to search an artefact for leaks."""
        return self._value
