"""What the words of a record claim: that a transfer is coming, that a request was refused, which SIP status came back.

Words are a weak signal: they mark a record or a log line as worth a question, and no cause rests on them alone.
"""

from __future__ import annotations

import re

from sipdiag.patterns import pattern

_LONGEST = 2000

# The agent speaks: "I'm transferring you", "let me connect you", "I'll put you through", "please hold while I …".
_ANNOUNCES = pattern(
    r"\b(?:i'?m|i am|i'?ll|i will|let me|let's|going to|we'?ll|we are|we're)\b[^.?!]{0,40}\b"
    r"(?:transfer(?:ring)?|connect(?:ing)?|put(?:ting)?|forward(?:ing)?|hand(?:ing)?|pass(?:ing)?|get(?:ting)?)\b[^.?!]{0,20}\b"
    r"(?:you|your call|this call|the call)\b(?=\s*(?:$|[-.,!?;:—…]|(?:now|to|over|through|with|right|back|straight|directly"
    r"|immediately|there|across|via|and|at|shortly)\b))(?![^.?!]{0,30}\b(?:information|details|email|text|link)\b)"
    r"|\b(?:transferring|connecting|forwarding) (?:you|your call|the call)\b"
    r"|\bputting you through\b"
    r"|[\[(]agent speaks of a transfer[\])]"  # what redaction leaves of such words
    r"|\b(?:hold|stay|remain)\b[^.?!]{0,30}\b(?:while|during) (?:i|we) (?:transfer|connect)"
    r"|\b(?:verbinde|stelle) (?:ich )?sie\b|\bleite (?:ich )?sie\b[^.?!]{0,20}\bweiter\b"
    r"|\b(?:je vous|vous) (?:transf[eè]re|mets en (?:relation|communication)|passe)\b"
    r"|\b(?:le|te|lo|la) (?:transfiero|paso|comunico|conecto|voy a (?:transferir|pasar|comunicar))\b"
    r"|\b(?:vou|estou) (?:te |lhe |a )?(?:transferi(?:r|ndo)|passa(?:r|ndo))"
    r"|\bla (?:trasferisco|passo|metto in contatto)\b",
    re.IGNORECASE,
)
_NOT_YET = pattern(
    r"\b(?:would you like|do you want|shall i|should i|may i|can(?:'t|not)|could not|couldn't|unable|sorry"
    r"|not|never|\w+n't|once|if|before|was going to|were going to)\b",
    re.IGNORECASE,
)
_REFUSED = pattern(
    r"\b(?:no|lack\w*|missing|insufficient|without|requires?|needs?|denied)\s+(?:\w+\s+){0,2}(?:permission|privilege|scope)s?\b"
    r"(?!\s+(?:is |was |are )?(?:needed|required|necessary))"
    r"|\b(?:permission|privilege)s?\b[^.;,\n]{0,20}\b(?:denied|missing|required|refused|lacking|not granted)\b"
    r"|\b(?:not permitted|not allowed(?! to (?!transfer|refer|make|call|perform|use|do)\w)|not authori[sz]ed|unauthori[sz]ed"
    r"|(?<!not )forbidden|access denied|not enabled|feature (?:is )?disabled"
    r"|not (?:available|supported) (?:on|in) (?:your|this) plan|upgrade your plan)\b",
    re.IGNORECASE,
)
# It was not the platform that refused.
_BY_ANOTHER = pattern(
    r"\b(?:by|from) (?:the |your )?(?:\w+ )?(?:provider|carrier|trunk|peer|pbx)\b|\bprovider[_ ]permission\b",
    re.IGNORECASE,
)
_SIP_STATUS = pattern(
    r"\bsip(?:[ _-]?(?:status|response|code))*(?: code)?[\s:=/-]{0,4}(?:2\.0 )?([1-6][0-9]{2})\b", re.IGNORECASE
)
_SIMULATED = pattern(r"\bsimulat(?:ed|ion)|\btest(?:ing)? (?:mode|conversation|call)\b", re.IGNORECASE)
# "no outbound REFER", "REFER was not sent", "without sending a REFER"
_NO_REFER = pattern(
    r"\b(?:no|not any|without(?: sending)?(?: an?)?|zero)\s+(?:(?:outbound|outgoing|sip|actual|single|matching|such|invite|bye|or|and"
    r"|request|in-dialog)\s+){0,3}REFERs?\b(?!\s+(?:error|problem|needed))"
    r"|\bREFERs?\b(?:\s+(?:request|message|is|was|were|has|had|have|been)){0,3}\s+(?:not|never|wasn't|weren't|isn't)\b"
    r"(?:\s+\w+){0,2}?\s+(?:sent|seen|emitted|generated|issued)\b",
    re.IGNORECASE,
)


def announces_transfer(words: str) -> bool:
    """Whether an agent says that it transfers the call now; an offer or an apology is none.

    >>> announces_transfer("One moment, I'm transferring you."), announces_transfer("May I transfer you?")
    (True, False)
    """
    return any(
        _ANNOUNCES.search(sentence) is not None and _NOT_YET.search(sentence) is None
        for sentence in re.split(r"(?<=[.?!])\s", words[:_LONGEST])
    )


def refuses_request(words: str) -> bool:
    """Whether a platform says that it is not allowed to do what it was asked.

    >>> refuses_request("Transfer cannot be completed, no permission to perform the transfer")
    True
    >>> refuses_request("permission denied by the carrier")
    False
    """
    words = words[:_LONGEST]
    return _REFUSED.search(words) is not None and _BY_ANOTHER.search(words) is None


def status_of(words: str) -> int | None:
    """The SIP status that a result names.

    >>> status_of("call transfer failed: sip status: 603: Decline"), status_of("room 603")
    (603, None)
    """
    found = _SIP_STATUS.search(words[:_LONGEST])
    return int(found[1]) if found else None


def is_simulation(words: str) -> bool:
    return _SIMULATED.search(words[:_LONGEST]) is not None


def states_no_refer(words: str) -> bool:
    """Whether a line of a log says in so many words that no REFER was sent.

    >>> states_no_refer("no outbound REFER or INVITE for this call_id"), states_no_refer("REFER sent")
    (True, False)
    """
    return _NO_REFER.search(words[:_LONGEST]) is not None
