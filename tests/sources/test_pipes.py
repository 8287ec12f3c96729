"""Inputs that can be read once, as a shell's `<(command)`."""

from __future__ import annotations

import gzip
import os
import threading
from pathlib import Path

import pytest

from sipdiag.options import Options
from sipdiag.pipeline import examine

FIXTURES = Path(__file__).parents[2] / "fixtures"
AGENT = FIXTURES / "platforms" / "elevenlabs" / "agent_blind_on_sip_trunk.json"
CAPTURE = next((FIXTURES / "captures").rglob("*.pcap"))
LOG = FIXTURES / "traces" / "freeswitch-siptrace" / "exchange.txt"


def piped(folder: Path, data: bytes) -> str:
    path = folder / "pipe"
    os.mkfifo(path)
    threading.Thread(target=path.write_bytes, args=(data,), daemon=True).start()
    return str(path)


@pytest.mark.parametrize("file", [AGENT, CAPTURE, LOG], ids=["document", "capture", "trace"])
def test_a_pipe_is_read_as_the_file_is(file: Path, tmp_path: Path) -> None:
    alone = examine([str(file)], Options()).inputs[0]
    read = examine([piped(tmp_path, file.read_bytes())], Options()).inputs[0]
    assert not read.failed
    assert (read.kind, read.format, read.messages, read.sha256) == (
        alone.kind,
        alone.format,
        alone.messages,
        alone.sha256,
    )


def test_a_packed_capture_comes_through_a_pipe(tmp_path: Path) -> None:
    read = examine([piped(tmp_path, gzip.compress(CAPTURE.read_bytes()))], Options()).inputs[0]
    assert read.messages == examine([str(CAPTURE)], Options()).inputs[0].messages > 0
