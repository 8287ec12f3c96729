"""Where several causes remain: what speaks against each, what would rule it out, and the one input that would decide."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking.run import Found
from sipdiag.facts.kinds import in_words
from sipdiag.places import Frame, elapsed
from sipdiag.reports.report import Report
from sipdiag.reports.show import Show
from sipdiag.reports.words import NEEDS
from sipdiag.stages import Stage
from sipdiag.values import Address, Text, Word
from sipdiag.verdict import Verdict

_HIDING = ("capture-encrypted", "capture-one-leg-only", "capture-lossy")  # what may hold a message that decides
_CAPTURE = "a capture of one such call (sipdiag explain collect-capture)"


def against(report: Report, verdict: Verdict, found: Found, show: Show) -> list[str]:
    """What speaks against a candidate, as sentences."""
    return [show.sentence(template, values) for template, values in _against(report, verdict, found)]


def _against(report: Report, verdict: Verdict, found: Found) -> Iterator[tuple[str, dict[str, object]]]:
    for other in verdict.candidates:
        if other is found:
            continue
        later = _later(found, other)
        if later is not None:
            values: dict[str, object] = {"other": Word(other.check.id), "at": other.finding.at, "later": later}
            yield "{other} was there first: {at}, {later} s before", values
        else:
            yield "{other} explains the failure as well", {"other": Word(other.check.id)}
    if not isinstance(found.finding.at, Frame):
        yield "it is read from a document, and no message of this call shows it", {}
    binding = report.binding.get(verdict.transfer.case)
    if binding is not None and binding.reason(verdict.transfer, found.subject) == "only-one":
        kind = in_words(type(found.subject).__name__)
        yield "that this {kind} belongs to the call is assumed: it is the only one here", {"kind": Word(kind)}


def _later(found: Found, other: Found) -> float | None:
    """By how many seconds a finding comes after another."""
    one, two = found.finding.at, other.finding.at
    gap = elapsed(two, one) if isinstance(one, Frame) and isinstance(two, Frame) else None
    return round(gap, 3) if gap is not None and gap > 0 else None


def ruled_out_by(found: Found) -> str:
    """What would disprove a candidate, in our words."""
    return found.check.refuted_by or "the same failure after this was put right"


def decider(verdict: Verdict, show: Show) -> str:
    """The one input that would decide: between the candidates, or of a failure that has no known cause. Else empty."""
    if not verdict.candidates:
        if verdict.cause is not None or not verdict.outcome.is_failure or verdict.evidence or verdict.undecided:
            return ""
        if verdict.transfer.wire:
            from sipdiag.facts.hangups import gave_up  # and with it all that reads messages; a prediction has none

            if gave_up(verdict.transfer):
                return ""
        return show.sentence(*_told_by(verdict))
    hidden = next((NEEDS[e] for e in verdict.evidence if e in _HIDING), "")
    if not any(isinstance(c.finding.at, Frame) for c in verdict.candidates):
        return hidden or _CAPTURE
    named = {c.check.id for c in verdict.candidates}
    own = next((show(Text(u.cannot_tell.needs)) for u in verdict.undecided if u.check.id in named), "")
    return own or hidden or show.sentence(*_elsewhere(verdict))


def _told_by(verdict: Verdict) -> tuple[str, dict[str, object]]:
    """Whose log may say why a transfer failed of which the messages do not tell."""
    transfer = verdict.transfer
    placer = transfer.acceptance.source if transfer.acceptance is not None else None
    if placer is None:
        return "{capture}, and the log of the platform at that time", {"capture": Text(_CAPTURE)}
    words = "the log of {host} at that time: why it ended the new call, or never placed it"
    return words, {"host": Address(placer.host)}


def _elsewhere(verdict: Verdict) -> tuple[str, dict[str, object]]:
    """What whoever the transfer broke at can tell; where nobody refused anything, the same call once more."""
    transfer, stage = verdict.transfer, verdict.candidates[0].stage
    refer = transfer.decisive
    if stage is Stage.DELIVERED and refer is not None and refer.first.destination is not None:
        words = "a capture at {host} of the same time: whether the REFER arrives there, and how"
        return words, {"host": Address(refer.first.destination.host)}
    from sipdiag.facts.new_call import refused_at

    refused = refer.answerer if stage is Stage.ACCEPTED and refer is not None else refused_at(transfer)
    if stage in (Stage.ACCEPTED, Stage.TARGET_REACHED) and refused is not None and refused.source is not None:
        words = "the log of {host} at that time: what it says beside its {status}"
        return words, {"host": Address(refused.source.host), "status": refused.message.status}
    first, *others = verdict.candidates
    rest = " or ".join(o.check.id for o in others)
    words = (
        "a capture of one more call with nothing changed but what mends {first}; if it fails as before, it is {rest}"
    )
    return words, {"first": Word(first.check.id), "rest": Word(rest)}
