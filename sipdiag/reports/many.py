"""Captures with hundreds of transfers: how many ended in which way, and which of them to show in full."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import TypeAlias

from sipdiag.verdict import Verdict

# An outcome, and the id of the cause or nothing.
End: TypeAlias = tuple[str, str]

FEW = 20  # transfers up to which each is shown in full
_EXAMPLES = 3  # of those that ended alike, where there are more


def end_of(verdict: Verdict) -> End:
    return verdict.outcome.value, verdict.cause.check.id if verdict.cause is not None else ""


def ends(verdicts: Iterable[Verdict]) -> list[tuple[int, End]]:
    """How many transfers ended in each way: failures first, and of these what happened most."""
    failures = {end_of(v) for v in verdicts if v.outcome.is_failure}
    counted = Counter(map(end_of, verdicts))
    return sorted(((n, end) for end, n in counted.items()), key=lambda x: (x[1] not in failures, -x[0], x[1]))


def examples(verdicts: Sequence[Verdict]) -> list[Verdict]:
    """The first few of those that ended alike; all of them where there are few in all."""
    if len(verdicts) <= FEW:
        return list(verdicts)
    seen: Counter[End] = Counter()
    chosen = []
    for verdict in verdicts:
        seen[end_of(verdict)] += 1
        if seen[end_of(verdict)] <= _EXAMPLES:
            chosen.append(verdict)
    return chosen
