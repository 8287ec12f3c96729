"""Lines that tell a step of a transfer: words of servers whose source shows what they answered when they wrote them.

github.com/livekit/sip (pkg/sip/protocol.go), github.com/asterisk/asterisk (res/res_pjsip_refer.c),
github.com/signalwire/freeswitch (src/mod/endpoints/mod_sofia/sofia.c), github.com/jambonz/jambonz-feature-server
(lib/tasks/sip_refer.js), all read in 2026; https://www.twilio.com/docs/api/errors/32218.
"""

from __future__ import annotations

import re

from sipdiag.facts.record import Told
from sipdiag.patterns import pattern
from sipdiag.places import Place, Read
from sipdiag.values import Text

_LONGEST = 2000  # characters of a line that are looked at

# The final response to the REFER: named in the words, else the code that goes with them.
_ANSWERS = (
    (pattern(r"\bSIP REFER failed with code (?P<code>[1-6]\d\d)\b"), None),
    (pattern(r"\bSIP REFER was denied\b"), 403),
    (pattern(r"\breceived (?P<code>[1-6]\d\d) to REFER\b"), None),
    (pattern(r"\bReceived a REFER without (?:a parseable )?Refer-To\b"), 400),
    (pattern(r"\bMissing Refer-To\b"), 202),
)
# What the last NOTIFY says of the new call.
_REPORTS = (
    (pattern(r"\bcall transfer failed: sip status: (?P<code>[1-6]\d\d)\b"), None),
    (pattern(r"\battempted blind transfer to '[^'\n]{1,200}' but target does not exist\b"), 404),
    (pattern(r"\bReceived REFER request on channel\b.{1,300}\bwith invalid Replaces header\b"), 400),
    (pattern(r"\bFinal response for REFER attended transfer\b.{1,400}\bis '(?P<code>[1-6]\d\d)'"), None),
    (pattern(r"\bCannot Blind Transfer 1 Legged calls\b"), 403),
)
# NOTIFY ended the subscription while its last status was provisional.
_CUT = pattern(
    r"\bcall transfer failed: .{0,200}\(reason \"?[\w-]{0,40}\"?, last status 1?\d?\d?\)|\bSTR_SUBSCRIPTION_TERMINATED\b",
    re.IGNORECASE,
)
# Settings of the side that got the REFER forbid it.
_REFUSED = pattern(r"\btransfer attempt blocked due to configuration\b|(?<![\w.-])32218(?![\w.-])")


def steps(words: str, where: Place | None) -> Told:
    """What a line or a result tells of the steps of a transfer; nothing in nearly all cases.

    >>> steps("SIP REFER failed with code 603", None).answer.value
    603
    >>> steps("Endpoint agent transfer attempt blocked due to configuration", None).refused.value is not None
    True
    >>> bool(steps("transfer failed: 603", None))
    False
    """
    words = words[:_LONGEST]
    refused: Read[Text] = Read(Text(words), where, "text") if _REFUSED.search(words) else Read()
    cut: Read[Text] = Read(Text(words), where, "text") if _CUT.search(words) else Read()
    return Told(_code(_ANSWERS, words, where), refused, _code(_REPORTS, words, where), cut=cut)


def _code(forms: tuple[tuple[re.Pattern[str], int | None], ...], words: str, where: Place | None) -> Read[int]:
    for form, known in forms:
        if found := form.search(words):
            return Read(known if known is not None else int(found["code"]), where, "text")
    return Read()
