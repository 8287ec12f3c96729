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


def cpu(command: list[str], runs: int) -> float:
    """The least processor seconds of some runs: what else the machine does can only add to them."""
    seconds = []
    nothing = os.open(os.devnull, os.O_WRONLY)
    program = shutil.which(command[0]) or command[0]
    for _ in range(runs):
        actions = [(os.POSIX_SPAWN_DUP2, nothing, 1), (os.POSIX_SPAWN_DUP2, nothing, 2)]
        _, _, usage = os.wait4(os.posix_spawn(program, command, dict(os.environ), file_actions=actions), 0)
        seconds.append(usage.ru_utime + usage.ru_stime)
    os.close(nothing)
    return min(seconds)


def table(title: str, base: tuple[str, float], rows: dict[str, float], most: float) -> bool:
    """Print what was measured against `base`; whether all kept to `most` times that."""
    print(f"\n## {title}\n\n| command | cpu s | x {base[0]} |\n|---|--:|--:|")
    for name, seconds in {base[0]: base[1], **rows}.items():
        print(f"| {name} | {seconds:.2f} | {seconds / base[1]:.1f} |")
    missed = [
        f"{name} {s / base[1]:.1f} times {base[0]}, wanted {most:.0f}" for name, s in rows.items() if s > most * base[1]
    ]
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
        commands = {"lint of one file": ["lint", str(ONE)], "--version": ["--version"], "--help": ["--help"]}
        rows = {name: cpu([*SIPDIAG, *rest], arguments.runs) for name, rest in commands.items()}
        kept = table("Start", ("tshark -v", cpu(["tshark", "-v"], arguments.runs)), rows, START)
    with tempfile.TemporaryDirectory(prefix="sipdiag-bench-") as temporary:
        for form in ("json", "yaml"):
            folder = (arguments.keep or Path(temporary)) / f"{form}-{arguments.files}"
            if not folder.exists():
                write_configs(folder, arguments.files, form)
            runs = min(arguments.runs, 3)
            loaded = cpu([sys.executable, "-c", LOAD, str(folder)], runs)
            rows = {
                f"lint --format {f}": cpu([*SIPDIAG, "lint", str(folder), "--format", f], runs)
                for f in ("text", "json")
            }
            kept = table(f"{arguments.files} files of {form.upper()}", ("loading", loaded), rows, MANY) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
