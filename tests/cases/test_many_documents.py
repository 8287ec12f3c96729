"""A folder of many documents costs as much as its documents together: what is tied grows with them, not with their square."""

from __future__ import annotations

import json
from pathlib import Path

from sipdiag.facts.record import CallRecord
from sipdiag.pipeline import Options, examine

EXAMPLES = Path(__file__).parents[2] / "fixtures" / "platforms" / "elevenlabs"
AGENT = json.loads((EXAMPLES / "agent_blind_on_sip_trunk.json").read_text("utf-8"))
RECORD = json.loads((EXAMPLES / "conversation_refer_timeout.json").read_text("utf-8"))


def ties(folder: Path, count: int) -> int:
    """How many facts are tied to one another where a folder holds so many agents, each with a record of its own."""
    folder.mkdir()
    for n in range(count):
        named = {"agent_id": f"agent_{n}", "name": f"desk {n}", "phone_numbers": []}
        (folder / f"agent{n}.json").write_text(json.dumps(AGENT | named), "utf-8")
        (folder / f"record{n}.json").write_text(
            json.dumps(RECORD | {"agent_id": f"agent_{n}", "conversation_id": f"conv_{n}"}), "utf-8"
        )
    report = examine([str(folder)], Options(command="lint"))
    binding = report.binding["k1"]
    assert len(report.verdicts) == count
    assert not any(binding.linked(v.transfer, CallRecord) for v in report.verdicts)
    return sum(len(facts) for kinds in binding.links.values() for facts in kinds.values())


def test_what_is_tied_grows_with_the_documents(tmp_path: Path) -> None:
    few, many = ties(tmp_path / "few", 10), ties(tmp_path / "many", 40)
    assert few > 0
    assert many <= 4 * few
