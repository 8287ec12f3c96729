"""Archives: their members are inputs, a bundle's inputs alone are, and tricks are refused and said to be."""

from __future__ import annotations

import zipfile
from pathlib import Path

import pytest

from sipdiag.artefacts.bundle import Member, bundle
from sipdiag.pipeline import Options, examine
from sipdiag.sources.archives import read_manifest

OWN = b"agent: {platform: other, rules: [{name: s, type: sip_refer, to: 'sip:500@pbx.example'}]}\n"


def zipped(path: Path, members: dict[str, bytes]) -> str:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(zipfile.ZipInfo(name), data, zipfile.ZIP_DEFLATED)
    return str(path)


@pytest.mark.parametrize(
    "name", ["../../etc/own.yaml", "/etc/own.yaml", "a/../../own.yaml", "C:/own.yaml", "..\\own.yaml"]
)
def test_a_name_that_leads_out_of_the_archive_is_refused(tmp_path: Path, name: str) -> None:
    report = examine([zipped(tmp_path / "x.zip", {name: OWN, "good.yaml": OWN})])
    said = {i.path.partition(".zip/")[2]: i.problems for i in report.inputs}
    assert said["good.yaml"] == ()
    assert [p for k, v in said.items() if k != "good.yaml" for p in v] == ["its name leads out of the archive"]
    assert report.exit_code() == 2


def test_a_bomb_is_refused(tmp_path: Path) -> None:
    report = examine([zipped(tmp_path / "x.zip", {"bomb.txt": b"\0" * (40 << 20), "own.yaml": OWN})])
    assert [i.problems for i in report.inputs] == [("it grows beyond 16 MiB",), ()]


def test_of_two_members_with_one_name_neither_is_taken_for_the_right_one(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    zipped(file, {"agent.yaml": OWN, "other.yaml": OWN})
    with zipfile.ZipFile(file, "a") as archive, pytest.warns(UserWarning, match="Duplicate name"):
        archive.writestr("agent.yaml", OWN.replace(b"500", b"501"))
    report = examine([str(file)])
    assert [(i.path.partition(".zip/")[2], i.problems) for i in report.inputs] == [
        ("agent.yaml", ("2 files of the archive have this name: which is meant is not told",)),
        ("other.yaml", ()),
    ]
    assert report.exit_code() == 2


def test_a_damaged_archive_is_said_to_be(tmp_path: Path) -> None:
    file = tmp_path / "x.zip"
    file.write_bytes(b"PK\x03\x04" + bytes(50))
    (item,) = examine([str(file)]).inputs
    assert item.problems[0].startswith("a damaged zip archive: ")


def made(options: dict[str, object]) -> bytes:
    inputs = [Member("inputs/k1/in1.yaml", "k1", "config", "own-form", OWN)]
    return bundle(inputs, {"report.json": b'{"version": 1}\n', "report.html": b"<p>"}, options, "on")


def test_of_a_bundle_only_its_inputs_are_read_with_its_options(tmp_path: Path) -> None:
    file = tmp_path / "case.zip"
    file.write_bytes(made({"expect_transfer": True}))
    report = examine([str(file)])
    assert [i.path.partition(".zip/")[2] for i in report.inputs] == ["inputs/k1/in1.yaml"]
    assert [v.transfer.asked_for_in for v in report.verdicts] == [("option",)]
    manifest = read_manifest(file)
    assert manifest is not None
    assert manifest.cases == {"inputs/k1/in1.yaml": "k1"}


def test_the_same_case_gives_the_same_bytes() -> None:
    assert made({"agent": "x"}) == made({"agent": "x"})


def test_what_the_user_says_beats_what_a_bundle_says() -> None:
    assert Options(agent="mine").filled({"agent": "other", "platform": "vapi"}) == Options(
        agent="mine", platform="vapi"
    )


@pytest.mark.parametrize(
    "content",
    [b"[]", b"{", b"[" * 100_000, b'{"sipdiag_bundle": 1}', b'{"sipdiag_bundle": "1", "inputs": [], "options": {}}'],
)
def test_a_manifest_of_another_kind_is_none(tmp_path: Path, content: bytes) -> None:
    assert read_manifest(zipped(tmp_path / "x.zip", {"manifest.json": content})) is None
