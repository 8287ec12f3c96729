from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination
from sipdiag.facts.matching import typed
from sipdiag.facts.uri_text import judged


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-to-missing-user", "refer-to-missing-angle-brackets", "refer-to-malformed"),
    refs=("RFC 3261 19.1.1",),
    refuted_by="a Refer-To with user@host",
)
def refer_to_missing_domain(destination: Destination) -> Iterator[Finding | CannotTell]:
    """The destination has no host

    A SIP URI needs a host after the `@`. Without it the receiver refuses the REFER, or fills in a host of its own and
    dials somebody else, often the transferring side itself.

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "tel:+12025550123"}]}
    """
    target = judged(destination)
    if target is None or not target.is_target or target.scheme == "tel" or target.has_host:
        return
    if target.scheme is None and destination.kind != "sip-uri":
        return  # a bare number lacks no host until it is known that a SIP URI is wanted
    if target.names_a_number:
        return  # what it lacks first is a scheme, and tel: would do
    yield Finding(
        "transfer destination '{to}' has no host",
        to=typed(target.text),
        at=destination.at,
        fix="give user and host, as in sip:500@pbx.example, or a phone number where the platform takes one",
    )
