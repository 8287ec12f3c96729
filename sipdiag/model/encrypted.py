"""What is said of TLS connections that could not be read: whose they are, how they went, and what would open them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import replace

from sipdiag.places import elapsed
from sipdiag.raw import SEALED, SIP_PORTS, Connection, Endpoint, Wire

_SHOWN = 5


def opened_elsewhere(wires: Sequence[tuple[str, Wire]]) -> list[tuple[str, Wire]]:
    """The inputs of a case with their TLS connections known for read where another input tells what ran in them.

    That is a dissector's text with frame numbers, as stands beside a redacted capture whose keys were known. An
    endpoint's own log may leave messages out, and opens nothing.
    """
    told: dict[frozenset[Endpoint | None], Counter[str]] = {}
    for _, wire in wires:
        for p in wire.packets:
            if p.transport in SEALED and p.frame.number is not None:
                told.setdefault(frozenset((p.source, p.destination)), Counter())[p.frame.input] += 1

    def known(name: str, connection: Connection) -> Connection:
        found = told.get(frozenset((connection.client, connection.server)), Counter())
        count = max((n for other, n in found.items() if other != name), default=0)
        if connection.tls is None or connection.messages or not count:
            return connection
        return replace(connection, messages=count, tls=replace(connection.tls, decrypted=True))

    if not told:
        return list(wires)
    return [(name, replace(w, connections=tuple(known(name, c) for c in w.connections))) for name, w in wires]


def closed_connections(wire: Wire) -> list[Connection]:
    """The TLS connections that may be about SIP and were not read.

    A connection may be where it goes to a port for SIP or one of its ends also speaks SIP in clear; all may where no SIP
    was read.
    """
    sealed = [c for c in wire.connections if c.tls is not None and not c.tls.decrypted and not c.messages]
    speakers = {e.host for p in wire.packets for e in (p.source, p.destination) if e is not None}
    if wire.messages:
        sealed = [
            c for c in sealed if c.server.port in SIP_PORTS or c.client.host in speakers or c.server.host in speakers
        ]
    return sealed


def may_hold_calls(wire: Wire) -> int:
    """How many connections carried something that was not read; one whose handshake failed carried nothing."""
    return sum(
        1 for c in closed_connections(wire) if c.tls is not None and (c.tls.established or c.state == "midstream")
    )


def unread_connections(wire: Wire, keys_given: bool = False) -> tuple[str, ...]:
    """One sentence for each TLS connection that may be about SIP and was not read, and one on what would open them."""
    sealed = closed_connections(wire)
    lines = [_told(c) for c in sealed[:_SHOWN]]
    if len(sealed) > _SHOWN:
        lines.append(f"{len(sealed) - _SHOWN} more connections inside TLS were not read")
    if any(c.tls is not None and c.tls.established for c in sealed):
        if keys_given:
            lines.append(
                "the keys that were given open none of these: they are of other connections, or of no key exchange that they open (a server's key opens RSA only)"
            )
        lines.append(
            "SIP inside TLS is read with the keys: pass the key log with --keylog, or with RSA key exchange the server's "
            "key with --tls-key (sipdiag explain collect-tls-keys)"
        )
    return tuple(lines)


def _told(connection: Connection) -> str:
    tls = connection.tls
    version = f"TLS {tls.version}" if tls is not None and tls.version else "TLS"
    parts = [
        f"frame {connection.opened.number}: {connection.client} to {connection.server} runs inside {version}{_whose(connection)}",
        _handshake(connection),
        *_silence(connection),
        _end(connection),
    ]
    return ", ".join(parts)


def _whose(connection: Connection) -> str:
    tls = connection.tls
    if tls is None or not (tls.server_name or tls.certificate_names):
        return ""
    asked = [f"asked for {tls.server_name}"] if tls.server_name else []
    shown = [f"certificate of {_names(tls.certificate_names)}"] if tls.certificate_names else []
    return f" ({'; '.join(asked + shown)})"


def _names(names: Sequence[str]) -> str:
    return ", ".join(names[:3]) + (f" and {len(names) - 3} more" if len(names) > 3 else "")


def _handshake(connection: Connection) -> str:
    tls = connection.tls
    if tls is not None and tls.alert is not None:
        by = {True: " by the client", False: " by the server", None: ""}[tls.alert_by_client]
        return f"ended{by} with the alert {tls.alert}"
    if tls is not None and tls.established:
        return "was set up"
    return "its handshake was not captured whole" if connection.state == "midstream" else "was not seen to be set up"


def _silence(connection: Connection) -> list[str]:
    seconds = elapsed(connection.last_data, connection.closed)
    data = elapsed(connection.opened, connection.last_data)
    told = [] if data is None else [f"carried its last data after {data:.1f} s"]
    return told + ([f"was idle for {seconds:.1f} s"] if seconds is not None and seconds >= 1 else [])


def _end(connection: Connection) -> str:
    if connection.closed is None:
        return "was open at the end"
    by = {True: " by the client", False: " by the server", None: ""}[connection.closed_by_client]
    return f"was {'reset' if connection.reset else 'closed'}{by} in frame {connection.closed.number}"
