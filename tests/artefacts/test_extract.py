"""What is cut out of a capture has the verdict of the whole, and nothing of other calls."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from sipdiag.cli import app
from sipdiag.pipeline import Options, examine
from sipdiag.reports.report import Report
from sipdiag.sources.inputs import Reading

LAB = Path(__file__).parents[2] / "fixtures" / "captures" / "lab"


def run(*arguments: str) -> tuple[int, str]:
    result = CliRunner().invoke(app, ["extract", *arguments])
    return result.exit_code, result.stderr


def told(report: Report) -> list[tuple[str, str | None]]:
    return [(v.outcome.value, v.cause.check.id if v.cause is not None else None) for v in report.verdicts]


@pytest.mark.parametrize(
    ("name", "number"),
    [
        ("s02-blind-tcp-complete.pcapng", 1),
        ("s20-large-refer-ip-fragments.pcap", 1),
        ("s21-tcp-split-messages.pcap", 1),
        ("s23-two-calls-one-fails.pcap", 1),
        ("s23-two-calls-one-fails.pcap", 2),
        ("s25-with-rtp.pcap", 1),
        ("s27-tcp-several-messages-in-one-segment.pcapng", 1),
        ("s29-refer-icmp-unreachable.pcap", 1),
    ],
)
def test_an_extract_has_the_verdict_of_the_whole(tmp_path: Path, name: str, number: int) -> None:
    out = tmp_path / "x.pcapng"
    code, said = run(str(LAB / name), "--transfer", str(number), "-o", str(out))
    assert (code, said.count("\n")) == (0, 1)
    whole, part = examine([str(LAB / name)]), examine([str(out)])
    assert told(part) == [told(whole)[number - 1]]
    if len(whole.verdicts) > 1:
        others = {i for v in whole.verdicts if v.transfer.id != f"t{number}" for i in v.transfer.call.call_ids}  # type: ignore[union-attr]  # each has a call
        assert not any(i.encode() in out.read_bytes() for i in others)


def test_a_connection_that_was_read_with_keys_is_kept_whole(tmp_path: Path) -> None:
    name = LAB / "s03-tls-with-keylog-complete"
    keys, out = f"{name}.keylog.txt", tmp_path / "x.pcapng"
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed, and only it reads TLS with keys")
    assert run(f"{name}.pcapng", "--keylog", keys, "-o", str(out), "--redact", "off")[0] == 0
    options = Options(reading=Reading(keylog=Path(keys)))
    assert told(examine([str(out)], options)) == told(examine([f"{name}.pcapng"], options))


def test_the_findings_stand_in_the_capture_as_comments(tmp_path: Path) -> None:
    out = tmp_path / "x.pcapng"
    run(str(LAB / "s08-refer-603.pcap"), "-o", str(out))
    data = out.read_bytes()
    assert b"rejected: " in data
    assert b"error refer-refused-by-policy: " in data
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed, so no other program reads the comments back")
    shown = subprocess.run(
        ["tshark", "-r", str(out), "-T", "fields", "-e", "frame.comment"],  # noqa: S607 # whichever tshark is installed
        capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    assert "error refer-refused-by-policy: " in shown


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("s23-two-calls-one-fails.pcap",), "name one with --transfer or --call"),
        (("s22-tls-expired-certificate.pcap",), "there is no call in these inputs"),
        (("nobody.pcap",), "nobody.pcap: no such file"),
        (("s06-refer-403-by-carrier.agent.json",), "extract cuts captures only"),
    ],
)
def test_what_cannot_be_cut_is_said(tmp_path: Path, arguments: tuple[str, ...], words: str) -> None:
    code, said = run(str(LAB / arguments[0]), "-o", str(tmp_path / "x.pcapng"))
    assert code == 2
    assert words in said
    assert not list(tmp_path.iterdir())


def test_an_extract_is_redacted_unless_asked_otherwise(tmp_path: Path) -> None:
    out, plain = tmp_path / "x.pcapng", tmp_path / "plain.pcapng"
    source = LAB / "s21-tcp-split-messages.pcap"
    assert "redacted" in run(str(source), "-o", str(out))[1]
    assert "as they were" in run(str(source), "-o", str(plain), "--redact", "off")[1]
    (call,) = examine([str(source)]).calls
    for original in (*call.call_ids, "+15551230001"):
        assert original.encode() in plain.read_bytes()
        assert original.encode() not in out.read_bytes()


def test_what_ran_inside_tls_stands_redacted_beside_a_capture_that_stays_closed(tmp_path: Path) -> None:
    name = LAB / "s03-tls-with-keylog-complete"
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed, and only it reads TLS with keys")
    keys = f"{name}.keylog.txt"
    code, said = run(f"{name}.pcapng", "--keylog", keys, "-o", str(tmp_path / "x.pcapng"))
    assert code == 0
    assert "x.pcapng.tls.txt: what the keys open" in said
    options = Options(reading=Reading(keylog=Path(keys)))
    whole, part = examine([f"{name}.pcapng"], options), examine([str(tmp_path)])
    assert told(part) == told(whole)
    assert [i.problems for i in part.inputs] == [(), ()], "nothing is said to be unread"
    written = b"".join(p.read_bytes() for p in tmp_path.iterdir())
    assert not any(i.encode() in written for i in whole.calls[0].call_ids)
    assert not any(line.split()[-1] in written.hex() for line in Path(keys).read_text().splitlines() if line)
    assert not examine([str(tmp_path / "x.pcapng")], options).verdicts, "the keys open it no more"
