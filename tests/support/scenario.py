"""A small language for calls, so that examples and fixtures of wire checks stay short.

    call                                        a confirmed call: INVITE, 180, 200, ACK from caller to agent
    call agent -> proxy -> caller               the same the other way round, through a proxy that records its route
    agent -> caller REFER  Refer-To: <sip:2003@example.com> | -Contact
    +0.5s again                                 the last request once more, half a second later
    caller -> agent 403 Forbidden
        Reason: Q.850;cause=21                  further headers, one a line
    caller -> agent NOTIFY 486 Busy Here        with Event, Subscription-State and a sipfrag
    leg2: caller -> target INVITE sip:2003@example.com
        -- v=0                                  lines of a body; `-- none` for no body
    unseen caller -> agent 200 OK               happened, and was not captured
    +40s                                        time passes, to the end of the capture if nothing follows

Headers stand after two spaces, apart by ` | `: `Name: value` replaces the default of that name (a second one of the
name is added), `-Name` leaves it out, and `Name: x*1500` writes x 1500 times. A response answers the last request that
its receiver sent by way of its sender; a CSeq header picks another (`CSeq: INVITE` the last INVITE). A comment
begins with `#` at the start or after two spaces.

Before or between the messages: `transport tcp`, `caller at 10.0.0.5:5070`, `caller contact sip:x@10.0.0.5`,
`caller aor sip:x@example.com`, `caller allow INVITE, ACK, BYE`, `caller supported timer`,
`icmp caller -> agent port unreachable` (caller reports it to agent, about the last message between them),
`tcp agent -> carrier:5060 unanswered copies=4` (or refused, established), `tls agent -> carrier closed=client`,
`tls agent -> carrier alert=certificate_expired by=client version=1.2 sni=x.example`,
`closed agent -> carrier by=server` (the connection that carried their messages), `lost caller -> agent TCP gap`,
`rtp caller -> agent 120`, `log text`.
"""

from __future__ import annotations

import itertools
import re
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from sipdiag.places import Frame
from sipdiag.raw import Connection, Endpoint, LogLine, Lost, MediaFlow, Packet, TlsSession, Unreachable, Wire
from tests.support.cast import Cast, Headers, Party, override

START = 1_700_000_000.0
STEP = 0.02
_CONTACT = ("INVITE", "REFER", "NOTIFY", "UPDATE", "SUBSCRIBE")
_PREFIX = re.compile(r"(?:\+(?P<wait>[0-9.]+)s|(?P<unseen>unseen)\b|(?P<leg>leg\w+):)\s*")
_PATH = re.compile(r"(?P<path>\w+(?:\s*->\s*\w+)+)\s+(?P<what>[A-Z]+|[1-6][0-9]{2})\b\s*(?P<more>.*)", re.DOTALL)
_COMMENT = re.compile(r"(?:^|\s\s+)#.*$")


@dataclass(slots=True)
class Request:
    method: str
    path: list[str]
    headers: Headers
    cseq: int
    vias: list[list[str]] = field(default_factory=list)  # at each hop
    record_route: list[str] = field(default_factory=list)
    number: int = 0
    to_tag: str = ""
    status: int = 0


@dataclass(slots=True)
class Dialog:
    call_id: str
    members: tuple[str, str] | None = None
    proxies: list[str] = field(default_factory=list)
    answered: bool = False
    cseq: dict[str, int] = field(default_factory=dict)
    requests: list[Request] = field(default_factory=list)

    def tag(self, name: str) -> str:
        return f"{name}-{self.call_id.partition('@')[0]}"

    def other(self, name: str, last: str) -> str:
        a, b = self.members or (name, last)
        if last not in (a, b, name) and last not in self.proxies:
            return b if name == a else a
        return b if name == a else a


@dataclass(slots=True)
class Stage:
    """What a scenario has brought about so far."""

    input: str = "in1"
    cast: Cast = field(default_factory=Cast)
    transport: str = "udp"
    clock: float = START
    frames: int = 0
    sent: int = 0
    dialogs: dict[str, Dialog] = field(default_factory=dict)
    packets: list[Packet] = field(default_factory=list)
    connections: list[Connection] = field(default_factory=list)
    unreachables: list[Unreachable] = field(default_factory=list)
    media: list[MediaFlow] = field(default_factory=list)
    lost: list[Lost] = field(default_factory=list)
    log: list[LogLine] = field(default_factory=list)
    last_request: list[Packet] = field(default_factory=list)

    def frame(self) -> Frame:
        self.frames += 1
        self.clock += STEP
        return Frame(self.input, self.frames, round(self.clock, 6))

    def dialog(self, leg: str) -> Dialog:
        return self.dialogs.setdefault(leg, Dialog(f"{leg}@sip.example"))

    def wire(self) -> Wire:
        return Wire(
            packets=tuple(self.packets),
            connections=tuple(self.connections),
            unreachables=tuple(self.unreachables),
            media=tuple(self.media),
            lost=tuple(self.lost),
            log=tuple(self.log),
            messages=len(self.packets),
            first_time=START,
            last_time=round(self.clock, 6),
            frames=self.frames,
        )


def play(text: str, *, input: str = "in1") -> Wire:
    """What a capture of the scenario would hold. Raises ValueError with the line that makes no sense."""
    return perform(statements(text), input=input)


def perform(told: Iterable[str], *, input: str = "in1") -> Wire:
    """The same of statements that were taken apart before."""
    stage = Stage(input)
    for statement in told:
        try:
            _play(stage, statement)
        except (ValueError, KeyError, IndexError) as error:
            raise ValueError(f"scenario: {statement.splitlines()[0]!r}: {error}") from error
    return stage.wire()


def statements(text: str) -> list[str]:
    """The lines of a scenario without comments, each with its indented lines."""
    found: list[str] = []
    for raw in textwrap.dedent(text).splitlines():
        line = _COMMENT.sub("", raw).rstrip()
        if not line:
            continue
        if line[0].isspace() and found:
            found[-1] += "\n" + line.strip()
        else:
            found.append(line.strip())
    return found


def _play(stage: Stage, statement: str) -> None:
    leg, seen, rest = "leg1", True, statement
    while match := _PREFIX.match(rest):
        rest = rest[match.end() :]
        if match["wait"]:
            stage.clock += float(match["wait"])
        elif match["unseen"]:
            seen = False
        else:
            leg = match["leg"]
    if not rest:
        return
    word = rest.split(None, 1)[0]
    if word == "call":
        _call(stage, leg, seen, rest)
    elif word == "again":
        stage.packets += [replace(p, frame=stage.frame()) for p in stage.last_request]
    elif message := _PATH.match(rest):
        path = re.split(r"\s*->\s*", message["path"])
        more, headers, removed, body = _parts(message["more"])
        if message["what"].isdigit():
            _respond(stage, stage.dialog(leg), seen, path, int(message["what"]), more, headers, removed, body)
        else:
            _request(stage, stage.dialog(leg), seen, path, message["what"], more, headers, removed, body)
    else:
        _event(stage, word, rest)


def _parts(more: str) -> tuple[str, Headers, set[str], str | None]:
    first, *lines = ("\n" + more if more.startswith("--") else more).split("\n")
    # the method may be followed by the headers at once, so two spaces may have been eaten with it
    words, _, inline = first.partition("  ")
    if re.match(r"-?[A-Z][\w-]*:\s|-[A-Z][\w-]*(?:\s\||$)", words):
        words, inline = "", first
    pieces = [p.strip() for p in re.split(r"\s+\|\s+", inline) if p.strip()]
    headers: Headers = []
    removed: set[str] = set()
    body: list[str] | None = None
    for piece in [*pieces, *lines]:
        if piece.startswith("--"):
            body = [*(body or []), piece[2:].removeprefix(" ")]
        elif piece.startswith("-"):
            removed.add(piece[1:].lower())
        else:
            name, colon, value = piece.partition(":")
            if not colon:
                raise ValueError(f"neither a header nor a body: {piece!r}")
            repeated = re.fullmatch(r"\s*(\w)\*([0-9]+)", value)
            headers.append((name, repeated[1] * int(repeated[2]) if repeated else value.strip()))
    text = None if body is None else "" if body == ["none"] else "".join(f"{line}\r\n" for line in body)
    return words.strip(), headers, removed, text


def _call(stage: Stage, leg: str, seen: bool, rest: str) -> None:
    way = re.split(r"\s*->\s*", rest[4:].strip() or "caller -> agent")
    there, back = " -> ".join(way), " -> ".join(reversed(way))
    mark = "" if seen else "unseen "
    for line in (f"{there} INVITE", f"{back} 180 Ringing", f"+1s {back} 200 OK", f"{there} ACK"):
        _play(stage, f"{mark}{leg}: {line}")
    stage.clock += 1.0


def _request(
    stage: Stage, dialog: Dialog, seen: bool, path: list[str], method: str,
    uri: str, given: Headers, removed: set[str], body: str | None,
) -> None:  # fmt: skip
    me, last = stage.cast[path[0]], path[-1]
    initial = method == "INVITE" and not dialog.answered
    if dialog.members is None:
        dialog.members = (path[0], last)
    if initial:
        dialog.members, dialog.proxies = (path[0], last), path[1:-1]
    peer = stage.cast[dialog.other(path[0], last)]
    invite = next((r for r in reversed(dialog.requests) if r.method == "INVITE" and r.path[0] == path[0]), None)
    stage.sent += 1
    request = Request(method, path, [], 0, number=stage.sent)
    if method in ("ACK", "CANCEL") and invite is not None:
        request.cseq = invite.cseq
        if method == "CANCEL" or invite.status >= 300:
            request.number = invite.number
    else:
        start = 100 if dialog.members[0] == path[0] else 200
        request.cseq = dialog.cseq[path[0]] = dialog.cseq.get(path[0], start) + 1
    explicit = next((v for n, v in given if n.lower() == "cseq"), "")
    if explicit and method not in ("ACK", "CANCEL"):
        request.cseq = int(explicit.split()[0])
        dialog.cseq[path[0]] = max(request.cseq, dialog.cseq.get(path[0], 0))
    no_tag = initial or method == "CANCEL"
    request.to_tag = "" if no_tag else dialog.tag(peer.name)
    headers: Headers = [
        ("Max-Forwards", "70"),
        ("From", f"<{me.aor}>;tag={dialog.tag(me.name)}"),
        ("To", f"<{peer.aor}>" + (f";tag={request.to_tag}" if request.to_tag else "")),
        ("Call-ID", dialog.call_id),
        ("CSeq", f"{request.cseq} {method}"),
    ]
    if not no_tag:
        routes = dialog.proxies if dialog.members[0] == path[0] else dialog.proxies[::-1]
        headers[0:0] = [("Route", stage.cast[p].route(stage.transport)) for p in routes]
    if method in _CONTACT:
        headers.append(("Contact", f"<{me.contact_uri(stage.transport)}>"))
    if method == "INVITE":
        headers += [("Allow", me.allow)] if me.allow else []
        headers += [("Supported", me.supported)] if me.supported else []
    if method == "INVITE" and body is None:
        body = me.sdp(len(dialog.requests))
    if body and method in ("INVITE", "UPDATE", "ACK", "PRACK"):
        headers.append(("Content-Type", "application/sdp"))
    if method == "NOTIFY":
        status = uri
        uri = ""
        final = not status.startswith("1")
        headers.append(("Event", "refer"))
        headers.append(("Subscription-State", "terminated;reason=noresource" if final else "active;expires=60"))
        if body is None and status:
            body = f"SIP/2.0 {status}\r\n"
        if body:
            headers.append(("Content-Type", "message/sipfrag;version=2.0"))
    target = uri or (f"sip:{peer.aor.removeprefix('sip:').partition('@')[0]}@{peer.hostport}" if no_tag else "")
    start_line = f"{method} {target or peer.contact_uri(stage.transport)} SIP/2.0"
    request.headers = override(headers, given, removed)
    dialog.requests.append(request)
    _send_request(stage, request, start_line, removed, body or "", seen, initial)


def _send_request(
    stage: Stage, request: Request, start_line: str, removed: set[str], body: str, seen: bool, initial: bool
) -> None:
    vias: list[str] = []
    headers = list(request.headers)
    stage.last_request = []
    for n, (source, destination) in enumerate(zip(request.path, request.path[1:], strict=False)):
        sender = stage.cast[source]
        branch = f"z9hG4bK{request.number}{source if request.path.index(source) == n else source + str(n)}"
        own = next((v for k, v in request.headers if k.lower() == "via"), None) if n == 0 else None
        vias = [own or f"SIP/2.0/{stage.transport.upper()} {sender.hostport};branch={branch}", *vias]
        request.vias.append(vias)
        headers = [h for h in headers if h[0].lower() != "via"]
        if n:
            headers = _forwarded(headers, sender, stage.transport, initial)
        wanted = [] if "via" in removed else [("Via", v) for v in vias]
        packet = _packet(stage, start_line, [*wanted, *headers], body, sender, stage.cast[destination], seen)
        stage.last_request.append(packet)
    request.record_route = [v for k, v in headers if k.lower() == "record-route"]


def _forwarded(headers: Headers, proxy: Party, transport: str, initial: bool) -> Headers:
    """What a proxy does to a request: one hop less, its own Route taken off, its Record-Route put on."""
    forwarded: Headers = []
    first_route = True
    for name, value in headers:
        if name.lower() == "route" and first_route:
            first_route = False
            if proxy.host in value:
                continue
        if name.lower() == "max-forwards" and value.isdigit():
            value = str(max(0, int(value) - 1))
        forwarded.append((name, value))
    return [("Record-Route", proxy.route(transport)), *forwarded] if initial else forwarded


def _respond(
    stage: Stage, dialog: Dialog, seen: bool, path: list[str], status: int,
    reason: str, given: Headers, removed: set[str], body: str | None,
) -> None:  # fmt: skip
    wanted = next((v.split() for n, v in given if n.lower() == "cseq"), [])
    request = next(
        (
            r for r in reversed(dialog.requests)
            if r.path[0] == path[-1] and path[0] in r.path[1:] and r.method != "ACK"
            and (not wanted or wanted == [str(r.cseq), r.method] or wanted == [r.method])
        ),
        None,
    )  # fmt: skip
    if request is None:
        raise ValueError("no request to answer")
    given = [g for g in given if g[0].lower() != "cseq"]
    me = stage.cast[path[0]]
    hop = max(n for n in range(len(request.vias)) if request.path[n + 1] == path[0])
    request.status = max(request.status, status)
    tag = request.to_tag or (dialog.tag(me.name) if status > 100 and request.method != "CANCEL" else "")
    headers: Headers = []
    for name, value in request.headers:
        if name.lower() in ("from", "call-id"):
            headers.append((name, value))
        elif name.lower() == "to":
            headers.append((name, value if ";tag=" in value or not tag else f"{value};tag={tag}"))
    headers.append(("CSeq", f"{request.cseq} {request.method}"))
    if 100 < status < 300 and request.method in _CONTACT:
        headers.append(("Contact", f"<{me.contact_uri(stage.transport)}>"))
        headers += [("Record-Route", r) for r in request.record_route]
    if request.method == "INVITE" and 200 <= status < 300:
        dialog.answered = True
        headers += [("Allow", me.allow)] if me.allow else []
        headers += [("Supported", me.supported)] if me.supported else []
        body = me.sdp(len(dialog.requests)) if body is None else body
    if body:
        headers.append(("Content-Type", "application/sdp"))
    headers = override(headers, given, removed)
    vias = list(request.vias[hop])
    for source, destination in itertools.pairwise(path):
        sender, receiver = stage.cast[source], stage.cast[destination]
        line = f"SIP/2.0 {status} {reason}"
        _packet(stage, line, [*[("Via", v) for v in vias], *headers], body or "", sender, receiver, seen)
        vias = vias[1:] or vias


def _packet(
    stage: Stage, line: str, headers: Headers, body: str, source: Party, destination: Party, seen: bool
) -> Packet:
    data = body.encode()
    lines = [line, *(f"{n}: {v}" for n, v in headers)]
    if not any(n.lower() == "content-length" for n, _ in headers):
        lines.append(f"Content-Length: {len(data)}")
    message = "\r\n".join(lines).encode() + b"\r\n\r\n" + data
    if not seen:
        return Packet(message, Frame(stage.input), source.endpoint, destination.endpoint, stage.transport)
    packet = Packet(message, stage.frame(), source.endpoint, destination.endpoint, stage.transport)
    stage.packets.append(packet)
    return packet


def _event(stage: Stage, word: str, rest: str) -> None:
    pair = re.match(r"(\w+)\s+([\w:]+)\s*->\s*([\w:]+)\s*(.*)", rest)
    setting = re.match(r"(\w+) (at|contact|aor|allow|supported)\b\s*(.*)", rest)
    if word == "transport":
        stage.transport = rest.split()[1]
    elif word == "log":
        stage.log.append(LogLine(rest[4:], stage.frame()))
    elif pair is not None and word in ("icmp", "tcp", "tls", "closed", "lost", "rtp"):
        one, other = (_endpoint(stage, pair[n]) for n in (2, 3))
        _between(stage, word, one, other, pair[4])
    elif setting is not None:
        party = stage.cast[setting[1]]
        if setting[2] == "at":
            host, _, port = setting[3].rpartition(":") if re.search(r":\d+$", setting[3]) else (setting[3], "", "")
            party.host, party.port = host.strip("[]"), int(port or 5060)
        else:
            setattr(party, setting[2], setting[3])
    else:
        raise ValueError("not a statement")


def _endpoint(stage: Stage, text: str) -> Endpoint:
    name, _, port = text.partition(":")
    party = stage.cast[name]
    return Endpoint(party.host, int(port) if port else party.port)


def _between(stage: Stage, word: str, one: Endpoint, other: Endpoint, words: str) -> None:
    options = dict(re.findall(r"(\w+)=(\S+)", words))
    if word == "icmp":
        about = next(
            (
                p
                for p in reversed(stage.packets)
                if (p.source, p.destination) == (other, one) and not p.data.startswith(b"SIP/2.0")
            ),
            None,
        )
        quoted = about.data if about else b""
        stage.unreachables.append(Unreachable(stage.frame(), one.host, other, one, stage.transport, words, quoted))
    elif word == "lost":
        stage.lost.append(Lost(stage.frame(), words, one, other))
    elif word == "rtp":
        ends = Endpoint(one.host, 40000), Endpoint(other.host, 40000)
        stage.media.append(MediaFlow(*ends, int(words or 100), stage.frame(), stage.frame()))
    elif word == "closed":
        _close(stage, one, other, options)
    else:
        state = words.split()[0] if words and "=" not in words.split()[0] else "established"
        opened = stage.frame()
        tls = _tls(stage, options) if word == "tls" else None
        client = Endpoint(one.host, int(options.get("port", 49152)))
        ended = {"client": True, "server": False}.get(options.get("closed", ""))
        stage.connections.append(
            Connection(
                client, other, opened, state, tls=tls, reset=state == "refused", syn_copies=int(options.get("copies", 1)),
                closed=stage.frame() if ended is not None else None, closed_by_client=ended,
            )
        )  # fmt: skip


def _close(stage: Stage, one: Endpoint, other: Endpoint, options: dict[str, str]) -> None:
    ends = ({one, other}, {Endpoint(one.host, one.port), Endpoint(other.host, other.port)})
    carried = [p for p in stage.packets if {p.source, p.destination} in ends]
    closed = stage.frame()
    stage.connections.append(
        Connection(
            one, other, carried[0].frame if carried else closed, "established",
            last_data=carried[-1].frame if carried else None, closed=closed,
            closed_by_client=options.get("by", "server") == "client", reset="reset" in options, messages=len(carried),
        )
    )  # fmt: skip


def _tls(stage: Stage, options: dict[str, str]) -> TlsSession:
    alert = options.get("alert")
    return TlsSession(
        version=options.get("version"),
        server_name=options.get("sni"),
        certificate_names=tuple(options["names"].split(",")) if "names" in options else (),
        certificate_expires=START + float(options["expires"]) if "expires" in options else None,
        established="established" in options,
        alert=alert,
        alert_by_client=options["by"] == "client" if "by" in options else None,
        alert_frame=stage.frame() if alert else None,
        client_flights=int(options.get("client", 2)),
        server_flights=int(options.get("server", 1)),
    )


def packets(text: str) -> Sequence[Packet]:
    return play(text).packets
