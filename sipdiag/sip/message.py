"""SIP messages (RFC 3261 7): split at once where somebody asks, typed value by value, never raising."""

from __future__ import annotations

from functools import lru_cache

from sipdiag.cached import cached_property
from sipdiag.dataclass import dataclass
from sipdiag.sip import header as h
from sipdiag.sip.body import body_part, find_body
from sipdiag.sip.errors import SipSyntaxError
from sipdiag.sip.header import CSeq, Event, Header, NameAddr, Reason, SubscriptionState, TargetDialog, Via, Warn
from sipdiag.sip.names import canonical_name
from sipdiag.sip.refer import ReferTo, Replaces, Sipfrag, parse_refer_to, parse_replaces, parse_sipfrag
from sipdiag.sip.sdp import Sdp, parse_sdp
from sipdiag.sip.split import Head, StartLine, split_head
from sipdiag.sip.uri import Uri

_SHORT = 8192  # octets of usual messages; of longer ones few are remembered


@lru_cache(maxsize=2048)
def _recent(data: bytes) -> Message:
    return Message(data)


@lru_cache(maxsize=64)
def _recent_long(data: bytes) -> Message:
    return Message(data)


@lru_cache(maxsize=1024)
def cseq_of(value: str) -> CSeq | None:
    """As `header.parse_cseq`, without what is wrong with it."""
    return h.parse_cseq(value)[0]  # a handful of them numbers the requests of all calls


def recent_message(data: bytes) -> Message:
    """As `parse_message`, and what was read of the message is remembered for a while.

    What is read is several times as large as the message: who keeps many messages keeps their octets, and asks here.
    """
    return _recent(data) if len(data) <= _SHORT else _recent_long(data)


def parse_message(data: bytes) -> Message:
    r"""Read one message. Never raises: what breaks the grammar stays in the message's `errors`.

    >>> m = parse_message(b"REFER sip:b@h SIP/2.0\r\ni: 1@h\r\nCSeq: 7 REFER\r\nr: <sip:c@h>\r\n\r\n")
    >>> m.method, m.call_id, m.cseq, m.refer_to.uri.user
    ('REFER', '1@h', CSeq(number=7, method='REFER'), 'c')
    """
    return Message(data)


@dataclass(frozen=True)
class Message:
    """One message, as `data` has it. Every other value is read when it is first asked for, and kept.

    A single-valued header that stands there twice is read where it stands first. Absent headers read None, or an
    empty tuple where there may be several.
    """

    data: bytes

    @cached_property
    def _head(self) -> Head:
        return split_head(self.data)

    @property
    def _first(self) -> StartLine:
        return self._head.first

    # The start line

    @property
    def start_line(self) -> str:
        return self._head.start_line

    @property
    def is_request(self) -> bool:
        return self._first.method is not None

    @property
    def is_response(self) -> bool:
        return self._first.status is not None

    @property
    def method(self) -> str | None:
        return self._first.method

    @property
    def uri_text(self) -> str | None:
        """The Request-URI as written."""
        return self._first.uri_text

    @cached_property
    def uri(self) -> Uri | None:
        return self._head.request_uri[0]

    @property
    def status(self) -> int | None:
        return self._first.status

    @property
    def reason(self) -> str | None:
        return self._first.reason

    # Header fields as text

    @property
    def headers(self) -> tuple[Header, ...]:
        return self._head.headers

    def header(self, name: str) -> Header | None:
        """The first header field of a name."""
        found = self._head.fields(canonical_name(name))
        return found[0] if found else None

    def get(self, name: str) -> str | None:
        """The value of the first header field of a name."""
        return self._head.first_value(canonical_name(name))

    def all(self, name: str) -> tuple[str, ...]:
        """The value of each header field of a name, as its line has it."""
        return self._head.values(canonical_name(name))

    def values(self, name: str) -> tuple[str, ...]:
        """The elements of all header fields of a name that is a comma list; empty elements are left out."""
        return tuple([piece for value in self.all(name) for _, piece in h.split_list(value) if piece])

    # Header fields as values

    @cached_property
    def call_id(self) -> str | None:
        return self._head.first_value("Call-ID") or None

    @cached_property
    def cseq(self) -> CSeq | None:
        value = self._head.first_value("CSeq")
        return None if value is None else cseq_of(value)

    @cached_property
    def from_(self) -> NameAddr | None:
        return self._address("From")

    @cached_property
    def to(self) -> NameAddr | None:
        return self._address("To")

    @cached_property
    def from_tag(self) -> str | None:
        return h.tag_of(self._head.first_value("From"))

    @cached_property
    def to_tag(self) -> str | None:
        return h.tag_of(self._head.first_value("To"))

    @cached_property
    def contacts(self) -> tuple[NameAddr, ...]:
        return self._addresses("Contact")

    @property
    def contact(self) -> NameAddr | None:
        return self.contacts[0] if self.contacts else None

    @cached_property
    def vias(self) -> tuple[Via, ...]:
        read = (h.parse_via(v) for v in self.values("Via"))
        return tuple(via for via in read if isinstance(via, Via))

    @cached_property
    def branch(self) -> str | None:
        """The branch of the topmost Via."""
        plain = h.plain_branch(self._head.first_value("Via"))
        if plain is not None:
            return plain
        return self.vias[0].branch if self.vias else None

    @cached_property
    def routes(self) -> tuple[NameAddr, ...]:
        return self._addresses("Route")

    @cached_property
    def record_routes(self) -> tuple[NameAddr, ...]:
        return self._addresses("Record-Route")

    @cached_property
    def allow(self) -> frozenset[str] | None:
        """The methods of Allow, in upper case; None where there is no Allow. An empty Allow allows nothing."""
        return frozenset(v.upper() for v in self.values("Allow")) if self.get("Allow") is not None else None

    @cached_property
    def allow_events(self) -> frozenset[str] | None:
        return self._tokens("Allow-Events") if self.get("Allow-Events") is not None else None

    @cached_property
    def supported(self) -> frozenset[str] | None:
        """The option tags of Supported, in lower case; None where there is no Supported."""
        return self._tokens("Supported") if self.get("Supported") is not None else None

    @cached_property
    def require(self) -> frozenset[str]:
        return self._tokens("Require")

    @cached_property
    def unsupported(self) -> frozenset[str]:
        return self._tokens("Unsupported")

    @cached_property
    def event(self) -> Event | None:
        value = self.get("Event")
        return h.parse_event(value) if value else None

    @cached_property
    def subscription_state(self) -> SubscriptionState | None:
        value = self.get("Subscription-State")
        return h.parse_subscription_state(value) if value else None

    @cached_property
    def refer_tos(self) -> tuple[ReferTo, ...]:
        """Each Refer-To line: more than one, or none in a REFER, is a fault (RFC 3515 2.4.1)."""
        return tuple(parse_refer_to(v).as_sent() for v in self.all("Refer-To"))

    @property
    def refer_to(self) -> ReferTo | None:
        return self.refer_tos[0] if self.refer_tos else None

    @cached_property
    def referred_by(self) -> NameAddr | None:
        return self._address("Referred-By")

    @cached_property
    def replaces(self) -> Replaces | None:
        value = self.get("Replaces")
        return parse_replaces(value) if value else None

    @cached_property
    def target_dialog(self) -> TargetDialog | None:
        value = self.get("Target-Dialog")
        return h.parse_target_dialog(value) if value else None

    @cached_property
    def refer_sub(self) -> bool | None:
        """Refer-Sub (RFC 4488 4): False where no subscription is wanted or granted; None where it says neither."""
        word = (self.get("Refer-Sub") or "").partition(";")[0].strip().lower()
        return {"true": True, "false": False}.get(word)

    @cached_property
    def max_forwards(self) -> int | None:
        return h.parse_seconds(self.get("Max-Forwards"))

    @cached_property
    def expires(self) -> int | None:
        """Expires, in seconds."""
        return h.parse_seconds(self.get("Expires"))

    @cached_property
    def retry_after(self) -> int | None:
        """Retry-After, in seconds."""
        return h.parse_seconds(self.get("Retry-After"))

    @cached_property
    def content_length(self) -> int | None:
        return h.parse_seconds(self.get("Content-Length"))

    @cached_property
    def reasons(self) -> tuple[Reason, ...]:
        return tuple(r for v in self.values("Reason") if (r := h.parse_reason(v)) is not None)

    @cached_property
    def warnings(self) -> tuple[Warn, ...]:
        return tuple(w for v in self.values("Warning") if (w := h.parse_warning(v)) is not None)

    @property
    def user_agent(self) -> str | None:
        """User-Agent, else Server."""
        return self.get("User-Agent") or self.get("Server") or None

    @cached_property
    def content_type(self) -> str | None:
        """The media type in lower case, without parameters."""
        return (self.get("Content-Type") or "").partition(";")[0].replace(" ", "").lower() or None

    # The body

    @cached_property
    def body(self) -> bytes:
        """The body, as Content-Length ends it where that can be believed (see `body.find_body`)."""
        start = self._head.body_start
        return find_body(self.data, start, self.content_length if len(self.all("Content-Length")) == 1 else None)

    @property
    def _ends_with_headers(self) -> bool:
        """Whether the first empty line is plainly the end: most messages have no body, and all are asked for one."""
        data, last = self.data, len(self.data) - 3
        return data.find(b"\n\r\n") == last and data.endswith(b"\r\n\r\n") and b"\n\n" not in data

    @property
    def trailing(self) -> bytes:
        """What stands after the body; over UDP it is to be thrown away (RFC 3261 18.3)."""
        return self.data[self._head.body_start + len(self.body) :]

    def part(self, content_type: str) -> bytes | None:
        """The body, or the first part of a multipart body, that has a media type."""
        return body_part(self.body, self.get("Content-Type") or "", content_type)

    @cached_property
    def sdp(self) -> Sdp | None:
        found = None if self._ends_with_headers else self.part("application/sdp")
        return parse_sdp(found) if found else None

    @cached_property
    def sipfrag(self) -> Sipfrag | None:
        """The status that a NOTIFY reports. A body without Content-Type is read too; whether there is one is told by
        `content_type`."""
        found = self.part("message/sipfrag") if self.content_type else self.body
        return parse_sipfrag(found) if found else None

    # What breaks the grammar

    @cached_property
    def errors(self) -> tuple[SipSyntaxError, ...]:
        """Everything in the message that breaks the grammar of RFC 3261, in the order of its lines."""
        from sipdiag.sip.judge import judge  # it reads messages, so it stands above this module

        return judge(self)

    def _address(self, name: str) -> NameAddr | None:
        value = self.get(name)
        return None if value is None else h.parse_name_addr(value)

    def _addresses(self, name: str) -> tuple[NameAddr, ...]:
        return tuple(h.parse_name_addr(v) for v in self.values(name))

    def _tokens(self, name: str) -> frozenset[str]:
        return frozenset(v.lower() for v in self.values(name))

    def __repr__(self) -> str:
        return f"<Message {self.start_line[:60]!r}, {len(self.data)} bytes>"
