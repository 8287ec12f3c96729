"""Names of header fields."""

from __future__ import annotations

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
