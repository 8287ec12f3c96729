"""The checks of suppressions themselves. They run when all others have, for they need to know what was found."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Check, Finding, Owner, Severity, Stage, check
from sipdiag.suppressions.claim import Claim
from sipdiag.values import Text, Word


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def suppression_unused(claim: Claim) -> Iterator[Finding]:
    """A suppression fits nothing that was found

    What it spared has been mended, or never was there. Left where it stands, it hides the next finding of that check.
    Settings for paths (`[[paths]]`) of which no file is there are told in the same way.
    """
    yield Finding(
        "the suppression of {names} fits no finding in these inputs",
        at=claim.where,
        fix="take it out",
        names=Text(", ".join(claim.names)),
    )


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def suppression_expired(claim: Claim) -> Iterator[Finding]:
    """The last day of a suppression is over

    Its findings count again.
    """
    yield Finding(
        "the suppression of {names} held until {until}",
        at=claim.where,
        fix="mend what it spared, take it out, or give it a new day with its reason",
        names=Text(", ".join(claim.names)),
        until=Word(claim.until.isoformat() if claim.until is not None else ""),
    )


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def suppression_malformed(claim: Claim) -> Iterator[Finding]:
    """A suppression lacks its reason, names no check, or has a date that is none

    It suppresses nothing until it is whole: `sipdiag: ignore[ID] reason`, or `sipdiag: ignore[ID] until 2027-01-31 reason`.
    """
    yield Finding(
        "this suppression is void: {why}",
        at=claim.where,
        fix="write: sipdiag: ignore[ID] reason",
        why=Text(claim.broken),
    )


CLAIM_CHECKS: tuple[Check, ...] = (suppression_unused, suppression_expired, suppression_malformed)
