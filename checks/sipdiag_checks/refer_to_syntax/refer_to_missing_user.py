from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination, Receiver
from sipdiag.facts.matching import typed
from sipdiag.facts.profile import Profile
from sipdiag.facts.uri_text import judged
from sipdiag.values import Text, Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.WARNING,
    owner=Owner.CONFIG,
    beats=("refer-to-missing-angle-brackets", "refer-to-malformed"),
    refs=("RFC 3261 19.1.1",),
    refuted_by="a Refer-To with user@host",
)
def refer_to_missing_user(
    destination: Destination, profile: Profile | None, receivers: tuple[Receiver, ...]
) -> Iterator[Finding | CannotTell]:
    """The destination names a host and nobody there

    `sip:host` without a user is legal and names the host itself. A PBX looks the user part up to find an extension, so
    it has nothing to look up: the REFER is refused, or accepted and never carried out. An error where the receiver is
    known to fail, or the platform asks for a user.

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:pbx.example"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
    """
    target = judged(destination)
    if target is None or target.scheme not in ("sip", "sips") or not target.has_host or target.has_user:
        return
    written = profile.says("refer-to.writes") if profile is not None else None
    if written is not None and written.listed == ("sip-no-user",):
        return  # a system whose targets never have a user
    needs = profile.says("refer-to.user") if profile is not None else None
    needed = needs is not None and needs.value == "required" and needs.certain
    said = [(r, s) for r in receivers if (s := r.profile.refer_to("sip-no-user")) is not None and s.value != "taken"]
    sure = needed or any(s.certain for _, s in said)
    yield Finding(
        "transfer destination '{to}' has no user before the host",
        to=typed(target.text),
        at=destination.at,
        because=[
            *([Because("{wanted}", at=None, wanted=Text(needs.words))] if needs is not None and needed else []),
            *(
                Because(
                    "{receiver}: {words}", at=None, receiver=Word(r.profile.name), words=Text(s.words or str(s.value))
                )
                for r, s in said[:2]
            ),
        ],
        severity=Severity.ERROR if sure else Severity.WARNING,
        fix="name the extension, queue or number in front of the host, as in sip:500@pbx.example",
    )
