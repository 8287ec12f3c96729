"""How platforms word that a transfer request led to no REFER. Their words are asked only where none was seen.

Each pattern covers the phrases of several stacks, and is shared by the checks of logs and of records.
"""

from __future__ import annotations

import re

from sipdiag.patterns import pattern

# "no existing connection for", "cannot originate a TCP connection", "could not open a socket", "transport<TCP> not found"
NO_CONNECTION = pattern(
    r"\b(?:no|not|cannot|can't|could not|couldn't|unable to|failed to|refus\w+ to|without)\b[^\n]{0,40}"
    r"\b(?:find|found|get|open|reuse|create|establish|originate|connect|send|available|existing|usable|matching)?\b"
    r"[^\n]{0,30}\b(?:connection|transport|flow|socket|stream)s?\b"
    r"|\b(?:connection|transport|flow|socket|stream)s?\b[^\n]{0,30}\b(?:not found|missing|unavailable|not available"
    r"|does not exist|not supported|is none)\b",
    re.IGNORECASE,
)

# "TCP connection to … closed by peer", "WebSocket disconnected", "the TLS connection was reset"
CLOSED = pattern(
    r"\b(?:connection|websocket|socket|transport|stream)\b[^\n]{0,60}\b(?:closed|disconnected|reset|lost|dropped|gone"
    r"|broken|terminated|timed? ?out)\b"
    r"|\b(?:closed|disconnected|reset|lost|dropped|broken)\b[^\n]{0,20}\b(?:connection|websocket|socket|transport|stream|pipe)\b",
    re.IGNORECASE,
)

REFUSED = pattern(
    r"\bECONNREFUSED\b|\bETIMEDOUT\b|\bEHOSTUNREACH\b|\bconnection (?:was )?refused\b|\bno route to host\b"
    r"|\bconnect(?:ion|ing)?\b[^\n]{0,40}\b(?:timed? ?out|refused)\b",
    re.IGNORECASE,
)

# "TLS handshake with … failed", "certificate verify failed", "SSL alert: certificate expired", "x509: …"
TLS_FAILED = pattern(
    r"\b(?:TLS|SSL)\b[^\n]{0,80}\b(?:handshake|alert|negotiation|certificate)\b[^\n]{0,80}"
    r"\b(?:fail\w*|error|expired|untrusted|unknown|mismatch\w*|alert)\b"
    r"|\bhandshake (?:failed|failure|error)\b|\bx509:"
    r"|\bcertificate\b[^\n]{0,40}\b(?:verif\w+ failed|expired|not trusted|untrusted|unknown|mismatch|self[- ]signed|invalid|not valid)\b",
    re.IGNORECASE,
)

_WORDS = r"(?:uri|target|address|destination|refer[-_ ]?to|transfer[-_ ]?to)"

NO_TARGET = pattern(
    rf"\b(?:invalid|malformed|bad|unparsable|illegal)\b[^\n]{{0,30}}\b{_WORDS}\b"
    rf"|\b(?:cannot|could not|couldn't|failed to|unable to)\s+(?:parse|create|make|build|resolve)\b[^\n]{{0,40}}\b{_WORDS}\b"
    rf"|\b{_WORDS}\b[^\n]{{0,60}}\b(?:(?:is )?not a valid|is invalid|(?:is )?not a (?:sip )?uri|(?:must|has to|should) be a)",
    re.IGNORECASE,
)
