"""Measure sipdiag beside the tools that people read captures with, on the same files in the same run.

    python benchmarks/bench.py [--megabytes 200] [--large 1024] [--runs 3] [--keep FOLDER] [--only rtp mixed sip web]

Prints a table in Markdown: for each capture the processor seconds of each tool (user and system, the median of the runs),
how many times less than tshark and how many times more than `cat` that is, the seconds on the clock, the peak memory, and
the number of SIP messages it found. Tools that are not installed are left out. Our modules are compiled first, as an
installer does. Only ratios mean something: the seconds
are those of this machine at this moment.
"""

from __future__ import annotations

import argparse
import compileall
import json
import os
import re
import shutil
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

from make_captures import write

ROOT = Path(__file__).parent.parent
# What the project promises of `sipdiag diagnose`: times tshark at least, and megabytes at most (None: not said).
TARGETS = {"rtp": (60.0, 80), "mixed": (25.0, 80), "sip": (6.0, 200), "web": (None, 80)}


@dataclass(frozen=True, slots=True)
class Tool:
    """A command on one capture; `count` reads the number of messages from what it wrote."""

    name: str
    command: list[str]
    counted_by: str = ""


@dataclass(frozen=True, slots=True)
class Measured:
    cpu: float
    seconds: float
    megabytes: float
    messages: int | None


_UNFILTERED = (
    512 << 20
)  # bytes of a capture that sngrep reads without a filter; of a GiB it had not come to an end in 12 minutes


def tools(capture: Path, scratch: Path) -> list[Tool]:
    sipdiag = [sys.executable, "-m", "sipdiag", "diagnose", str(capture)]
    found = [
        Tool("sipdiag diagnose", sipdiag),
        Tool("sipdiag diagnose --format json", [*sipdiag, "--format", "json"], "json"),
        Tool("cat", ["cat", str(capture)]),
    ]
    if shutil.which("tshark"):
        fields = ["-T", "fields", "-e", "frame.number", "-e", "sip.Method", "-e", "sip.Status-Code"]
        command = ["tshark", "-n", "-r", str(capture), "-Y", "sip", *fields]
        found.append(Tool("tshark -Y sip", command, "fields"))
        found.append(Tool("tshark, reordering", [*command, "-o", "tcp.reassemble_out_of_order:TRUE"], "fields"))
    if shutil.which("sngrep"):
        out = scratch / "sngrep.pcap"
        if capture.stat().st_size < _UNFILTERED:
            found.append(Tool("sngrep -N", ["sngrep", "-N", "-q", "-I", str(capture), "-O", str(out)]))
        by_port = ["sngrep", "-N", "-q", "-I", str(capture), "-O", str(out), "port", "5060"]
        found.append(Tool("sngrep -N port 5060", by_port))
    if shutil.which("tcpdump"):
        found.append(
            Tool("tcpdump port 5060", ["tcpdump", "-nn", "-r", str(capture), "-w", os.devnull, "port", "5060"])
        )
    return found


def measure(tool: Tool, scratch: Path) -> Measured:
    output = scratch / "output"
    with output.open("wb") as out, open(os.devnull, "wb") as nothing:
        begin = time.perf_counter()
        actions = [(os.POSIX_SPAWN_DUP2, (nothing if tool.name == "cat" else out).fileno(), 1)]
        actions.append((os.POSIX_SPAWN_DUP2, nothing.fileno(), 2))
        program = shutil.which(tool.command[0]) or tool.command[0]
        child = os.posix_spawn(program, tool.command, dict(os.environ, TERM="xterm"), file_actions=actions)
        _, _, usage = os.wait4(child, 0)
        seconds = time.perf_counter() - begin
    messages: int | None = None
    text = output.read_text("utf-8", "replace") if tool.counted_by else ""
    if tool.counted_by == "json" and text:
        messages = sum(found["messages"] or 0 for found in json.loads(text)["inputs"])
    elif tool.counted_by == "fields":
        messages = sum(len(re.findall(r"[^\t,]+", line.partition("\t")[2])) for line in text.splitlines())
    scale = 1 << 20 if sys.platform == "darwin" else 1 << 10
    return Measured(usage.ru_utime + usage.ru_stime, seconds, usage.ru_maxrss / scale, messages)


def table(kind: str, capture: Path, messages: int, runs: int, scratch: Path) -> bool:
    """Print the rows of one capture; returns whether sipdiag kept what the project promises."""
    print(f"\n## {kind}: {capture.stat().st_size / 1e6:.0f} MB, {messages} SIP messages\n")
    print("| tool | cpu s | x tshark | x cat | clock s | peak MB | messages |\n|---|--:|--:|--:|--:|--:|--:|")
    rows: dict[str, list[Measured]] = {tool.name: [] for tool in tools(capture, scratch)}
    for run in range(runs):
        for tool in tools(capture, scratch):
            if run == 0 or not tool.name.startswith("tshark"):  # takes minutes; one run tells enough
                rows[tool.name].append(measure(tool, scratch))
    best = {name: sorted(found, key=lambda m: m.cpu)[(len(found) - 1) // 2] for name, found in rows.items()}
    base = best["tshark -Y sip"].cpu if "tshark -Y sip" in best else None
    least = max(best["cat"].cpu, 0.001)
    for name, row in best.items():
        ratio = f"{base / row.cpu:.1f}" if base and row.cpu else "-"
        count = "-" if row.messages is None else str(row.messages)
        cells = (
            name,
            f"{row.cpu:.2f}",
            ratio,
            f"{row.cpu / least:.0f}",
            f"{row.seconds:.2f}",
            f"{row.megabytes:.0f}",
            count,
        )
        print(f"| {' | '.join(cells)} |")
    ours, counted = best["sipdiag diagnose"], best["sipdiag diagnose --format json"]
    faster, memory = TARGETS[kind]
    misses = []
    if base and faster and base / ours.cpu < faster:
        misses.append(f"{base / ours.cpu:.1f} times tshark, wanted {faster:.0f}")
    if ours.megabytes > memory:
        misses.append(f"{ours.megabytes:.0f} MB, wanted {memory}")
    if counted.messages != messages:
        misses.append(f"{counted.messages} messages, there are {messages}")
    if misses:
        print(f"\nMissed: {'; '.join(misses)}.")
    return not misses


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--megabytes", type=int, default=200, help="size of each capture")
    parser.add_argument("--large", type=int, default=1024, help="size of the one with plain RTP")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--keep", type=Path, help="folder for the captures, used again by the next run")
    parser.add_argument("--only", nargs="*", choices=tuple(TARGETS), default=tuple(TARGETS))
    arguments = parser.parse_args()
    for package in ("sipdiag", "checks"):
        compileall.compile_dir(ROOT / package, quiet=2)
    kept = True
    with tempfile.TemporaryDirectory(prefix="sipdiag-bench-") as temporary:
        folder = arguments.keep or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for kind in arguments.only:
            size = arguments.large if kind == "rtp" else arguments.megabytes
            capture, note = folder / f"{kind}-{size}.pcap", folder / f"{kind}-{size}.messages"
            if not note.exists():
                with capture.open("wb", buffering=1 << 20) as out:
                    note.write_text(str(write(kind, size, out)))
            kept = table(kind, capture, int(note.read_text()), arguments.runs, Path(temporary)) and kept
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
