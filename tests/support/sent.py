"""Messages to be written in one form or another, and the registry of the text forms."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sipdiag.raw import Endpoint


@dataclass(frozen=True, slots=True)
class Sent:
    """One message on the wire. `time` is in epoch seconds, `transport` one of udp, tcp, tls, ws, wss."""

    time: float
    source: Endpoint
    destination: Endpoint
    transport: str
    data: bytes

    @property
    def lines(self) -> list[str]:
        """The lines of the message; the last is empty where the message ends in a line end."""
        return self.data.decode("utf-8", "surrogateescape").split("\r\n")

    @property
    def text(self) -> str:
        """The message with bare line feeds, as a console prints it."""
        return "\n".join(self.lines)

    def when(self, form: str) -> str:
        """The time by `strftime`, with %L for milliseconds."""
        moment = datetime.fromtimestamp(self.time, UTC)
        return moment.strftime(form.replace("%L", f"{moment.microsecond // 1000:03d}"))

    def peer(self, local: str) -> Endpoint:
        return self.destination if self.sent(local) else self.source

    def sent(self, local: str) -> bool:
        return self.source.host == local


@dataclass(frozen=True, slots=True)
class Form:
    """A text format: how to write it, and what of a message a reader can get back."""

    write: Callable[[Sequence[Sent], str], str]
    ends: str = "both"  # both, peer, or none
    clock: str = "date"  # date, year-less, day, step, or none
    precision: float = 1e-6
    transport: bool = True


FORMATS: dict[str, Form] = {}


def form_of(
    name: str, *, ends: str = "both", clock: str = "date", precision: float = 1e-6, transport: bool = True
) -> Callable[[Callable[[Sent, str], str]], Callable[[Sent, str], str]]:
    """Register a format that writes one message after another."""

    def register(one: Callable[[Sent, str], str]) -> Callable[[Sent, str], str]:
        def write(messages: Sequence[Sent], local: str) -> str:
            return "".join(one(message, local) for message in messages)

        FORMATS[name] = Form(write, ends, clock, precision, transport)
        return one

    return register


def way_of(message: Sent, local: str, sent: str, received: str) -> str:
    return sent if message.sent(local) else received
