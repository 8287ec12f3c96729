from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination, Receiver
from sipdiag.facts.matching import typed
from sipdiag.facts.profile import Profile, Statement
from sipdiag.facts.uri_text import TargetText, judged
from sipdiag.sip.uri import Uri
from sipdiag.values import Text, Word

_FORMS = {
    "tel": "a tel URI",
    "sips": "a sips URI",
    "sip-own-domain": "a user at its own domain",
    "sip-foreign-domain": "a user at another domain than its own",
    "sip-ip": "a phone number at an IP address",
    "sip-no-user": "a host without user",
}


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=("refer-refused-by-policy", "refer-rejected", "target-forbidden", "target-leg-never-placed"),
    refs=("RFC 3515 2.1", "RFC 3966 3"),
    refuted_by="a new call to this destination that the receiver placed",
)
def refer_to_uri_form_rejected_by_trunk(
    destination: Destination, profile: Profile | None, receivers: tuple[Receiver, ...]
) -> Iterator[Finding | CannotTell]:
    """The receiver does not take this form of Refer-To

    The URI is legal, and the system that gets the REFER takes another form only: `sip:` instead of `tel:`, its own
    domain instead of a foreign one, a domain instead of an IP address. What each system takes stands in its profile
    (`sipdiag checks --profiles`). Where the receiver is not known, a tel URI is only mentioned.

    Bad:

        agent: {platform: other, trunk: a, rules: [{name: support, type: sip_refer, to: "sip:+12025550123@192.0.2.7"}]}
        trunks: [{name: a, address: agents.pstn.twilio.com, provider: twilio}]

    Bad:

        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "+12025550123"}]}

    Good:

        agent: {platform: other, trunk: a, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example"}]}
        trunks: [{name: a, address: agents.pstn.twilio.com, provider: twilio}]
    """
    target = judged(destination)
    if target is None or (destination.rule is not None and destination.rule.wants_refer is False):
        return
    uri = _as_sent(target, destination, profile)
    if uri is None:
        return
    known = False
    for receiver in receivers:
        form = receiver.profile.form_of(uri)
        said = receiver.profile.refer_to(form)
        known = known or said is not None
        if said is not None and said.value != "taken":
            yield _refused(destination, target, receiver, form, said)
    if not known and uri.scheme == "tel" and not destination.on_wire:
        yield Finding(
            "the REFER will carry {to} as a tel URI, which not every trunk or PBX takes",
            to=typed(target.text),
            at=destination.at,
            severity=Severity.INFO,
            fix="if the trunk refuses it, give sip:number@ and the trunk's own domain",
        )


def _as_sent(target: TargetText, destination: Destination, profile: Profile | None) -> Uri | None:
    """The URI that will stand in Refer-To, as far as the platform's rewriting is documented."""
    if target.uri is not None:
        return target.uri
    said = profile.says("refer-to.number") if profile is not None else None
    if target.names_a_number and destination.kind == "phone" and said is not None and said.value == "tel":
        return Uri(f"tel:{target.text.strip()}", "tel", user=target.text.strip())
    return None


def _refused(destination: Destination, target: TargetText, receiver: Receiver, form: str, said: Statement) -> Finding:
    because = [Because("{words}", at=None, words=Text(said.words))] if said.words else []
    if receiver.trunk is not None:
        because.append(Because("the trunk leads there", at=receiver.trunk.address.where or receiver.trunk.where))
    severity = Severity.ERROR if receiver.trunk is not None or destination.on_wire else Severity.WARNING
    outcome = str(said.value)
    return Finding(
        "transfer destination {to} is {form}, which {receiver} does not take ({outcome})",
        to=typed(target.text),
        form=Word(_FORMS[form]),
        receiver=Word(receiver.profile.name),
        outcome=Word(outcome),
        at=destination.at,
        because=because,
        severity=severity if said.certain else Severity.INFO,
        stage=Stage.TARGET_REACHED if outcome.startswith("202-") else None,
        fix="give sip:number@ and the domain of {receiver}"
        if form != "sip-own-domain"
        else "ask {receiver} which form it takes",
    )
