"""Many subjects: the order of what is found, and a check that crashes among them."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking.check import Check
from sipdiag.checking.finding import Finding
from sipdiag.checking.run import run_checks
from sipdiag.facts.config import Agent
from sipdiag.model.binding import Binding
from sipdiag.places import Place
from sipdiag.stages import Severity, Stage

AGENTS = [Agent(str(n), "other", Place("in1", n)) for n in range(1, 301)]


def every_third(agent: Agent) -> Iterator[Finding]:
    """Find something at each third."""
    if int(agent.id) % 3 == 0:
        yield Finding("third", at=agent.where)


def breaks(agent: Agent) -> Iterator[Finding]:
    """Break at the two hundredth."""
    if agent.id == "200":
        raise ValueError("two hundred")
    yield Finding("seen", at=agent.where)


def test_found_check_by_check_in_the_order_of_the_subjects() -> None:
    case = Binding()
    case.add(AGENTS)
    run = run_checks([Check(f, Stage.CONFIGURED, Severity.ERROR, None) for f in (every_third, breaks)], case)
    told = [(f.check.id, getattr(f.subject, "id", None)) for f in run.found]
    assert told == [("every-third", str(n)) for n in range(3, 301, 3)] + [("breaks", str(n)) for n in range(1, 200)]
    assert [p.id for p in run.passed["every-third"] if isinstance(p, Agent)] == [str(n) for n in range(1, 301) if n % 3]
    assert [(c.check, c.error) for c in run.crashed] == [("breaks", "ValueError: two hundred")]
