"""Transfers that nobody saw: what configuration leads to."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from sipdiag.facts.transfer import Transfer

if TYPE_CHECKING:
    from sipdiag.facts.config import TransferRule


def predicted(case: str, rules: Sequence[TransferRule], start: int = 1) -> list[tuple[Transfer, TransferRule]]:
    """One transfer for each rule, for inputs without any evidence of a call: what the configuration leads to."""
    found = []
    for n, rule in enumerate(rules, start):
        method = rule.effective_method
        name = "blind-refer" if method == "refer" else method or "unknown"
        found.append((Transfer(f"t{n}", case, None, None, name, None, ("config",), wire=False), rule))
    return found
