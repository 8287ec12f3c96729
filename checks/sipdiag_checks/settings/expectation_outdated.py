from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Expectation, TransferRule
from sipdiag.facts.profile import Profile
from sipdiag.values import Word

_YEAR = timedelta(days=365)


@check(stage=Stage.CONFIGURED, severity=Severity.INFO, owner=Owner.CONFIG)
def expectation_outdated(
    rule: TransferRule, profile: Profile | None, expectation: Expectation | None
) -> Iterator[Finding | CannotTell]:
    """What is said of this platform was last read more than a year ago

    Vendors change their products. A statement that is older than a year may no longer hold; its source is named so that
    it can be read again.

    Bad:

        # --today 2099-01-01
        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "+12025550123"}]}

    Good:

        # --today 2026-11-01
        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "+12025550123"}]}
    """
    today = _day(expectation.today) if expectation is not None and expectation.today else None
    if profile is None or today is None:
        return
    old = [(read, s) for s in profile.statements if (read := _day(s.date)) is not None and today - read > _YEAR]
    if old:
        when, oldest = min(old, key=lambda pair: pair[0])
        yield Finding(
            "{count} statements on {platform} are older than a year, the oldest of {date}",
            count=len(old),
            platform=Word(profile.name),
            date=Word(when.isoformat()),
            source=Word(oldest.source),
            at=rule.where,
            fix="compare with {source}, or give a newer profile with --profile",
        )


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
