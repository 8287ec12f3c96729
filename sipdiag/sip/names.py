"""Names of header fields."""

from __future__ import annotations

from functools import lru_cache

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

# RFC 3261, 20, and the extensions that calls use (IANA registry "SIP Parameters: Header Fields"), in lower case.
_REGISTERED = """
    accept accept-contact accept-encoding accept-language alert-info allow allow-events answer-mode authorization
    call-id call-info contact content-disposition content-encoding content-id content-language content-length
    content-type cseq date diversion error-info event expires from geolocation history-info identity identity-info
    in-reply-to join max-breadth max-forwards mime-version min-expires min-se organization p-access-network-info
    p-asserted-identity p-called-party-id p-charging-vector p-early-media p-preferred-identity path priority privacy
    proxy-authenticate proxy-authorization proxy-require rack reason record-route recv-info refer-sub refer-to
    referred-by reject-contact remote-party-id replaces reply-to request-disposition require resource-priority
    retry-after route rseq server service-route session-expires session-id sip-etag sip-if-match subject
    subscription-state supported target-dialog timestamp to unsupported user-agent user-to-user via warning
    www-authenticate
"""
REGISTERED = frozenset(_REGISTERED.split())


@lru_cache(1024)
def canonical_name(name: str) -> str:
    """The full name of a header field in its usual spelling.

    >>> canonical_name("r"), canonical_name("cseq"), canonical_name("REFER-SUB"), canonical_name("x-my-header")
    ('Refer-To', 'CSeq', 'Refer-Sub', 'X-My-Header')
    """
    lower = name.lower()
    return _CANONICAL.get(lower) or "-".join([word.capitalize() for word in lower.split("-")])
