"""What paths name: every file once, and nothing of a folder left out without a word."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from sipdiag.pipeline import Options, examine
from sipdiag.settings.find import find_settings
from sipdiag.sources.find import find_sources

AGENT = 'agent: {platform: other, rules: [{name: s, type: sip_refer, to: "sip:500@pbx.example"}]}\n'
LINT = Options(command="lint")


def put(folder: Path, *names: str) -> None:
    for name in names:
        (folder / name).parent.mkdir(parents=True, exist_ok=True)
        (folder / name).write_text(AGENT)


def test_a_file_that_is_named_twice_is_read_once(tmp_path: Path) -> None:
    put(tmp_path, "a.yaml", "b/c.yaml")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    file = str(tmp_path / "a.yaml")
    assert [s.path for s in find_sources([file, f"{tmp_path}/./a.yaml", str(tmp_path / "link.yaml")]).sources] == [file]
    found = find_sources([str(tmp_path), str(tmp_path / "b" / "c.yaml")]).sources
    assert [(Path(s.path).name, s.case, s.named) for s in found] == [("a.yaml", "k1", False), ("c.yaml", "k2", True)]
    assert len(examine([file, file], LINT).verdicts) == 1
    assert len(find_sources(["-", "-"]).sources) == 1


def test_links_in_a_folder_are_counted(tmp_path: Path) -> None:
    put(tmp_path, "a.yaml")
    (tmp_path / "link.yaml").symlink_to(tmp_path / "a.yaml")
    (tmp_path / "loop").symlink_to(tmp_path)
    report = examine([str(tmp_path)], LINT)
    assert (len(report.inputs), report.passed_over) == (1, 2)


def test_what_goes_beyond_the_bound_is_told(tmp_path: Path) -> None:
    put(tmp_path, *(f"{n // 3}/{n}.yaml" for n in range(9)))
    found = find_sources([str(tmp_path)], most=4)
    assert [bool(s.refused) for s in found.sources] == [False] * 4 + [True]
    assert found.sources[-1].path == str(tmp_path / "1")
    assert found.sources[-1].refused.startswith("more than 4 files; those from here on were not read")
    assert not any(s.refused for s in find_sources([str(tmp_path)], most=9).sources)


@pytest.mark.parametrize("command", ["lint", "diagnose"])
def test_a_folder_that_cannot_be_listed_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, command: str) -> None:
    put(tmp_path, "a.yaml", "closed/b.yaml")
    closed, scandir = str(tmp_path / "closed"), os.scandir

    def guarded(path: str | Path) -> object:
        if str(path) == closed:
            raise PermissionError(13, "Permission denied", closed)
        return scandir(path)

    monkeypatch.setattr("sipdiag.sources.find.os.scandir", guarded)
    report = examine([str(tmp_path)], Options(command=command))
    told = {i.path: i.problems for i in report.inputs if i.failed}
    assert told == {closed: ("permission denied",)}
    assert report.exit_code() == 0  # it was not named
    assert examine([closed], Options(command=command)).exit_code() == 2


def test_a_file_of_a_folder_that_cannot_be_opened_is_not_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    put(tmp_path, "a.yaml", "b.yaml")

    opened = open

    def closed(path: str, *rest: str) -> object:
        if str(path).endswith("b.yaml"):
            raise PermissionError(13, "Permission denied", path)
        return opened(path, *rest)  # type: ignore[call-overload]

    monkeypatch.setattr("sipdiag.sources.inputs.open", closed, raising=False)
    report = examine([str(tmp_path)], LINT)
    assert [i.problems for i in report.inputs] == [(), ("permission denied",)]
    assert report.passed_over == 0


def test_a_path_that_cannot_be_looked_at_stops_nobody(tmp_path: Path) -> None:
    put(tmp_path, "a.yaml")
    long = "x" * 5000
    assert find_settings([long], tmp_path) is None
    report = examine([str(tmp_path / "a.yaml"), long], LINT)
    assert (report.exit_code(), len(report.verdicts)) == (2, 1)
