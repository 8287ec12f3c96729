from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import TransferRule
from sipdiag.facts.refusal import bite
from sipdiag.facts.route import own_hosts
from sipdiag.facts.transfer import Transfer
from sipdiag.facts.uri_text import read
from sipdiag.values import Host, Text, UriText


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.CONFIG,
    beats=(
        "refer-to-missing-user",
        "refer-to-missing-angle-brackets",
        "refer-to-malformed",
        "refer-to-uri-form-rejected-by-trunk",
        "refer-rejected",
        "refer-refused-by-policy",
        "carrier-does-not-support-refer",
        "target-not-found",
        "target-forbidden",
        "target-unavailable",
        "target-leg-failed",
        "target-no-answer",
    ),
    refs=("RFC 3515 2.1", "RFC 3261 19.1.1"),
    refuted_by="a Refer-To with user@host",
)
def refer_to_missing_domain_on_the_wire(
    transfer: Transfer, rule: TransferRule | None
) -> Iterator[Finding | CannotTell]:
    """Refer-To has no domain

    A SIP URI needs a host: nobody can tell where the new call has to go. Some platforms complete a bare extension with
    their own address, and the call then comes back to them.

    Bad:

        call
        agent -> caller REFER  Refer-To: <sip:1001>
        caller -> agent 400 Bad Request

    Good:

        call
        agent -> caller REFER  Refer-To: <sip:1001@pbx.example>
        caller -> agent 202 Accepted
    """
    refer, refer_to = transfer.decisive, transfer.refer_to
    if refer is None or refer_to is None:
        return
    bit = bite(transfer)
    fault = refer_to.fault("missing-domain")
    if fault is not None:
        yield Finding(
            "Refer-To is {value}: {why}",
            value=UriText(refer_to.raw),
            why=Text(fault.why),
            column=fault.column,
            at=refer.at,
            because=bit.proof(Because),
            fix="give the destination as user@host, with the host that the receiver routes by",
            stage=bit.stage,
            severity=bit.severity,
        )
        return
    if rule is None or not rule.literal or not rule.destination or refer_to.uri is None:
        return
    asked = read(str(rule.destination))
    user = asked.text.strip().removeprefix("sip:").removeprefix("sips:")
    if (
        asked.has_host
        or asked.scheme == "tel"
        or refer_to.uri.user != user
        or (asked.names_a_number and user.startswith("+"))
    ):
        return
    if refer_to.uri.host_key not in own_hosts(transfer) or bit.severity is not Severity.ERROR:
        return
    yield Finding(
        "destination {asked} has no domain, and the platform completed it with its own address {host}",
        asked=Text(asked.text),
        host=Host(refer_to.uri.host),
        at=refer.at,
        because=[Because("the destination as configured", at=rule.destination.where), *bit.proof(Because)],
        fix="configure the destination as sip:{asked}@host, with the host that knows {asked}",
        stage=bit.stage,
    )
