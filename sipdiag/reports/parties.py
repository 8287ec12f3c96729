"""Who is in a transfer: its call, its parties and its target, as plain texts."""

from __future__ import annotations

from datetime import UTC, datetime

from sipdiag.dataclass import dataclass
from sipdiag.facts.config import TransferRule
from sipdiag.facts.transfer import Transfer
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.reports.words import transfer_target
from sipdiag.values import Address, Text, Token, UriText

_EPOCH_KNOWN = 10**6  # smaller times are times of an unknown day


@dataclass(frozen=True, slots=True)
class Facts:
    """What identifies a transfer. Empty where it is not known."""

    call: str = ""
    call_id: str = ""
    caller: str = ""
    callee: str = ""
    transferor: str = ""
    target: str = ""
    method: str = ""
    transport: str = ""
    rule: str = ""
    refer: str = ""  # by what whoever got the REFER finds it in its own logs

    def rows(self) -> list[tuple[str, str]]:
        """The known ones, each with its name."""
        named = (
            ("Call-ID", self.call_id),
            ("From", self.caller),
            ("To", self.callee),
            ("Transferor", self.transferor),
            ("Transfer to", self.target),
            ("Method", self.method),
            ("Transport", self.transport),
            ("Rule", self.rule),
            ("REFER", self.refer),
        )
        return [(name, value) for name, value in named if value]


def facts_of(report: Report, t: Transfer, show: Show) -> Facts:
    target = transfer_target(t)
    binding = report.binding.get(t.case)
    rules = binding.linked(t, TransferRule) if binding is not None else []
    rule = next((str(r.name) or str(r.destination) or r.id for r in rules), "")
    if t.call is None:
        return Facts(target=show(UriText(target)) if target else "", rule=show(Text(rule)) if rule else "")
    first = t.call.main.transactions[0].message
    return Facts(
        call=t.call.id,
        call_id=show(Token(t.call.main.call_id)),
        caller=show(UriText(first.from_.uri_text)) if first.from_ is not None else "",
        callee=show(UriText(first.to.uri_text)) if first.to is not None else "",
        transferor=f"the {t.transferor.value}" if t.transferor is not None else "unknown",
        target=show(UriText(target)) if target else "",
        method=t.method.replace("-", " ") if t.method != "unknown" else "",
        transport=", ".join(t.call.transports),
        rule=show(Text(rule)) if rule else "",
        refer=_sent(report, t, show),
    )


def _sent(report: Report, t: Transfer, show: Show) -> str:
    """The decisive REFER by CSeq, addresses and time (UTC), as far as they are told; empty where none was sent.

    The time of day is left to reports that show everything.
    """
    if t.decisive is None:
        return ""
    hop, clock = t.decisive.first, report.clocks.get(t.case)
    words = f"CSeq {t.decisive.cseq}"
    if hop.source is not None and hop.destination is not None:
        words += f", {show(Address(hop.source.host))} to {show(Address(hop.destination.host))}"
    since = report.time(hop.frame, t.case)
    if clock is not None and clock >= _EPOCH_KNOWN and since is not None and not show.redacts:
        words += f", {datetime.fromtimestamp(clock + since, UTC):%Y-%m-%d %H:%M:%S} UTC"
    return words
