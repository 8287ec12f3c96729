"""Measure how `sipdiag lint` starts and what many files cost it, beside `tshark -v` and PyYAML's C loader.

    python benchmarks/bench_lint.py [--files 1000] [--runs 5] [--keep FOLDER]

Prints two tables in Markdown: processor seconds (user and system, the least of the runs) and the ratio that the project
promises. Our modules are compiled first, as an installer does; the folder of files is that of `make_configs.py`.
"""

from __future__ import annotations

import argparse
import compileall
import os
import shutil
import sys
import tempfile
from pathlib import Path

from make_configs import EXAMPLES, write_configs

ROOT = Path(__file__).parent.parent
ONE = EXAMPLES / "elevenlabs" / "agent_blind_on_sip_trunk.json"
SIPDIAG = [sys.executable, "-m", "sipdiag"]
LOAD = (
    "import sys, yaml\nfrom pathlib import Path\n"
    "for file in Path(sys.argv[1]).rglob('*.*'):\n    yaml.load(file.read_bytes(), yaml.CSafeLoader)"
)
# What the project promises: times `tshark -v`, and times the loading, at most.
START, MANY = 1.0, 3.0


def cpu(commands: dict[str, list[str]], runs: int) -> dict[str, float]:
    """The least processor seconds of some runs of each: what else the machine does can only add to them.

    The commands take turns, so that it adds to all of them alike.
    """
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    nothing = os.open(os.devnull, os.O_WRONLY)
    for _ in range(runs):
        for name, command in commands.items():
            program = shutil.which(command[0]) or command[0]
            actions = [(os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)]
            _, _, usage = os.wait4(os.posix_spawn(program, command, dict(os.environ), file_actions=actions), 0)
            seconds[name].append(usage.ru_utime + usage.ru_stime)
    os.close(nothing)
    return {name: min(measured) for name, measured in seconds.items()}


def table(title: str, rows: dict[str, float], most: float) -> bool:
    """Print what was measured against the first of it; whether all kept to `most` times that."""
    base, least = next(iter(rows.items()))
    print(f"\n## {title}\n\n| command | cpu s | x {base} |\n|---|--:|--:|")
    for name, seconds in rows.items():
        print(f"| {name} | {seconds:.2f} | {seconds / least:.2f} |")
    missed = [f"{name} {s / least:.2f} times {base}, wanted {most:.0f}" for name, s in rows.items() if s > most * least]
    if missed:
        print(f"\nMissed: {'; '.join(missed)}.")
    return not missed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--files", type=int, default=1000)
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--keep", type=Path, help="folder for the files, used again by the next run")
    arguments = parser.parse_args()
    for package in ("sipdiag", "checks"):
        compileall.compile_dir(ROOT / package, quiet=2)
    kept = True
    if shutil.which("tshark"):
        ours = {"lint of one file": ["lint", str(ONE)], "--version": ["--version"], "--help": ["--help"]}
        commands = {"tshark -v": ["tshark", "-v"]} | {name: [*SIPDIAG, *rest] for name, rest in ours.items()}
        kept = table("Start", cpu(commands, arguments.runs), START)
    with tempfile.TemporaryDirectory(prefix="sipdiag-bench-") as temporary:
        for form in ("json", "yaml"):
            folder = (arguments.keep or Path(temporary)) / f"{form}-{arguments.files}"
            if not folder.exists():
                write_configs(folder, arguments.files, form)
            lint = {f"lint --format {f}": [*SIPDIAG, "lint", str(folder), "--format", f] for f in ("text", "json")}
            commands = {"loading": [sys.executable, "-c", LOAD, str(folder)]} | lint
            kept = table(f"{arguments.files} files of {form.upper()}", cpu(commands, arguments.runs), MANY) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
