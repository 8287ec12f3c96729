"""Write folders of configurations to measure `sipdiag lint` on: the examples of all platforms, again and again, renamed."""

from __future__ import annotations

import json
from itertools import cycle
from pathlib import Path

import yaml

EXAMPLES = Path(__file__).parent.parent / "fixtures" / "platforms"


def examples() -> list[object]:
    """Every example that is JSON or YAML, as data."""
    found = sorted(f for f in EXAMPLES.rglob("*") if f.suffix in (".json", ".yaml") and f.name != "expect.yaml")
    return [yaml.safe_load(f.read_text("utf-8").replace("\t", " ")) for f in found]


def write_configs(folder: Path, files: int, form: str) -> None:
    """`files` documents as `json` or `yaml`, none like another, a hundred in each sub-folder: a case of its own."""
    for number, document in zip(range(files), cycle(examples()), strict=False):
        text = (
            json.dumps(_renamed(document, number), indent=2)
            if form == "json"
            else yaml.safe_dump(_renamed(document, number))
        )
        place = folder / f"{number // 100:03}"
        place.mkdir(parents=True, exist_ok=True)
        (place / f"{number:05}.{form}").write_text(text, "utf-8")


def _renamed(value: object, number: int) -> object:
    """The same document of another agent, trunk or number: what names one ends in digits of its own."""
    if isinstance(value, dict):
        return {k: f"{v}-{number}" if _names(k, v) else _renamed(v, number) for k, v in value.items()}
    return [_renamed(v, number) for v in value] if isinstance(value, list) else value


def _names(key: object, value: object) -> bool:
    named = str(key) == "name" or (str(key).endswith("_id") and not str(key).endswith("caller_id"))
    return isinstance(value, str) and named
