"""The message list of every recording is that of tshark, except where tshark is known to be wrong."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections import defaultdict
from pathlib import Path

import pytest

from sipdiag.raw import Packet
from sipdiag.sources.captures import read_capture

ROOT = Path(__file__).parents[3] / "fixtures" / "captures"
RECORDINGS = sorted(
    (f for f in ROOT.glob("*/*") if f.suffix in (".pcap", ".pcapng")), key=lambda f: (f.parent.name, f.name)
)

# Frame -> its start lines, Call-IDs and CSeqs, each sorted: tshark lists the fields of a frame one kind after the other.
Messages = dict[int, tuple[list[str], list[str], list[str]]]

# What tshark is known to get wrong: recording -> (frames, reason).
MISTAKES: dict[str, tuple[set[int], str]] = {}

needs_tshark = pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark, to compare with, is not installed")


def tsharks(file: Path) -> Messages:
    fields = ("frame.number", "sip.Request-Line", "sip.Status-Line", "sip.Call-ID", "sip.CSeq")
    command = ["tshark", "-n", "-r", str(file), "-o", "tcp.reassemble_out_of_order:TRUE"]
    command += ["-Y", "sip && !icmp && !icmpv6", "-T", "fields", "-E", "aggregator=\x1f"]
    output = subprocess.run([*command, *(f"-e{f}" for f in fields)], capture_output=True, check=True).stdout
    found: Messages = {}
    for line in output.decode("utf-8", "replace").splitlines():
        number, requests, statuses, call_ids, sequences = line.split("\t")
        found[int(number)] = (
            sorted(x.strip() for x in (*requests.split("\x1f"), *statuses.split("\x1f")) if x),
            sorted(x.strip() for x in call_ids.split("\x1f") if x),
            sorted(x.strip() for x in sequences.split("\x1f") if x),
        )
    return found


def header(packet: Packet, names: bytes) -> str:
    found = re.search(rb"(?im)^(?:%b)[ \t]*:[ \t]*([^\r\n]*)" % names, packet.data.partition(b"\r\n\r\n")[0])
    return found[1].decode("utf-8", "replace").strip() if found else ""


def ours(file: Path) -> Messages:
    lists: dict[int, list[tuple[str, str, str]]] = defaultdict(list)
    for packet in read_capture(file, "in1").packets:
        start = packet.data.partition(b"\n")[0].decode("utf-8", "replace").strip()
        assert packet.frame.number is not None
        lists[packet.frame.number].append((start, header(packet, b"call-id|i"), header(packet, b"cseq")))
    return {
        number: (
            sorted(s for s, _, _ in found),
            sorted(c for _, c, _ in found if c),
            sorted(q for _, _, q in found if q),
        )
        for number, found in lists.items()
    }


def test_there_are_recordings() -> None:
    assert len([f for f in RECORDINGS if f.parent.name == "lab"]) == 30


@needs_tshark
@pytest.mark.parametrize("file", RECORDINGS, ids=lambda f: f"{f.parent.name}/{f.name}")
def test_same_messages(file: Path) -> None:
    excused, _ = MISTAKES.get(file.name, (set[int](), ""))
    want, got = tsharks(file), ours(file)
    assert {n: m for n, m in got.items() if n not in excused} == {n: m for n, m in want.items() if n not in excused}
