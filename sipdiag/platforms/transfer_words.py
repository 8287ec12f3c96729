"""What a line of an application's log says of a transfer: that one was asked for, that it failed, that it succeeded.

Only plain statements about a call count. An acceptance (202) is no success, and what an agent says to the caller, what
could happen, and transfers of other things than calls are no statements.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import Literal

from sipdiag.dataclass import dataclass
from sipdiag.facts.record import Told
from sipdiag.facts.wording import NO_REFER_TO
from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.platforms.claims import announces_transfer, status_of
from sipdiag.platforms.steps import steps
from sipdiag.sip.codes import known_codes

Kind = Literal["asked", "failed", "succeeded"]

_LONGEST = 2_000
_NOUN = r"(?:transfer(?:s|red|ring)?|transfer_?sip_?participant|(?-i:REFER)|sip[ _-]refer|refer(?= (?:request |call |endpoint )?(?:failed|returned|error|timed out)))\b"
_FAILED = pattern(
    rf"\b{_NOUN}[^;]{{0,80}}?(?:\bfail(?:ed|ure|s|ing)?\b|\berror\b|\brejected\b|\bdeclined\b|\brefused\b|\bdenied\b"
    r"|\btimed? ?out\b|\bdeadline[ _]exceeded\b|\bunsuccessful\b|\bnot (?:completed|accepted|allowed|permitted|supported)\b)"
    rf"|\b(?:fail(?:ed|ure)?|error|unable|could not|cannot|can't|couldn't)\b[^.;]{{0,40}}?\b{_NOUN}",
    re.IGNORECASE,
)
_SUCCEEDED = pattern(
    rf"\b{_NOUN}[^.;]{{0,60}}?\b(?:succeeded|successful(?:ly)?|success|completed?|done)\b"
    rf"|\bsuccessfully\b[^.;]{{0,20}}\b{_NOUN}",
    re.IGNORECASE,
)
_ASKED = pattern(
    r"\btransferring\b|\bdeflect\(|\bTransfer\(\"|\b(?:start|begin|began|initiat|attempt|request|perform|execut|send|sent|invok|call(?=ed|ing|s\b))\w{0,5}"
    rf"\b[^.;]{{0,40}}\b(?:transfer(?:_\w+)?|(?-i:REFER))\b|\b{_NOUN} (?:request(?:ed)?|started|initiated|sent)\b",
    re.IGNORECASE,
)
# No statement about a call of this log: other things, settings, what would be, what is not.
_OTHER = pattern(
    r"\b(?:file|data|wire|bank|money|byte|bytes|knowledge|zone|state|asset|token|payload)[ _-]transfer"
    r"|\btransfer[ _-](?:encoding|rules?|rate|size|speed|learning|fee|tools? (?:loaded|registered|configured))"
    r"|\b(?:if|when|unless|should|would|could|may|might|can|will|without|no|never|disable[sd]?|enable[sd]?)\b[^.;]{0,30}\b(?:transfer|REFER)",
    re.IGNORECASE,
)
_OF_A_CALL = pattern(
    r"\btransfer_?sip_?participant\b|\b(?:calls?(?=\b|_)|caller|callee|participant|sip|refer|channel|leg|extension|agent|human|operator|phone|number|trunk)(?=\b|_)"
    r"|(?:sips?|tel):|\+\d{6}|\bP?J?SIP/|\bsofia/",
    re.IGNORECASE,
)
_DESTINATION = pattern(
    r"\bto:? {0,2}[\"'<(]{0,2}((?:sips?|tel):[^\s\"'<>,;)\]]{1,200}|\+?\d[\d-]{2,20}\d\b|[\w.+-]{1,60}@[\w.-]{1,80}\w)"
    r"|\b(?:deflect\(|transfer_to[=:] ?|destination[=:] ?|target[=:] ?|refer_to[=:] ?)[\"'<]{0,2}((?:sips?:|tel:|\+)?[\w.+@:-]{3,120}\w)"
    r"|\bTransfer\(\"[^\"]{1,120}\", ?\"([^\"]{1,120})\"",
    re.IGNORECASE,
)
_STATUS = pattern(
    r"(?:failed|failure|failing|error|rejected|declined|refused|denied|status|code|with|answered|got)[\s:=(,\"'-]{1,6}"
    r"(?:(?:sip|status|code|response)[\s:=/-]{1,3}){0,3}([3-6]\d\d)\b(?![\d.@-])",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Statement:
    """What one line says, with the destination and the SIP status that it names."""

    kind: Kind
    destination: str | None = None
    status: int | None = None
    told: Told = field(default_factory=Told)


def statement(words: str, where: Place | None = None) -> Statement | None:
    """
    >>> said = statement("transfer to +4930123456 failed: 603")
    >>> said.kind, said.destination, said.status
    ('failed', '+4930123456', 603)
    >>> statement("transferring call c-1 to sip:500@pbx.example").kind, statement("call transfer completed").kind
    ('asked', 'succeeded')
    >>> [statement(w) for w in ("file transfer failed", "REFER accepted (202)", "I'm transferring you to a person")]
    [None, None, None]
    """
    words = words[:_LONGEST]
    kind: Kind
    told = steps(words, where)
    if told:
        kind = "failed" if _bad(told) or NO_REFER_TO.search(words) else "asked"
    elif _OTHER.search(words) or not _OF_A_CALL.search(words) or announces_transfer(words):
        return None
    elif _FAILED.search(words):
        kind = "failed"
    elif _SUCCEEDED.search(words):
        kind = "succeeded"
    elif _ASKED.search(words):
        kind = "asked"
    else:
        return None
    found = _DESTINATION.search(words)
    destination = next((g for g in found.groups() if g), None) if found is not None else None
    status = told.report.value or told.answer.value or (_status(words) if kind == "failed" else None)
    return Statement(kind, destination, status, told)


def _bad(told: Told) -> bool:
    code = told.report.value or told.answer.value
    return bool(told.refused) or (code is not None and code >= 300)


def _status(words: str) -> int | None:
    named = status_of(words)
    if named is None and "twirp" not in words.lower() and (found := _STATUS.search(words)) is not None:
        named = int(found[1])
    return named if named is not None and named in known_codes() else None
