"""How platforms word that a transfer request led to no REFER. Their words are asked only where none was seen.

Each wording covers the phrases of several stacks, and is shared by the checks of logs and of records. One that is denied
("not closed", "no error"), or that speaks of something else than signalling, says nothing.
"""

from __future__ import annotations

import re

from sipdiag.dataclass import dataclass
from sipdiag.patterns import pattern

_CLAUSE = pattern(r"[;\n]|[,.](?=\s)|\b(?:but|although|though)\b", re.IGNORECASE)
# What denies the words behind it; "not trusted", "not a valid URI", "could not" and their kin are faults themselves.
_DENIED = pattern(
    r"\b(?:never|without|no|zero)\b|(?<![\w.:])0\s|\b(?:not|\w+n't)\b(?!\s+(?:\w+\s+)?(?:trusted|valid|found|available|supported|a|be|open\w*"
    r"|create|connect|parse|establish|resolve|reach\w*|set up|make|build)\b)",
    re.IGNORECASE,
)
# Where all went well after all, or a value is told.
_WELL = pattern(
    r"\b(?:succe(?:ss\w*|eded)|normally|gracefully|cleanly|passed|recovered|restored|set to|defaults? to|0 times)\b",
    re.IGNORECASE,
)
# What has connections of its own beside signalling.
_ELSE = pattern(
    r"\b(?:captions?|audio|video|media|s?rtp|transcri\w+|tts|stt|asr|llm|database|redis|postgres\w*|mysql)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Wording:
    """Words that say one thing. `denials` tells whether a denial takes it away; where it is one itself, it does not.

    With `signalling`, a clause that speaks of media or of another service says nothing.
    """

    said: re.Pattern[str]
    denials: bool = True
    signalling: bool = True

    def search(self, text: str) -> bool:
        """Whether a clause of the text says it."""
        return any(self._said(clause) for clause in _CLAUSE.split(text))

    def _said(self, clause: str) -> bool:
        found = self.said.search(clause)
        if found is None or _WELL.search(clause) or (self.signalling and _ELSE.search(clause)):
            return False
        return not (self.denials and _DENIED.search(clause[: found.end()]))


_WAY = r"(?:connection|transport|flow|socket|stream)s?"
_KIND = r"(?:(?:existing|usable|reusable|available|matching|open|suitable|valid|active|live|such|outbound|sip|tcp|tls|udp|wss?|websocket)\s+){0,3}"

# "no existing connection for", "cannot originate a TCP connection", "could not open a socket", "transport<TCP> not found"
NO_CONNECTION = Wording(
    pattern(
        rf"\b(?:no|without(?: an?| any)?)\s+{_KIND}{_WAY}\b(?!\s+(?:error|problem|issue|needed|required|to close))"
        r"|\b(?:cannot|can't|could not|couldn't|unable to|failed to|fail(?:s|ing)? to|refus\w+ to|not able to|did not|didn't)\s+"
        r"(?:re-?open|find|get|open|reuse|create|establish|originate|connect|obtain|acquire|set up|send)\b"
        rf"[^\n]{{0,40}}\b{_WAY}\b"
        rf"|\b{_WAY}\b[^\n]{{0,30}}\b(?:not found|missing|unavailable|not available|does not exist|not supported|is none)\b",
        re.IGNORECASE,
    ),
    denials=False,
)

# "TCP connection to … closed by peer", "WebSocket disconnected", "the TLS connection was reset"
CLOSED = Wording(
    pattern(
        r"\b(?:connection|websocket|socket|transport|stream)\b[^\n]{0,60}\b(?:closed|disconnected|reset(?!\s+\w+er\b)|lost"
        r"|dropped|gone|broken|terminated|timed? ?out)\b"
        r"|\b(?:closed|disconnected|reset|lost|dropped|broken)\b[^\n]{0,20}\b(?:connection|websocket|socket|transport|stream|pipe)\b",
        re.IGNORECASE,
    )
)

REFUSED = Wording(
    pattern(
        r"\bECONNREFUSED\b|\bETIMEDOUT\b|\bEHOSTUNREACH\b|\bconnection (?:was )?refused\b|\bno route to host\b"
        r"|\bconnect(?:ion|ing)?\b[^\n]{0,40}\b(?:timed? ?out|refused)\b",
        re.IGNORECASE,
    ),
)

# "TLS handshake with … failed", "certificate verify failed", "SSL alert: certificate expired", "x509: …"
TLS_FAILED = Wording(
    pattern(
        r"\b(?:TLS|SSL)\b[^\n]{0,80}\b(?:handshake|alert|negotiation|certificate)\b[^\n]{0,80}"
        r"\b(?:fail\w*|error|expired|untrusted|unknown|mismatch\w*|alert)\b"
        r"|\bhandshake (?:failed|failure|error)\b|\bx509:"
        r"|\bcertificate\b[^\n]{0,40}\b(?:verif\w+ failed|expired|not trusted|untrusted|unknown|mismatch|self[- ]signed|invalid"
        r"|not valid)\b",
        re.IGNORECASE,
    )
)

_WORDS = r"(?:uri|target|address|destination|refer[-_ ]?to|transfer[-_ ]?to)"

NO_TARGET = Wording(
    pattern(
        rf"\b(?:invalid|malformed|bad|unparsable|illegal)\b\s+(?:\w+[- ]){{0,3}}{_WORDS}\b"
        rf"|\b(?:cannot|could not|couldn't|failed to|unable to)\s+(?:parse|create|make|build|resolve)\b[^\n]{{0,40}}\b{_WORDS}\b"
        rf"|\b{_WORDS}\b[^\n]{{0,60}}\b(?:(?:is )?not a valid|is invalid|(?:is )?not a (?:sip )?uri"
        r"|(?:must|has to|should) be an? [^\n]{0,20}\b(?:uri|number|address|e\.?164)\b)",
        re.IGNORECASE,
    )
)

# "Invalid phone number format", "the transfer number is not valid", "must be in E.164 format"
_NUMBER = r"(?:numbers?|E\.?164|invalid_destination)"
BAD_NUMBER = Wording(
    pattern(
        rf"\b(?:invalid|malformed|badly formatted|not (?:a )?valid)\b[^.;\n]{{0,40}}\b{_NUMBER}\b"
        rf"|\b{_NUMBER}\b[^;\n]{{0,40}}\b(?:invalid|malformed|not (?:a )?valid)\b"
        r"|\b(?:must|should|needs? to|has to|not)\b[^;\n]{0,30}\bE\.?164\b|\binvalid_destination\b",
        re.IGNORECASE,
    ),
    denials=False,
)

# What PBXs write beside the refusal to move a leg that is bridged with none.
UNBRIDGED = pattern(
    r"\b(?:1|one)[- ]legged\b|\bnot (?:in a bridge|(?:being )?bridged)\b|\bno bridge\b|\bno peer channel\b",
    re.IGNORECASE,
)

# What PBXs write of a REFER without a usable Refer-To.
NO_REFER_TO = pattern(r"\bMissing Refer-To\b|\bREFER without (?:a parseable )?Refer-To\b")
# The same of a legal URI whose scheme they do not take.
TEL_REFUSED = pattern(r"\bREFER without a parseable Refer-To \('<?(?P<uri>tel:[^'>\n]{1,100})>?'\)")
