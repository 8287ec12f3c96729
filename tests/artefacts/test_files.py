"""Files are written whole or not at all, and never through a link."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.artefacts.files import WriteError, append_file, write_file


def test_a_link_is_refused_and_its_end_untouched(tmp_path: Path) -> None:
    end, link = tmp_path / "end", tmp_path / "link"
    end.write_text("old")
    link.symlink_to(end)
    with pytest.raises(WriteError, match="it is a link"):
        write_file(link, b"new")
    assert end.read_text() == "old"
    assert link.is_symlink()


def test_a_dangling_link_is_refused(tmp_path: Path) -> None:
    (tmp_path / "link").symlink_to(tmp_path / "nowhere")
    with pytest.raises(WriteError, match="it is a link"):
        write_file(tmp_path / "link", b"new")
    assert not (tmp_path / "nowhere").exists()


def test_folders_and_inputs_are_refused(tmp_path: Path) -> None:
    with pytest.raises(WriteError, match="it is a folder"):
        write_file(tmp_path, b"")
    file = tmp_path / "in.pcap"
    file.write_bytes(b"x")
    with pytest.raises(WriteError, match="it is one of the inputs"):
        write_file(file, b"", inputs=["nobody", str(file)])
    assert file.read_bytes() == b"x"


def test_nothing_is_left_behind_when_a_write_fails(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "report.json"
    file.write_text("old")

    def refuse(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("sipdiag.artefacts.files.os.replace", refuse)
    with pytest.raises(WriteError, match="No space left on device"):
        write_file(file, b"new")
    assert [p.name for p in tmp_path.iterdir()] == ["report.json"]
    assert file.read_text() == "old"


def test_what_is_added_to_a_file_leaves_the_rest_and_follows_no_link(tmp_path: Path) -> None:
    file, link = tmp_path / "shared.md", tmp_path / "link.md"
    append_file(file, b"one\n")
    append_file(file, b"two\n")
    assert file.read_bytes() == b"one\ntwo\n"
    link.symlink_to(file)
    with pytest.raises(WriteError):
        append_file(link, b"three\n")
    assert file.read_bytes() == b"one\ntwo\n"
