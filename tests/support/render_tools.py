"""What capture tools, collectors and people write."""

from __future__ import annotations

from collections.abc import Sequence

from tests.support.sent import FORMATS, Form, Sent, form_of


@form_of("sngrep-text", transport=False)
def _sngrep(m: Sent, local: str) -> str:
    return f"{m.when('%Y/%m/%d %H:%M:%S.%f')} {m.source} -> {m.destination}\n{m.text}\n\n"


def _ngrep_line(m: Sent) -> str:
    letter, flags = ("U", "") if m.transport == "udp" else ("T", " [AP]")
    return f"{letter} {m.when('%Y/%m/%d %H:%M:%S.%f')} {m.source} -> {m.destination}{flags} #1\n"


@form_of("ngrep-byline")
def _ngrep(m: Sent, local: str) -> str:
    lines = m.lines if m.lines[-1] else m.lines[:-1]
    ended = [f"{line}." for line in lines[: len(m.lines) - 1]] + lines[len(m.lines) - 1 :]
    return "#\n" + _ngrep_line(m) + "\n".join(ended) + "\n\n"


@form_of("ngrep-byline/dotted")
def _ngrep_dotted(m: Sent, local: str) -> str:
    whole = m.data.decode().replace("\r\n", "..")
    rows = [whole[start : start + 75] for start in range(0, len(whole), 75)]
    return "#\n" + _ngrep_line(m) + "".join(f"  {row}\n" for row in rows)


_SPELLED = {
    "v": "Session Description Protocol Version",
    "o": "Owner/Creator, Session Id",
    "s": "Session Name",
    "c": "Connection Information",
    "t": "Time Description, active time",
    "m": "Media Description, name and address",
    "a": "Media Attribute",
}


def _tshark(messages: Sequence[Sent], local: str) -> str:
    out: list[str] = []
    for number, m in enumerate(messages, 1):
        kind = "User Datagram" if m.transport == "udp" else "Transmission Control"
        words, (head, _, body) = m.lines[0].split(), m.text.partition("\n\n")
        version = 6 if ":" in m.source.host else 4
        out += [
            f"Frame {number}: {len(m.data) + 42} bytes on wire ({(len(m.data) + 42) * 8} bits)",
            f"    Arrival Time: {m.when('%b %d, %Y %H:%M:%S.%f')}000 UTC",
            "    [Time since reference or first frame: 0.029080000 seconds]",
            "Ethernet II, Src: 02:00:00:00:00:01, Dst: 02:00:00:00:00:02",
            f"Internet Protocol Version {version}, Src: {m.source.host}, Dst: {m.destination.host}",
            "    Time to Live: 64",
            f"{kind} Protocol, Src Port: {m.source.port}, Dst Port: {m.destination.port}",
            f"    Source Port: {m.source.port}",
            *(["Transport Layer Security"] if m.transport in ("tls", "wss") else []),
            *(["WebSocket"] if m.transport in ("ws", "wss") else []),
            f"Session Initiation Protocol ({words[1] if words[0].startswith('SIP/') else words[0]})",
            f"    {'Status' if words[0].startswith('SIP/') else 'Request'}-Line: {m.lines[0]}",
            "        [Resent Packet: False]",
            "    Message Header",
        ]
        for line in head.split("\n")[1:]:
            out.append(f"        {line}")
            if line.startswith("CSeq:"):
                out += [f"            Sequence Number: {line.split()[1]}", f"            Method: {line.split()[2]}"]
        if body:
            sdp = body.startswith("v=")
            out += ["    Message Body", f"        {'Session Description Protocol' if sdp else 'Sipfrag'}"]
            for line in body.rstrip("\n").split("\n"):
                out.append(
                    f"            {_SPELLED.get(line[0], 'Other')} ({line[0]}): {line[2:]}"
                    if sdp
                    else f"            {line}"
                )
        out.append("")
    return "\n".join(out) + "\n"


FORMATS["tshark-verbose"] = Form(_tshark)


@form_of("plain-messages", ends="none", clock="none", transport=False)
def _plain(m: Sent, local: str) -> str:
    return m.text.rstrip("\n") + "\n\n"


@form_of("homer-text")
def _homer(m: Sent, local: str) -> str:
    above = f"proto:{m.transport.upper()} {m.when('%Y-%m-%dT%H:%M:%S.%f')}Z  {m.source} ---> {m.destination}"
    return f"{above}\r\n\r\n{m.data.decode()}\r\n"


@form_of("one-line-messages", ends="none", clock="none", transport=False)
def _one_line(m: Sent, local: str) -> str:
    return " ".join(m.text.split()) + "\n"


@form_of("sipp-messages", ends="none")
def _sipp(m: Sent, local: str) -> str:
    rule = f"{'-' * 47} {m.when('%Y-%m-%d')}\t{m.when('%H:%M:%S.%f')}\t{m.time:.6f}"
    way = f"sent ({len(m.data)} bytes):" if m.sent(local) else f"received [{len(m.data)}] bytes :"
    return f"{rule}\n{m.transport.upper()} message {way}\n\n{m.text}\n\n"
