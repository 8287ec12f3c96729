"""Names of header fields, one header field as written, and the readers of structured values."""

from __future__ import annotations

from dataclasses import dataclass

from sipdiag.sip.fields import (
    CSeq,
    Event,
    Reason,
    SubscriptionState,
    TargetDialog,
    Via,
    Warn,
    parse_cseq,
    parse_event,
    parse_reason,
    parse_seconds,
    parse_subscription_state,
    parse_target_dialog,
    parse_via,
    parse_warning,
    plain_branch,
)
from sipdiag.sip.nameaddr import NameAddr, parse_name_addr, tag_of
from sipdiag.sip.params import read_params, split_list

__all__ = [
    "COMPACT_FORMS",
    "CSeq",
    "Event",
    "Header",
    "NameAddr",
    "Reason",
    "SubscriptionState",
    "TargetDialog",
    "Via",
    "Warn",
    "canonical_name",
    "parse_cseq",
    "parse_event",
    "parse_name_addr",
    "parse_reason",
    "parse_seconds",
    "parse_subscription_state",
    "parse_target_dialog",
    "parse_via",
    "parse_warning",
    "plain_branch",
    "read_params",
    "split_list",
    "tag_of",
]

# IANA registry "SIP Parameters: Header Fields", column "compact".
COMPACT_FORMS = {
    "a": "Accept-Contact",
    "b": "Referred-By",
    "c": "Content-Type",
    "d": "Request-Disposition",
    "e": "Content-Encoding",
    "f": "From",
    "i": "Call-ID",
    "j": "Reject-Contact",
    "k": "Supported",
    "l": "Content-Length",
    "m": "Contact",
    "n": "Identity-Info",
    "o": "Event",
    "r": "Refer-To",
    "s": "Subject",
    "t": "To",
    "u": "Allow-Events",
    "v": "Via",
    "x": "Session-Expires",
    "y": "Identity",
}
# Names whose usual spelling is not each word with a capital.
_SPELLED = [
    "AS-Feature-Event",
    "Call-ID",
    "Content-ID",
    "CSeq",
    "MIME-Version",
    "Min-SE",
    "RAck",
    "RSeq",
    "Session-ID",
    "SIP-ETag",
    "SIP-If-Match",
    "WWW-Authenticate",
    "X-Call-ID",
]
_CANONICAL = {name.lower(): name for name in _SPELLED} | COMPACT_FORMS
_CANONICAL |= {name.lower(): name for name in COMPACT_FORMS.values()}


def canonical_name(name: str) -> str:
    """The full name of a header field in its usual spelling.

    >>> canonical_name("r"), canonical_name("cseq"), canonical_name("REFER-SUB"), canonical_name("x-my-header")
    ('Refer-To', 'CSeq', 'Refer-Sub', 'X-My-Header')
    """
    lower = name.lower()
    return _CANONICAL.get(lower) or "-".join([word.capitalize() for word in lower.split("-")])


@dataclass(frozen=True, slots=True)
class Header:
    """One header field of a message.

    `name` is as written, `value` unfolded and decoded from UTF-8 (a byte that is none becomes U+FFFD). `line` counts
    from 1 in the message. `start` and `end` are the field's bytes without its last line end; the value's first byte is
    at `value_start`. `columns` is the number of characters before the value.
    """

    name: str
    canonical: str
    value: str
    line: int
    start: int
    value_start: int
    end: int

    @property
    def columns(self) -> int:
        return self.value_start - self.start
