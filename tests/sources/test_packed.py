"""Inputs inside others: zip and gzip, from files and from standard input; archives that are not opened say so."""

from __future__ import annotations

import gzip
import io
import sys
import tarfile
import zipfile
from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.sources import bounded
from sipdiag.sources.find import find_sources
from sipdiag.sources.inputs import Reading, read_sources
from sipdiag.sources.source import Opened
from tests.support.frames import ethernet, ip, pcap, udp

FIXTURES = Path(__file__).parents[2] / "fixtures"
CAPTURE = (FIXTURES / "captures" / "lab" / "s06-refer-403-by-carrier.pcap").read_bytes()
SILENT = pcap([ethernet(ip(udp(b"x")))])
TRACE = (FIXTURES / "traces" / "sngrep-text" / "exchange.txt").read_bytes()


class Piped:
    def __init__(self, data: bytes) -> None:
        self.buffer = io.BytesIO(data)


def zipped(**members: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def tarred(data: bytes) -> bytes:
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w") as archive:
        info = tarfile.TarInfo("trace.txt")
        info.size = len(data)
        archive.addfile(info, io.BytesIO(data))
    return out.getvalue()


def read(path: str) -> list[Opened]:
    return list(read_sources(find_sources([path]).sources, Reading()))


def messages(found: list[Opened]) -> list[tuple[str, int]]:
    return [(o.kind, o.wire.messages if o.wire is not None else 0) for o in found]


@pytest.mark.parametrize("piped", [False, True], ids=["file", "standard input"])
@pytest.mark.parametrize(
    ("data", "kinds"),
    [
        (CAPTURE, ["capture"]),
        (TRACE, ["trace"]),
        (gzip.compress(CAPTURE), ["capture"]),
        (gzip.compress(TRACE), ["trace"]),
        (zipped(a=TRACE, b=CAPTURE), ["trace", "capture"]),
    ],
    ids=["capture", "trace", "capture.gz", "trace.gz", "zip"],
)
def test_packed(data: bytes, kinds: list[str], piped: bool, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "input"
    file.write_bytes(data)
    monkeypatch.setattr(sys, "stdin", Piped(data))
    found = read("-" if piped else str(file))
    counts = {"capture": 16, "trace": messages(read(str(FIXTURES / "traces/sngrep-text/exchange.txt")))[0][1]}
    assert messages(found) == [(kind, counts[kind]) for kind in kinds]


@pytest.mark.parametrize("pack", [bytes, gzip.compress], ids=["tar", "tar.gz"])
def test_a_tar_archive_is_named(pack: type[bytes], tmp_path: Path) -> None:
    file = tmp_path / "logs.tar"
    file.write_bytes(pack(tarred(TRACE)))
    assert [o.error for o in read(str(file))] == ["a tar archive; unpack it, or make it a zip"]


def test_all_members_of_a_gzip_are_one_log(tmp_path: Path) -> None:
    """Rotated logs are put together without being unpacked."""
    file = tmp_path / "log.gz"
    file.write_bytes(gzip.compress(TRACE) + gzip.compress(TRACE) + bytes(16))
    assert messages(read(str(file))) == [("trace", 20)]
    assert read(str(file))[0].problems == ()


def test_a_gzip_that_is_cut_is_read_as_far_as_it_goes(tmp_path: Path) -> None:
    file = tmp_path / "log.gz"
    file.write_bytes(gzip.compress(TRACE * 20)[:-20])
    found = read(str(file))
    assert messages(found)[0][1] > 100
    assert found[0].problems == ("the gzip file is cut off",)


def test_what_is_too_large_is_read_to_a_point_and_said_to_be(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bounded, "MAX_TEXT", 2 * len(TRACE))
    for name, data in (("log.txt", TRACE * 3), ("log.gz", gzip.compress(TRACE * 3))):
        (tmp_path / name).write_bytes(data)
        found = read(str(tmp_path / name))
        assert messages(found) == [("trace", 20)]
        assert found[0].problems[0].endswith("; the rest was not read")


@pytest.mark.parametrize(("others", "failed"), [([CAPTURE], False), ([], True), ([SILENT], True)])
def test_a_capture_without_sip_is_a_failure_only_where_none_has_any(
    others: list[bytes], failed: bool, tmp_path: Path
) -> None:
    for number, data in enumerate([SILENT, *others]):
        (tmp_path / f"{number}.pcap").write_bytes(data)
    report = examine([str(tmp_path)], Options())
    silent = next(i for i in report.inputs if not i.messages)
    assert (silent.failed, silent.problems == ("no SIP in it",)) == (failed, not failed)
