"""Calls and transfers that go well in forms that are odd but legal, made at random from a seed, as scenarios.

told = successful_transfer(random.Random(7))      # the lines of a scenario
"""

from __future__ import annotations

from random import Random

HOLD = """
    -- v=0
    -- o=- 1000 1009 IN IP4 192.0.2.20
    -- s=-
    -- c=IN IP4 192.0.2.20
    -- t=0 0
    -- m=audio 40000 RTP/AVP 0 8
    -- a={direction}"""
TARGET = "sip:+15550100188@carrier.example"


class _Teller:
    """Tells one call. `path` leads from the caller's side to the agent's; `a` and `b` are its ends."""

    def __init__(self, random: Random) -> None:
        self.random = random
        self.lines: list[str] = []
        self.relay = random.random() < 0.25

    def say(self, *lines: str) -> None:
        self.lines += lines

    def chance(self, share: float) -> bool:
        return self.random.random() < share

    def way(self, one: str, other: str) -> str:
        return f"{one} -> proxy -> {other}" if self.relay else f"{one} -> {other}"

    def exchange(self, one: str, other: str, request: str, answer: str = "200 OK") -> None:
        method = request.partition(" ")[0]
        self.say(f"{self.way(one, other)} {request}", f"{self.way(other, one)} {answer}{_of(method)}")


def _of(method: str) -> str:
    return f"  CSeq: {method}"


def _network(t: _Teller) -> None:
    transport = t.random.choice(("udp", "udp", "tcp", "ws", "wss"))
    if transport != "udp":
        t.say(f"transport {transport}")
    if t.chance(0.2):
        t.say("caller at [2001:db8::10]:5060", "agent at [2001:db8::20]:5060", "target at [2001:db8::30]:5060")
        if t.relay:
            t.say("proxy at [2001:db8::5]:5060")


def _begin(t: _Teller, a: str, b: str) -> None:
    """The call from a to b, up to its ACK."""
    there, back = t.way(a, b), t.way(b, a)
    t.say(f"{there} INVITE")
    if t.chance(0.2):  # a client is told to identify itself, and does
        code = t.random.choice(("401 Unauthorized", "407 Proxy Authentication Required"))
        name = "WWW-Authenticate" if code.startswith("401") else "Proxy-Authenticate"
        answer = "Authorization" if code.startswith("401") else "Proxy-Authorization"
        t.say(f'{back} {code}  {name}: Digest realm="x", nonce="n1"', f"{there} ACK")
        t.say(f'{there} INVITE  {answer}: Digest username="u", realm="x", nonce="n1", uri="sip:x", response="0"')
    t.say(f"{back} 100 Trying")
    for _ in range(t.random.choice((0, 1, 1, 2, 6))):
        t.say(f"+0.7s {back} {t.random.choice(('180 Ringing', '183 Session Progress', '181 Forwarded', '182 Queued'))}")
    if t.chance(0.2):
        t.say(f"{back} 183 Session Progress  Require: 100rel | RSeq: 1")
        t.exchange(a, b, "PRACK  RAck: 1 101 INVITE")
    t.say(f"+1s {back} 200 OK  CSeq: INVITE", f"{there} ACK", "+2s")


def _talk(t: _Teller, ends: tuple[str, str]) -> None:
    """What happens in a call that stands and changes nothing."""
    for _ in range(t.random.choice((0, 0, 1, 1, 2, 3))):
        one, other = t.random.sample(ends, 2)
        kind = t.random.choice(("hold", "refresh", "update", "info", "options", "glare", "timer", "keep"))
        if kind == "hold":
            t.exchange(one, other, "INVITE" + HOLD.format(direction=t.random.choice(("sendonly", "inactive"))))
            t.say(f"{t.way(one, other)} ACK", "+1s")
        elif kind in ("refresh", "timer"):
            more = "  Session-Expires: 1800;refresher=uac | Require: timer" if kind == "timer" else ""
            t.exchange(one, other, "INVITE" + more)
            t.say(f"{t.way(one, other)} ACK", "+1s")
        elif kind == "glare":
            t.exchange(one, other, "INVITE", "491 Request Pending")
            t.say(f"{t.way(one, other)} ACK", "+2.5s")
            t.exchange(one, other, "INVITE")
            t.say(f"{t.way(one, other)} ACK", "+1s")
        elif kind == "update":
            t.exchange(one, other, "UPDATE")
        elif kind == "info":
            t.exchange(
                one,
                other,
                "INFO  Content-Type: application/dtmf-relay",
                t.random.choice(("200 OK", "415 Unsupported Media Type")),
            )
        elif kind == "options":
            t.exchange(one, other, "OPTIONS")
        else:
            t.say("+30s")


def _strangers(t: _Teller) -> None:
    """Traffic of others, which has nothing to do with the call."""
    if t.chance(0.2):
        t.say("legx: visitor -> proxy REGISTER", "legx: proxy -> visitor 401 Unauthorized")
    if t.chance(0.2):
        t.say("legy: visitor -> friend INVITE", "legy: friend -> visitor 404 Not Found", "legy: visitor -> friend ACK")
    if t.chance(0.2):  # an attempt that its caller gave up, before the call
        t.say("legz: caller -> agent INVITE", "legz: agent -> caller 180 Ringing", "legz: +2s caller -> agent CANCEL")
        t.say(
            "legz: agent -> caller 200 OK  CSeq: CANCEL", "legz: agent -> caller 487 Request Terminated  CSeq: INVITE"
        )
        t.say("legz: caller -> agent ACK", "+8s")


def _hang_up(t: _Teller, ends: tuple[str, str]) -> None:
    one, other = t.random.sample(ends, 2)
    t.exchange(one, other, "BYE", t.random.choice(("200 OK", "200 OK", "481 Call Does Not Exist")))


def healthy_call(random: Random) -> list[str]:
    """A call in which nothing is transferred: answered, cancelled, refused, or never answered."""
    t = _Teller(random)
    _network(t)
    a, b = random.sample(("caller", "agent"), 2)
    fate = random.choice(("answered", "answered", "answered", "cancelled", "refused", "several"))
    if fate == "cancelled":
        t.say(f"{t.way(a, b)} INVITE", f"{t.way(b, a)} 180 Ringing", f"+3s {t.way(a, b)} CANCEL")
        t.say(
            f"{t.way(b, a)} 200 OK  CSeq: CANCEL",
            f"{t.way(b, a)} 487 Request Terminated  CSeq: INVITE",
            f"{t.way(a, b)} ACK",
        )
        return t.lines
    if fate == "refused":
        code = random.choice(
            ("486 Busy Here", "603 Decline", "404 Not Found", "503 Service Unavailable", "480 Unavailable")
        )
        t.say(f"{t.way(a, b)} INVITE", f"{t.way(b, a)} {code}", f"{t.way(a, b)} ACK")
        return t.lines
    _strangers(t)
    _begin(t, a, b)
    _talk(t, (a, b))
    _hang_up(t, (a, b))
    if fate == "several":
        t.say(f"+5s legb: {t.way(a, b)} INVITE", f"legb: {t.way(b, a)} 486 Busy Here", f"legb: {t.way(a, b)} ACK")
        t.say(f"+5s legc: call {t.way(b, a)}", f"+9s legc: {t.way(a, b)} BYE", f"legc: {t.way(b, a)} 200 OK")
    return t.lines


def successful_transfer(random: Random) -> list[str]:
    """A blind transfer by REFER that reaches its target, with the new leg captured or not."""
    t = _Teller(random)
    _network(t)
    a, b = random.sample(("caller", "agent"), 2)
    one, other = random.sample(("caller", "agent"), 2)  # transferor and transferee
    _strangers(t)
    _begin(t, a, b)
    _talk(t, (a, b))
    silent = t.chance(0.15)  # norefersub: nobody reports
    visible = t.chance(0.5) or silent
    accepted, event = _refer(t, one, other, silent)
    target = _Target(t, other, one) if visible else None
    early = not silent and t.chance(0.2)
    bye_first = not silent and t.chance(0.15)
    overtakes = not silent and not early and t.chance(0.1)
    if overtakes:
        t.say(
            f"{t.way(other, one)} NOTIFY 100 Trying{event}", refer_answer(t, other, one, accepted), _ok(t, one, other)
        )
    else:
        t.say(refer_answer(t, other, one, accepted))
    if bye_first:
        t.exchange(one, other, "BYE")
    if not silent and not early and not overtakes and t.chance(0.8):
        _notify(t, other, one, "100 Trying", event)
    if early:
        _notify(t, other, one, "200 OK", event)
    if target is not None:
        target.ring()
        if not silent and not early:
            for _ in range(random.choice((0, 1, 1, 3))):
                _notify(t, other, one, random.choice(("180 Ringing", "183 Session Progress")), event)
        target.answer()
    elif not early:
        t.say(f"+{random.choice((1.5, 4, 12))}s")
    if not silent and not early:
        _notify(t, other, one, "200 OK", event)
    if not bye_first and t.chance(0.1):  # both hang up at once
        t.say(f"{t.way(one, other)} BYE", f"{t.way(other, one)} BYE", f"{t.way(one, other)} 200 OK  CSeq: BYE")
        t.say(f"{t.way(other, one)} 481 Call Does Not Exist  CSeq: BYE")
    elif not bye_first:
        who = (one, other) if t.chance(0.7) else (other, one)
        t.exchange(*who, "BYE", random.choice(("200 OK", "200 OK", "200 OK", "481 Call Does Not Exist")))
    if target is not None:
        target.end()
    t.say(f"+{random.choice((0, 2, 40))}s")
    return t.lines


def refer_answer(t: _Teller, other: str, one: str, accepted: str) -> str:
    return f"{t.way(other, one)} {accepted}"


def _ok(t: _Teller, one: str, other: str) -> str:
    return f"{t.way(one, other)} 200 OK  CSeq: NOTIFY"


def _notify(t: _Teller, sender: str, receiver: str, status: str, event: str) -> None:
    t.say(f"{t.way(sender, receiver)} NOTIFY {status}{event}")
    if t.chance(0.1):
        t.say("+0.5s again")
    t.say(_ok(t, receiver, sender))


def _refer(t: _Teller, one: str, other: str, silent: bool) -> tuple[str, str]:
    """Send the REFER; what it is answered with, and the headers that its NOTIFYs bear."""
    headers = [f"Refer-To: {t.random.choice((f'<{TARGET}>', f'Desk <{TARGET}>', f'<{TARGET};user=phone>'))}"]
    if t.chance(0.6):
        headers.append(
            "Referred-By: <sip:+15550100171@agent.example>"
            if one == "agent"
            else "Referred-By: <sip:+15550100123@carrier.example>"
        )
    if silent:
        headers += ["Refer-Sub: false", "Supported: norefersub"]
    refer = f"{t.way(one, other)} REFER  {' | '.join(headers)}"
    if t.chance(0.2):
        t.say(
            refer,
            f'{t.way(other, one)} 407 Proxy Authentication Required  Proxy-Authenticate: Digest realm="x", nonce="n2"',
        )
        headers.append('Proxy-Authorization: Digest username="u", realm="x", nonce="n2", uri="sip:x", response="0"')
        refer = f"{t.way(one, other)} REFER  {' | '.join(headers)}"
    if t.chance(0.1):  # it crosses a re-INVITE, and is sent again
        t.say(refer, f"{t.way(other, one)} 491 Request Pending", "+2.5s")
    cseq = ""
    if t.chance(0.3):
        cseq = "777"
        refer += " | CSeq: 777 REFER"
    t.say(refer)
    if t.chance(0.15):
        t.say("+0.5s again")
    code = t.random.choice(("202 Accepted", "202 Accepted", "200 OK"))
    accepted = f"{code}  CSeq: REFER" + (" | Refer-Sub: false" if silent else "")
    return accepted, "  Event: refer;id=777" if cseq and t.chance(0.6) else ""


class _Target:
    """The new call from the transferee to the target."""

    def __init__(self, t: _Teller, transferee: str, transferor: str) -> None:
        self.t, self.one = t, transferee
        self.aor = "sip:+15550100171@agent.example" if transferor == "agent" else "sip:+15550100123@carrier.example"

    def ring(self) -> None:
        t, one = self.t, self.one
        by = f"  Referred-By: <{self.aor}>" if t.chance(0.7) else ""
        if by and t.chance(0.2):  # the first desk is busy
            t.say(
                f"leg8: {one} -> desk INVITE {TARGET}{by}",
                f"leg8: desk -> {one} 486 Busy Here",
                f"leg8: {one} -> desk ACK",
            )
        t.say(f"leg2: {one} -> target INVITE {TARGET}{by}")
        if t.chance(0.15):
            challenge = 'Proxy-Authenticate: Digest realm="y", nonce="n3"'
            t.say(f"leg2: target -> {one} 407 Proxy Authentication Required  {challenge}")
            t.say(f"leg2: {one} -> target ACK")
            more = 'Proxy-Authorization: Digest username="u", realm="y", nonce="n3", uri="sip:x", response="0"'
            t.say(f"leg2: {one} -> target INVITE {TARGET}{by + ' | ' if by else '  '}{more}")
        t.say(f"leg2: target -> {one} 100 Trying")
        for _ in range(t.random.choice((0, 1, 1, 8))):
            t.say(f"+0.8s leg2: target -> {one} {t.random.choice(('180 Ringing', '183 Session Progress'))}")

    def answer(self) -> None:
        t, one = self.t, self.one
        t.say(
            f"+{t.random.choice((0.1, 2, 9))}s leg2: target -> {one} 200 OK  CSeq: INVITE", f"leg2: {one} -> target ACK"
        )

    def end(self) -> None:
        t, one = self.t, self.one
        if t.chance(0.3):
            pair = t.random.sample((one, "target"), 2)
            t.say(f"+1s leg2: {pair[0]} -> {pair[1]} INVITE", f"leg2: {pair[1]} -> {pair[0]} 200 OK  CSeq: INVITE")
            t.say(f"leg2: {pair[0]} -> {pair[1]} ACK")
        if t.chance(0.6):
            pair = t.random.sample((one, "target"), 2)
            t.say(
                f"+{t.random.choice((3, 30))}s leg2: {pair[0]} -> {pair[1]} BYE",
                f"leg2: {pair[1]} -> {pair[0]} 200 OK  CSeq: BYE",
            )
