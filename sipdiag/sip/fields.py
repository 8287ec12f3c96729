"""Header fields with a structure of their own: Via, CSeq, Event, Subscription-State, Reason, Warning, Target-Dialog."""

from __future__ import annotations

import re

from sipdiag.dataclass import dataclass
from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.params import QUOTED, Faults, Params, param, read_params, unquote_pairs

MAGIC_COOKIE = "z9hG4bK"


@dataclass(frozen=True, slots=True)
class Via:
    """One hop back (RFC 3261 20.42). `transport` is in upper case as is usual there; `rport` is None without value."""

    transport: str
    host: str
    port: int | None
    params: Params = ()
    errors: Faults = ()

    @property
    def branch(self) -> str | None:
        return param(self.params, "branch") or None

    @property
    def received(self) -> str | None:
        return param(self.params, "received") or None

    @property
    def rport(self) -> int | None:
        return _small(param(self.params, "rport"), 65535)

    @property
    def asks_rport(self) -> bool:
        """Whether `rport` stands there at all, with or without value (RFC 3581)."""
        return param(self.params, "rport") is not None

    @property
    def is_rfc3261(self) -> bool:
        """Whether the branch identifies the transaction: the magic cookie and something after it (RFC 3261 8.1.1.7)."""
        branch = self.branch or ""
        return branch.startswith(MAGIC_COOKIE) and len(branch) > len(MAGIC_COOKIE)


@dataclass(frozen=True, slots=True)
class CSeq:
    number: int
    method: str


@dataclass(frozen=True, slots=True)
class Event:
    """An event package in lower case and its `id` (RFC 6665 8.2.1)."""

    package: str
    id: str | None
    params: Params = ()


@dataclass(frozen=True, slots=True)
class SubscriptionState:
    """`state` and `reason` in lower case, `expires` in seconds (RFC 6665 8.2.3)."""

    state: str
    reason: str | None
    expires: int | None
    params: Params = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a request was sent (RFC 3326): `cause` is a SIP status or a Q.850 cause, as `protocol` tells."""

    protocol: str
    cause: int | None
    text: str | None


@dataclass(frozen=True, slots=True)
class Warn:
    """One Warning (RFC 3261 20.43). `code` is None where it is not three digits."""

    code: int | None
    agent: str
    text: str


@dataclass(frozen=True, slots=True)
class TargetDialog:
    """The dialog that a request outside of it belongs to, seen by its sender's peer (RFC 4538)."""

    call_id: str
    local_tag: str | None
    remote_tag: str | None


# via-parm = sent-protocol LWS sent-by *( SEMI via-params )
# sent-protocol = protocol-name SLASH protocol-version SLASH transport;  sent-by = host [ COLON port ]
_VIA = re.compile(
    r"\s*([^\s/;]+)\s*/\s*([^\s/;]+)\s*/\s*([^\s;]+)\s+(\[[0-9A-Fa-f:.%]+\]|[^\s;:,\[\]]+)(?:\s*:\s*([0-9]+))?\s*(?=;|\Z)"
)
# CSeq = 1*DIGIT LWS Method
_CSEQ = re.compile(r"([0-9]+)\s+(\S+)")
# The methods of RFC 3261, 3262, 3265, 3311, 3428, 3515, 3903 and 6086.
_METHODS = frozenset(
    {
        "ACK",
        "BYE",
        "CANCEL",
        "INFO",
        "INVITE",
        "MESSAGE",
        "NOTIFY",
        "OPTIONS",
        "PRACK",
        "PUBLISH",
        "REFER",
        "REGISTER",
        "SUBSCRIBE",
        "UPDATE",
    }
)
# warning-value = warn-code SP warn-agent SP warn-text;  warn-text = quoted-string
# Gateways leave the quotes out; the text then goes on to the end.
_WARNING = re.compile(r"(\S+)\s+(\S+)\s*(.*)", re.DOTALL)
_SEPARATED = re.compile(r"[^;\s]*")


def parse_via(value: str) -> Via | SipSyntaxError:
    """Read one Via value, or say what stops it from being one.

    >>> parse_via("SIP / 2.0 / TCP spindle.example.com:5061 ; branch = z9hG4bK9")
    Via(transport='TCP', host='spindle.example.com', port=5061, params=(('branch', 'z9hG4bK9'),), errors=())
    """
    match = _VIA.match(value)
    if match is None:
        return SipSyntaxError("expected 'SIP/2.0/<transport> <host>'", 1)
    name, version, transport, host, digits = match.groups()
    errors = []
    if name.upper() != "SIP" or version != "2.0":
        errors.append(SipSyntaxError(f"protocol {name[:20]}/{version[:20]} is not SIP/2.0", match.start(1) + 1))
    port = _small(digits, 65535)
    if digits is not None and not port:
        errors.append(SipSyntaxError(f"{digits[:12]!r} is not a port", match.start(5) + 1))
    params, faults = read_params(value, match.end())
    via = Via(transport.upper(), host.strip("[]"), port or None, params, (*errors, *faults))
    if via.branch == MAGIC_COOKIE:
        fault = SipSyntaxError("the branch is the magic cookie alone and identifies no transaction", None)
        return Via(via.transport, via.host, via.port, params, (*via.errors, fault))
    return via


# A Via that begins as most do, up to its branch.
_PLAIN_BRANCH = re.compile(
    r"SIP/2\.0/[A-Za-z]+ (?:[^\s;:,\[\]\"<>]+|\[[0-9A-Fa-f:.]+\])(?::[0-9]{1,5})?(?:;(?!(?i:branch))[A-Za-z-]+(?:=[^;,\"\s]*)?)*;branch=([^;,\"\s]+)(?=[;,]|\Z)"
)


def plain_branch(value: str | None) -> str | None:
    """The branch of the first Via in a header field, if nothing before it needs a closer look (then read all of it).

    >>> plain_branch("SIP/2.0/TCP h:5061;rport;branch=z9hG4bK9;received=192.0.2.1, SIP/2.0/UDP i;branch=z9hG4bK8")
    'z9hG4bK9'
    """
    match = _PLAIN_BRANCH.match(value) if value is not None else None
    return match[1] if match is not None else None


def parse_cseq(value: str) -> tuple[CSeq | None, Faults]:
    """Read a CSeq. Numbers of 2**31 and above are faults (RFC 3261 8.1.1.5), and kept as long as 32 bits hold them.

    Methods are case-sensitive (RFC 3261 7.1), yet no method differs from another by case alone: a known one in small
    letters is that one, or neither the request nor its answers would be seen.

    >>> parse_cseq("0009  INVITE")
    (CSeq(number=9, method='INVITE'), ())
    """
    match = _CSEQ.fullmatch(value.strip())
    if match is None:
        return None, (SipSyntaxError("expected '<number> <METHOD>'", 1),)
    method = match[2].upper() if match[2].upper() in _METHODS else match[2]
    number = _small(match[1], 2**32 - 1)
    if number is None or number >= 2**31:
        fault = SipSyntaxError("the CSeq number is not below 2**31", 1)
        return (None if number is None else CSeq(number, method)), (fault,)
    return CSeq(number, method), ()


def parse_event(value: str) -> Event | None:
    """
    >>> parse_event("refer;id=93809824")
    Event(package='refer', id='93809824', params=(('id', '93809824'),))
    """
    word, params = _word_and_params(value)
    return Event(word.lower(), param(params, "id") or None, params) if word else None


def parse_subscription_state(value: str) -> SubscriptionState | None:
    """
    >>> parse_subscription_state("terminated;reason=noresource").reason
    'noresource'
    """
    word, params = _word_and_params(value)
    if not word:
        return None
    reason = param(params, "reason")
    return SubscriptionState(
        word.lower(), reason.lower() if reason else None, parse_seconds(param(params, "expires")), params
    )


def parse_reason(value: str) -> Reason | None:
    """
    >>> parse_reason('Q.850 ;cause=16 ;text="Terminated"')
    Reason(protocol='Q.850', cause=16, text='Terminated')
    """
    word, params = _word_and_params(value)
    return Reason(word, _small(param(params, "cause"), 99999), param(params, "text")) if word else None


def parse_warning(value: str) -> Warn | None:
    """
    >>> parse_warning('370 devnull "Choose a bigger pipe"')
    Warn(code=370, agent='devnull', text='Choose a bigger pipe')
    """
    match = _WARNING.fullmatch(value.strip())
    if match is None:
        return None
    quoted = QUOTED.match(match[3])
    code = int(match[1]) if re.fullmatch(r"[1-9][0-9]{2}", match[1]) else None
    return Warn(code, match[2], unquote_pairs(quoted[1]) if quoted else match[3])


def parse_target_dialog(value: str) -> TargetDialog | None:
    word, params = _word_and_params(value)
    if not word:
        return None
    return TargetDialog(word, param(params, "local-tag") or None, param(params, "remote-tag") or None)


def parse_seconds(value: str | None) -> int | None:
    """delta-seconds = 1*DIGIT, with a comment or parameters behind; None where it is absent or above 2**32-1.

    >>> parse_seconds("18000;duration=3600"), parse_seconds("120 (I'm in a meeting)"), parse_seconds("soon")
    (18000, 120, None)
    """
    match = re.match(r"\s*([0-9]+)\s*(?=[;(,]|\Z)", value or "")
    return _small(match[1], 2**32 - 1) if match else None


def _word_and_params(value: str) -> tuple[str, Params]:
    value = value.strip()
    match = _SEPARATED.match(value)
    end = match.end() if match else 0
    return value[:end], read_params(value, end)[0]


def _small(digits: str | None, most: int) -> int | None:
    """A number up to `most`; None for everything else. The length is looked at first: int() is not linear."""
    if not digits or len(digits) > 40 or not re.fullmatch("[0-9]+", digits):
        return None
    number = int(digits)
    return number if number <= most else None
