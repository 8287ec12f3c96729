"""Addresses as a capture holds them, and as the rest of the program reads them."""

from __future__ import annotations

import socket
from functools import lru_cache
from typing import TypeAlias

from sipdiag.raw import Endpoint

# Source address (4 or 16 octets) and port, destination address and port.
Ends: TypeAlias = tuple[bytes, int, bytes, int]
# The same with the transport and the interface on which a message was captured.
Path: TypeAlias = tuple[bytes, int, bytes, int, str, str | None]


def host(address: bytes) -> str:
    """The text form of an address of 4 or 16 octets."""
    return socket.inet_ntop(socket.AF_INET if len(address) == 4 else socket.AF_INET6, address)


@lru_cache(maxsize=65_536)
def endpoint(address: bytes, port: int) -> Endpoint:
    """An address of 4 or 16 octets, and a port."""
    return Endpoint(host(address), port)
