from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination
from sipdiag.facts.edit import Edit, Replace
from sipdiag.facts.matching import typed
from sipdiag.facts.profile import Profile
from sipdiag.facts.uri_text import TargetText, judged, read
from sipdiag.places import Place
from sipdiag.values import Text, Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-to-missing-domain", "refer-to-missing-user", "refer-to-missing-angle-brackets", "refer-to-malformed"),
    refs=("RFC 3261 19.1.1", "RFC 3515 2.1"),
    refuted_by="a Refer-To that begins with sip:, sips: or tel:",
)
def refer_to_missing_scheme(destination: Destination, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The destination has no scheme

    A Refer-To holds a URI, and a URI begins with `sip:`, `sips:` or `tel:`. Some platforms refuse a destination without
    it and send nothing; others pass it on, and the receiver answers 400, 416 or 501, or completes it with a host of its
    own.

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "500@pbx.example", kind: sip-uri}]}

    Bad:

        # This platform takes URIs only, also for phone numbers.
        agent: {platform: livekit, rules: [{name: support, type: sip_refer, to: "+12025550123"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}

    Good:

        # This platform writes a tel URI for a phone number.
        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "+12025550123"}]}

    Good:

        # This platform takes URIs only, where it sends a REFER. A call that it dials may go to a number.
        agent: {platform: telnyx-assistant, rules: [{name: support, type: transfer, to: "+12025550123"}]}
    """
    target = judged(destination)
    if target is None or target.scheme is not None or not target.is_target:
        return
    said = profile.says("refer-to.number") if profile is not None else None
    by_refer = destination.rule is None or destination.rule.wants_refer is not False
    refused = by_refer and said is not None and said.value == "refused"
    wanted = destination.kind == "sip-uri" or "@" in target.text or destination.on_wire
    if not wanted and not refused:
        return
    doubtful = not wanted and said is not None and not said.certain
    yield Finding(
        "transfer destination '{to}' has no scheme",
        to=typed(target.text),
        at=destination.at,
        because=[Because("{words}", at=None, words=Text(said.words))]
        if said is not None and refused and said.words
        else (),
        severity=Severity.INFO if doubtful else None,
        stage=Stage.ELIGIBLE if refused and not destination.on_wire else None,
        fix="write {example}",
        example=Word(
            "tel: before the number, or sip:number@host"
            if target.names_a_number
            else "sip: before it, as in sip:user@host"
        ),
        edit=_with_scheme(destination, target, profile),
    )


def _with_scheme(destination: Destination, target: TargetText, profile: Profile | None) -> Edit | None:
    """user@host can only be a SIP URI; a number may go as tel or as user of some host, which is the reader's choice."""
    text = str(destination.text)
    if not isinstance(destination.at, Place):
        return None
    if target.has_user and target.has_host and not read("sip:" + text).errors:
        return Replace(destination.at, text, "sip:" + text, safe=True)
    writes = profile.says("refer-to.writes") if profile is not None else None
    if writes is not None and writes.holds("tel") and re.fullmatch(r"\+[1-9][0-9]{5,14}", text):
        return Replace(destination.at, text, "tel:" + text)
    return None
