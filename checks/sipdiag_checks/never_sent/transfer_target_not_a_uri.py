from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination
from sipdiag.facts.matching import typed
from sipdiag.facts.uri_text import judged
from sipdiag.values import Word

_NEEDS = "the value that the variable has when the call runs; judge one with lint --uri"


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-to-missing-scheme", "refer-to-missing-domain", "refer-to-malformed", "number-format-not-e164"),
    refs=("RFC 3261 19.1", "RFC 3966 3"),
    refuted_by="a REFER whose Refer-To has a URI",
)
def transfer_target_not_a_uri(destination: Destination) -> Iterator[Finding | CannotTell]:
    """The destination cannot be made into a URI

    A REFER needs a SIP or tel URI. Words such as the name of a department, a web address, or an empty text have no
    number, user or host that one could be made of.

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: front desk}]}

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "https://pbx.example/500"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "{{ desk }}"}]}
    """
    target = judged(destination)
    if target is None and destination.text and not destination.literal:
        yield CannotTell(needs=_NEEDS, at=destination.at)
    if target is None or target.is_target:
        return
    yield Finding(
        "transfer destination '{to}' starts with {scheme}:, which no REFER can use"
        if target.foreign
        else "transfer destination '{to}' has no number, user or host that a URI could be made of",
        to=typed(target.text),
        scheme=Word(target.foreign or ""),
        at=destination.at,
        fix="give a SIP URI (sip:user@host) or a phone number with country code (+…)",
    )
