"""Cases made of documents alone: text -> document -> facts -> binding, as the pipeline does it."""

from __future__ import annotations

import re
import textwrap
from collections.abc import Sequence

from sipdiag.checking.check import Check
from sipdiag.checking.run import Found, run_checks
from sipdiag.facts.config import Destination, Expectation, destination_of, oddities
from sipdiag.model.bind_documents import bind_documents
from sipdiag.model.binding import Binding
from sipdiag.places import Place
from sipdiag.platforms import Adapted, adapt, together
from sipdiag.platforms.document import Document
from sipdiag.platforms.profiles import profiles
from sipdiag.sources.documents import read_document

_TODAY = re.compile(r"^# --today (\S+)$", re.MULTILINE)
BESIDE = ("modules.conf", "extconfig.conf", "sorcery.conf")  # files that hold nothing of a call, and tell of others
_PART = re.compile(r"^=== (\S+)\n", re.MULTILINE)


class NotRecognisedError(Exception):
    """A document that no platform's module knows."""


def case_of_documents(texts: Sequence[tuple[str, str]], expectation: Expectation | None = None) -> Binding:
    """A case of documents given as (name, text). Lines `# --expect refer` and `# --today DATE` are options."""
    documents: list[Document] = []
    whole = "\n".join(t for _, t in texts)
    for number, (name, text) in enumerate(texts, 1):
        node = read_document(text.encode(), name, f"in{number}")
        documents.append(Document(f"in{number}", name, node, adapt(node, name, f"in{number}")))
    beside = together(documents)
    adapted: list[Adapted] = []
    for document in documents:
        found = beside.get(document.input) or document.adapted
        if found is None and not (len(texts) > 1 and document.name in BESIDE):
            raise NotRecognisedError(f"{document.name} was not recognised:\n{texts}")
        adapted += [found] if found is not None else []
    today = _TODAY.search(whole)
    wanted = expectation or Expectation("# --expect refer" in whole, "# --expect-transfer" in whole, today and today[1])
    agents = [a for d in adapted for a in d.agents]
    rules = list({id(r): r for d in adapted for r in (*d.rules, *(r for a in d.agents for r in a.rules))}.values())
    trunks = [t for d in adapted for t in d.trunks]
    records = [r for d in adapted for r in d.records]
    destinations: list[Destination] = [d for d in map(destination_of, rules) if d is not None]
    binding = Binding(everywhere=(wanted, *(p for d in adapted for p in d.dialplans)))
    for facts in (agents, rules, trunks, records, destinations):
        binding.add(facts)
    binding.add([*oddities(agents, rules, trunks), *(m for d in adapted for m in d.misread)])
    bind_documents(binding, agents, rules, trunks, records, destinations, profiles())
    return binding


def parts_of(text: str, name: str) -> list[tuple[str, str]]:
    """The documents of a text: one, or those that stand each behind a line `=== NAME`."""
    parts = _PART.split(text)
    return [(name, text)] if len(parts) == 1 else list(zip(parts[1::2], parts[2::2], strict=True))


def findings(check: Check, text: str, name: str = "example.yaml") -> list[Found]:
    run = run_checks([check], case_of_documents(parts_of(textwrap.dedent(text), name)))
    assert not run.crashed, run.crashed
    return run.found


def line_of(found: Found, name: str) -> str:
    at = found.finding.at
    place = f"{at.line}:{at.column}" if isinstance(at, Place) else "-"
    return f"{name}:{place}: {found.severity.slug} {found.check.id}: {found.finding.plain}"
