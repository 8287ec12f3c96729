from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination, Receiver
from sipdiag.facts.edit import Replace
from sipdiag.facts.matching import typed
from sipdiag.facts.needed import unmet
from sipdiag.facts.profile import Profile, Statement
from sipdiag.facts.uri_text import TargetText, judged
from sipdiag.values import Identity, Word


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-refused-by-policy", "refer-to-uri-form-rejected-by-trunk"),
    refs=("RFC 3515 2.4.2",),
    refuted_by="a REFER to this destination that is answered with 2xx",
)
def trunk_refer_disabled_in_config(
    destination: Destination, receivers: tuple[Receiver, *tuple[Receiver, ...]]
) -> Iterator[Finding | CannotTell]:
    """Trunk refuses REFER to this kind of target

    Transfers are switched on for some targets and not for this one: a phone number, while the trunk lets SIP targets
    pass only. The REFER leaves and is refused.

    Bad:

        agent:
          platform: other
          trunk: a
          rules: [{name: support, type: sip_refer, to: "sip:+12025550123@a.pstn.twilio.com"}]
        trunks: [{name: a, address: a.pstn.twilio.com, provider: twilio, transfer_mode: sip-only, refer: allow}]

    Bad:

        agent: {platform: other, trunk: a, rules: [{name: support, type: sip_refer, to: "+12025550123"}]}
        trunks: [{name: a, address: a.pstn.twilio.com, provider: twilio, transfer_mode: sip-only, refer: allow}]

    Good:

        agent: {platform: other, trunk: a, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: a, address: a.pstn.twilio.com, provider: twilio, transfer_mode: sip-only, refer: allow}]
    """
    target = judged(destination)
    if target is None or (destination.rule is not None and destination.rule.wants_refer is False):
        return
    for receiver in receivers:
        trunk = receiver.trunk
        closed = unmet(_needed(receiver.profile, target, destination.kind), trunk)
        if trunk is None or closed is None:
            continue
        option = closed.option
        yield Finding(
            "trunk {trunk} refuses a transfer to {to}: that needs {setting} {value}, and it is {actual}",
            trunk=Identity(str(trunk.name) or trunk.id),
            to=typed(target.text),
            setting=Word(option.name),
            value=Word(closed.wanted),
            actual=Word(str(option.value)),
            at=destination.at,
            because=[Because("{setting} is {actual}", at=option.where, setting=Word(option.name), actual=option.value)],
            severity=Severity.ERROR if closed.said.certain else Severity.INFO,
            fix="set {setting} to {value}",
            edit=Replace(option.where, str(option.value), closed.wanted) if option.where is not None else None,
        )


def _needed(profile: Profile, target: TargetText, kind: str) -> Statement | None:
    """What the receiver needs for this target. A bare number goes out as `tel:` or at the receiver's own domain.

    Which of the two the platform writes need not be known where both need the same.
    """
    if target.uri is not None:
        return profile.says(f"refer-to.{profile.form_of(target.uri)}.needs")
    if kind != "phone" or not target.names_a_number:
        return None
    one, other = (profile.says(f"refer-to.{form}.needs") for form in ("tel", "sip-own-domain"))
    return one if one is not None and other is not None and one.value == other.value else None
