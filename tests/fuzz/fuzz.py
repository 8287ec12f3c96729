"""Fuzz what reads hostile octets, guided by coverage (atheris).

    python tests/fuzz/fuzz.py [--seconds 20] [--corpus FOLDER] [TARGET…]

Each target runs in a process of its own for so many seconds, over the corpus kept in FOLDER/TARGET if one is given.
An octet string that breaks it is kept as FOLDER/TARGET/crash-… and shown; the exit code is then 1. Numbers of runs and
not seconds: `--runs`. Without atheris (it has no wheels for every Python and system) one line says so, and it exits 0.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path

ROOT = Path(__file__).parents[2]


def every(arguments: argparse.Namespace) -> int:
    """Run each target in a process of its own; returns the exit code."""
    sys.path.insert(0, str(ROOT))
    from tests.fuzz.targets import targets

    broken = []
    names = arguments.targets or [t.name for t in targets()]
    for name in names:
        command = [
            sys.executable,
            __file__,
            "--one",
            name,
            f"--seconds={arguments.seconds}",
            f"--runs={arguments.runs}",
        ]
        command += ["--corpus", str(arguments.corpus)] if arguments.corpus else []
        run = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, errors="backslashreplace", check=False)
        told = [line for line in run.stderr.splitlines() if line.startswith("Done ")]
        print(f"{name:28} {told[-1] if told else 'BROKEN'}", flush=True)
        if run.returncode:
            broken.append(name)
            print(run.stdout[-6_000:], run.stderr[-3_000:], sep="\n")
    return 1 if broken else 0


def one(name: str, arguments: argparse.Namespace) -> None:
    """Fuzz one target in this process, which ends with it."""
    import atheris

    sys.path.insert(0, str(ROOT))
    with atheris.instrument_imports(include=["sipdiag"]):
        from tests.fuzz.targets import targets
    target = next((t for t in targets() if t.name == name), None)
    if target is None:
        raise SystemExit(f"no target {name}; there are: {', '.join(t.name for t in targets())}")
    with tempfile.TemporaryDirectory(prefix="sipdiag-fuzz-") as scratch:
        kept = (arguments.corpus or Path(scratch)) / name.replace(":", "-")
        seeds, words = Path(scratch) / "seeds", Path(scratch) / "words"
        for folder in (kept, seeds):
            folder.mkdir(parents=True, exist_ok=True)
        for number, file in enumerate(target.seeds):
            (seeds / f"{number}").write_bytes(file.read_bytes())
        words.write_text("".join(f'"{_escaped(word)}"\n' for word in target.words))
        # A number of runs is asked for where two runs have to be alike.
        limit = ["-seed=1", f"-runs={arguments.runs}"] if arguments.runs else []
        options = [
            *limit,
            f"-max_total_time={arguments.seconds}",
            f"-max_len={target.longest}",
            "-timeout=20",
            "-rss_limit_mb=2048",
            "-print_final_stats=1",
        ]
        options += [f"-artifact_prefix={kept}/", *([f"-dict={words}"] if target.words else [])]
        atheris.Setup([sys.argv[0], *options, str(kept), str(seeds)], target.run)
        atheris.Fuzz()


def _escaped(word: str) -> str:
    return "".join(f"\\x{octet:02x}" for octet in word.encode())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("targets", nargs="*", metavar="TARGET")
    parser.add_argument("--seconds", type=int, default=20, help="for each target")
    parser.add_argument("--runs", type=int, default=0, help="inputs for each target, instead of seconds")
    parser.add_argument("--corpus", type=Path, help="folder where inputs that reach new code are kept")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if find_spec("atheris") is None:
        print("atheris is not installed (pip install atheris; it has no wheel for every Python): nothing was fuzzed")
        return 0
    if arguments.one:
        one(arguments.one, arguments)
    return every(arguments)


if __name__ == "__main__":
    sys.exit(main())
