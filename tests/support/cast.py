"""The parties of a scenario and the words they write into their messages."""

from __future__ import annotations

from dataclasses import dataclass, field

from sipdiag.raw import Endpoint

ALLOW = "INVITE, ACK, CANCEL, OPTIONS, BYE, REFER, NOTIFY, UPDATE, INFO"

# name: (address, user, domain); every other name gets an address of its own
_KNOWN = {
    "caller": ("198.51.100.10", "+15550100123", "carrier.example"),
    "agent": ("192.0.2.20", "+15550100171", "agent.example"),
    "target": ("203.0.113.30", "+15550100188", "carrier.example"),
    "proxy": ("198.51.100.5", "", "proxy.example"),
    "carrier": ("198.51.100.40", "", "carrier.example"),
}

Headers = list[tuple[str, str]]


@dataclass(slots=True)
class Party:
    """Someone who sends and receives. `contact` and `aor` are URIs; `allow` and `supported` header values."""

    name: str
    host: str
    port: int = 5060
    aor: str = ""
    contact: str = ""
    allow: str = ALLOW
    supported: str = "replaces, timer"

    @property
    def endpoint(self) -> Endpoint:
        return Endpoint(self.host, self.port)

    @property
    def hostport(self) -> str:
        return str(self.endpoint)

    def contact_uri(self, transport: str) -> str:
        if self.contact:
            return self.contact
        user = self.aor.removeprefix("sip:").partition("@")[0]
        return f"sip:{user + '@' if user else ''}{self.hostport}{_param(transport)}"

    def route(self, transport: str) -> str:
        return f"<sip:{self.hostport}{_param(transport)};lr>"

    def sdp(self, version: int) -> str:
        family = "IP6" if ":" in self.host else "IP4"
        return "\r\n".join(
            (
                "v=0",
                f"o=- 1000 {1000 + version} IN {family} {self.host}",
                "s=-",
                f"c=IN {family} {self.host}",
                "t=0 0",
                "m=audio 40000 RTP/AVP 0 8",
                "a=rtpmap:0 PCMU/8000",
                "a=rtpmap:8 PCMA/8000",
                "a=sendrecv",
                "",
            )
        )


@dataclass(slots=True)
class Cast:
    parties: dict[str, Party] = field(default_factory=dict)

    def __getitem__(self, name: str) -> Party:
        if name not in self.parties:
            host, user, domain = _KNOWN.get(name, (f"203.0.113.{100 + len(self.parties)}", name, "example.com"))
            self.parties[name] = Party(name, host, aor=f"sip:{user}@{domain}" if user else f"sip:{domain}")
        return self.parties[name]

    def at(self, host: str) -> Party | None:
        return next((p for p in self.parties.values() if p.host == host), None)


def _param(transport: str) -> str:
    return "" if transport == "udp" else f";transport={transport}"


def override(defaults: Headers, given: Headers, removed: set[str]) -> Headers:
    """Put given headers in place of the defaults of the same name; a name that is given twice is written twice."""
    written: Headers = []
    left = list(given)
    for name, value in defaults:
        if name.lower() in removed:
            continue
        mine = next((g for g in left if g[0].lower() == name.lower()), None)
        if mine is None and any(g[0].lower() == name.lower() for g in given):
            continue
        if mine is not None:
            left.remove(mine)
        written.append(mine or (name, value))
    return written + left
