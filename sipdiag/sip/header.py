"""One header field as written, and the readers of structured values."""

from __future__ import annotations

from sipdiag.dataclass import dataclass
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
    "CSeq",
    "Event",
    "Header",
    "NameAddr",
    "Reason",
    "SubscriptionState",
    "TargetDialog",
    "Via",
    "Warn",
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
