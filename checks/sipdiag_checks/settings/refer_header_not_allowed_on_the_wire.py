from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import RuleHeader, TransferRule
from sipdiag.facts.placeholders import is_literal
from sipdiag.facts.transaction import Transaction
from sipdiag.facts.transfer import Transfer
from sipdiag.values import Word


@check(
    stage=Stage.CONFIGURED,
    severity=Severity.WARNING,
    owner=Owner.PLATFORM,
    refs=("RFC 3261 7.3", "RFC 3261 19.1.1"),
    refuted_by="the header in the REFER, or in the URI of its Refer-To",
)
def refer_header_not_allowed_on_the_wire(transfer: Transfer, rule: TransferRule) -> Iterator[Finding]:
    """A configured header is not on the REFER

    The rule adds a header, and the REFER carries it neither itself nor inside Refer-To, or with another value: the
    platform does not take it, writes its own, or something in between took it out.

    Bad:

        rule method=refer to=sip:2003@example.com header.X-Ticket=4711
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com>

    Good:

        rule method=refer to=sip:2003@example.com header.X-Ticket=4711
        call
        agent -> caller REFER  Refer-To: <sip:2003@example.com> | X-Ticket: 4711
    """
    refer = transfer.decisive
    if refer is None:
        return
    for header in rule.headers:
        if not header.name or not header.value or header.kind == "dynamic" or not is_literal(str(header.value)):
            continue
        found = _values(refer, transfer, str(header.name))
        if str(header.value).strip() not in found:
            yield _finding(refer, header, bool(found))


def _values(refer: Transaction, transfer: Transfer, name: str) -> set[str]:
    """The values of a header in the REFER and in the URI of its Refer-To."""
    uri = transfer.refer_to.uri if transfer.refer_to is not None else None
    inside = [v for n, v in (uri.headers if uri is not None else ()) if n.lower() == name.lower()]
    return {v.strip() for v in (*refer.message.all(name), *inside)}


def _finding(refer: Transaction, header: RuleHeader, other: bool) -> Finding:
    return Finding(
        "the REFER carries {header} with another value than the rule says"
        if other
        else "the rule adds header {header}, and the REFER as captured here does not carry it",
        header=Word(str(header.name)),
        at=refer.at,
        because=[Because("the header as configured", at=header.where)],
        fix="name the header X-… and see whether the platform takes it; capture at the platform's side to see who drops it",
    )
