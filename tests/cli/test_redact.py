"""`sipdiag redact` as a user runs it: copies, names, modes, keys, and what is refused."""

from __future__ import annotations

import json
import shutil
import stat
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from sipdiag.cli import app
from sipdiag.pipeline import Options, examine
from sipdiag.redaction import verify
from sipdiag.redaction.verify import LeakError
from sipdiag.sources.inputs import Reading
from tests.support.diagnosis import essence

FIXTURES = Path(__file__).parents[2] / "fixtures"
CASE = FIXTURES / "cases" / "rule-left-at-conference"
LAB = FIXTURES / "captures" / "lab"


def run(*arguments: str | Path, key: str | None = "k1") -> Result:
    return CliRunner().invoke(app, ["redact", *map(str, arguments)], env={"SIPDIAG_CASE_KEY": key or ""})


def test_a_file_becomes_a_copy_that_only_its_owner_reads(tmp_path: Path) -> None:
    done = run(CASE / "call.pcap", "-o", tmp_path / "out.pcap")
    assert done.exit_code == 0, done.output
    assert stat.S_IMODE((tmp_path / "out.pcap").stat().st_mode) == 0o600
    assert (tmp_path / "out.pcap").stat().st_size == (CASE / "call.pcap").stat().st_size
    assert "2025550170" not in (tmp_path / "out.pcap").read_text("latin-1")
    assert "not anonymous (RFC 6973)" in done.stderr


def test_a_folder_becomes_a_folder_with_the_same_diagnosis(tmp_path: Path) -> None:
    done = run(CASE, "-o", tmp_path / "out")
    assert done.exit_code == 0, done.output
    assert essence(examine([str(tmp_path / "out")])) == essence(examine([str(CASE)]))


def test_one_key_makes_the_same_bytes_and_another_one_others(tmp_path: Path) -> None:
    for name, key in (("a", "k1"), ("b", "k1"), ("c", "k2"), ("d", None)):
        assert run(CASE / "call.pcap", "-o", tmp_path / name, key=key).exit_code == 0
    a, b, c, d = ((tmp_path / n).read_bytes() for n in "abcd")
    assert a == b
    assert len({a, c, d}) == 3


def test_a_number_has_one_pseudonym_in_all_files_of_a_case(tmp_path: Path) -> None:
    (tmp_path / "one.yaml").write_text(
        "agent: {platform: other, rules: [{name: n, type: sip_refer, to: 'tel:+12025550170'}]}\n"
    )
    (tmp_path / "two.txt").write_text("call from +12025550170 came in\n")
    for name in ("one.yaml", "two.txt"):
        assert run(tmp_path / name, "-o", tmp_path / f"out-{name}").exit_code == 0
    one = (tmp_path / "out-one.yaml").read_text().partition("tel:")[2].partition("'")[0]
    assert one != "+12025550170"
    assert one in (tmp_path / "out-two.txt").read_text()


def test_a_dry_run_lists_and_writes_nothing(tmp_path: Path) -> None:
    done = run(CASE / "call.pcap", "--dry-run", "-o", tmp_path / "out")
    assert done.exit_code == 0
    assert "+12025550170 -> +10" in done.stdout
    assert not (tmp_path / "out").exists()


def test_what_is_to_be_kept_stays(tmp_path: Path) -> None:
    assert run(CASE / "call.pcap", "-o", tmp_path / "out", "--keep", "+1202555*").exit_code == 0
    assert "+12025550170" in (tmp_path / "out").read_text("latin-1")


def test_strict_keeps_no_country(tmp_path: Path) -> None:
    assert run(CASE / "call.pcap", "-o", tmp_path / "out", "--redact", "strict").exit_code == 0
    assert "sip:+1" not in (tmp_path / "out").read_text("latin-1")


def test_the_map_is_written_where_it_is_asked_for_and_holds_no_secret(tmp_path: Path) -> None:
    (tmp_path / "in.conf").write_text("[trunk]\nusername=Hildegardis\npassword=Gartenzwerg99\n")
    assert run(tmp_path / "in.conf", "-o", tmp_path / "out.conf", "--write-map", tmp_path / "map").exit_code == 0
    text = (tmp_path / "map").read_text()
    assert "Hildegardis" in {e["original"] for e in json.loads(text)["map"]}
    assert "Gartenzwerg" not in text
    assert stat.S_IMODE((tmp_path / "map").stat().st_mode) == 0o600
    assert "Gartenzwerg" not in (tmp_path / "out.conf").read_text()


def test_keys_are_never_copied(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    shutil.copy(LAB / "s03-tls-with-keylog-complete.keylog.txt", tmp_path / "in")
    shutil.copy(CASE / "call.pcap", tmp_path / "in")
    done = run(tmp_path / "in", "-o", tmp_path / "out")
    assert done.exit_code == 2
    assert "keys are never copied" in done.stderr
    assert [p.name for p in (tmp_path / "out").iterdir()] == ["call.pcap"]


def test_binary_data_is_refused(tmp_path: Path) -> None:
    (tmp_path / "x.bin").write_bytes(bytes(range(256)))
    done = run(tmp_path / "x.bin", "-o", tmp_path / "out")
    assert (done.exit_code, (tmp_path / "out").exists()) == (2, False)


def test_what_is_not_there_is_not_summed_up(tmp_path: Path) -> None:
    done = run(tmp_path / "gone.pcap", "-o", tmp_path / "out.pcap", key=None)
    assert (done.exit_code, done.stderr) == (2, f"sipdiag: {tmp_path / 'gone.pcap'}: no such file or directory\n")


def test_without_output_the_user_is_told_what_to_do() -> None:
    done = run(CASE)
    assert done.exit_code == 2
    assert "-o OUT" in done.stderr


def test_what_gives_something_away_is_deleted_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def leak(*_: object) -> None:
        raise LeakError("a number of 12 characters is still in it")

    monkeypatch.setattr(verify, "check", leak)
    done = run(CASE / "call.pcap", "-o", tmp_path / "out.pcap")
    assert done.exit_code == 3
    assert "deleted again" in done.stderr
    assert not (tmp_path / "out.pcap").exists()


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
def test_what_keys_open_becomes_a_trace_with_transport_and_frames(tmp_path: Path) -> None:
    capture, keys = LAB / "s03-tls-with-keylog-complete.pcapng", LAB / "s03-tls-with-keylog-complete.keylog.txt"
    done = run(capture, "-o", tmp_path / "out.pcapng", "--keylog", keys)
    assert done.exit_code == 0, done.output
    before = examine([str(capture)], Options(reading=Reading(keylog=keys)))
    after = examine([str(tmp_path / "out.pcapng.tls.txt")])
    assert [(v.outcome, v.cause and v.cause.check.id, v.owner) for v in after.verdicts] == [
        (v.outcome, v.cause and v.cause.check.id, v.owner) for v in before.verdicts
    ]
    legs = [[(h.frame.number, h.transport) for leg in r.calls[0].legs for h in leg.hops] for r in (before, after)]
    assert legs[0] == legs[1]
    sealed = examine([str(tmp_path / "out.pcapng")], Options(reading=Reading(keylog=keys)))
    assert not sealed.verdicts, "the copy of the capture must not open with the keys"
