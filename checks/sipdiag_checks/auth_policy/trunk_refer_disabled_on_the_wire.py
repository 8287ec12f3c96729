from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Trunk
from sipdiag.facts.edit import Replace
from sipdiag.facts.needed import unmet
from sipdiag.facts.profile import Profile
from sipdiag.facts.refusal import refusal
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Identity, Word

_BY_POLICY = frozenset({403, 603})


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CARRIER,
    beats=("refer-refused-by-policy", "refer-to-uri-form-rejected-by-trunk"),
    refs=("RFC 3515 2.4.2",),
    refuted_by="a REFER to this kind of target on this trunk that is answered with 2xx",
)
def trunk_refer_disabled_on_the_wire(
    transfer: Transfer, trunk: Trunk | None, profile: Profile | None
) -> Iterator[Finding]:
    """The trunk that got the REFER takes transfers, and not to this kind of target

    The REFER was refused by policy, and the trunk's own configuration says why: its Refer-To names a target of a kind that
    a setting keeps out, as a phone number where SIP targets are let through only.

    Bad:

        profile twilio
        trunk address=acme.pstn.twilio.com refer=allow transfer_mode=sip-only
        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@acme.pstn.twilio.com>
        caller -> agent 603 Decline

    Good:

        # Refused all the same: then it is not this setting.
        profile twilio
        trunk address=acme.pstn.twilio.com refer=allow transfer_mode=enable-all
        call
        agent -> caller REFER  Refer-To: <sip:+15550100188@acme.pstn.twilio.com>
        caller -> agent 603 Decline
    """
    said = refusal(transfer, _BY_POLICY)
    asked = transfer.refer_to.uri if transfer.refer_to is not None else None
    if said is None or asked is None or trunk is None or profile is None:
        return
    closed = unmet(profile.says(f"refer-to.{profile.form_of(asked)}.needs"), trunk)
    if closed is None:
        return
    option = closed.option
    yield Finding(
        "trunk {trunk} refuses a transfer to {to}: that needs {setting} {wanted}, and it is {actual}",
        trunk=Identity(str(trunk.name) or trunk.id),
        to=transfer.wanted,
        setting=Word(option.name),
        wanted=Word(closed.wanted),
        actual=Word(str(option.value)),
        at=said.at,
        because=[
            Because("the REFER", at=said.refer.at),
            Because("{setting} is {actual}", at=option.where, setting=Word(option.name), actual=option.value),
        ],
        severity=Severity.ERROR if closed.said.certain else Severity.INFO,
        fix="set {setting} to {wanted}, or transfer to a target of another kind",
        edit=Replace(option.where, str(option.value), closed.wanted) if option.where is not None else None,
    )
