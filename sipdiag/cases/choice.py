"""Which checks to run: those chosen, whose subject exists here."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.checking.discover import Broken, built_in, plugins
from sipdiag.facts.kinds import in_words

if TYPE_CHECKING:
    from sipdiag.checking.check import Check
    from sipdiag.options import Options


def load_checks(options: Options, kinds: set[str]) -> tuple[list[Check], list[Broken], dict[str, str]]:
    """The checks to run: those whose subject exists here. Says why the others are not run."""
    chosen: list[Check] = []
    not_run: dict[str, str] = {}
    for known in built_in():
        if not selected(known.id, known.family, options):
            not_run[known.id] = "not selected"
        elif known.subject in kinds:
            chosen.append(known.load())
        else:
            not_run.setdefault(known.id, f"no {in_words(known.subject)} in these inputs")
    others, broken = plugins()
    chosen += [c for c in others if selected(c.id, c.family, options)]
    return chosen, broken, not_run


def selected(check_id: str, family: str, options: Options) -> bool:
    names = {check_id, family}
    return (not options.select or bool(names & set(options.select))) and not names & set(options.ignore)
