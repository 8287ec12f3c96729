"""The table of status codes: complete in its three places, and cheap until it is asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from sipdiag.sip.codes import PLACES, Place, known_codes, meaning, phrase, q850


@pytest.mark.parametrize("place", PLACES)
def test_every_code_has_words_in_every_place(place: Place) -> None:
    for code in range(100, 700):
        words = meaning(code, place)
        assert words.code == code
        assert words.meaning
        assert words.usual_cause
        assert words.to_do
        assert words.source.startswith("RFC")


def test_codes_that_exist_have_their_phrase() -> None:
    assert len(known_codes()) >= 60
    for code in known_codes():
        assert phrase(code)
    assert str(meaning(486, "N")) == "486 Busy Here"
    assert str(meaning(499, "N")) == "499"


def test_places_are_never_merged() -> None:
    for code in (400, 403, 404, 405, 481, 489, 500, 503):
        assert len({meaning(code, place).meaning for place in PLACES}) == 3, code
    assert "not permitted" in meaning(603, "R").meaning
    assert "declined" in meaning(603, "N").meaning
    assert "was accepted" in meaning(202, "R").meaning


@pytest.mark.parametrize("code", [0, 99, 700, -1, 4294967301])
def test_other_numbers_are_no_codes(code: int) -> None:
    with pytest.raises(ValueError, match="is not a SIP status code"):
        meaning(code, "R")


def test_the_data_file_holds_words_and_nothing_else() -> None:
    for code in known_codes():
        for place in PLACES:
            words = meaning(code, place)
            for text in (words.phrase, words.meaning, words.usual_cause, words.to_do):
                assert isinstance(text, str)
                assert text == text.strip()
                assert not text.endswith(".")


def test_q850() -> None:
    busy, rang = q850(17), q850(19)
    assert busy is not None
    assert "busy" in busy
    assert rang is not None
    assert "nobody answered" in rang
    assert q850(128) is None


def test_seen_is_of_its_place_only() -> None:
    assert any("allow_transfer=no" in what for _, what, _ in meaning(603, "R").seen)
    assert meaning(603, "N").seen == ()


def test_importing_the_table_reads_nothing() -> None:
    script = "import sys, sipdiag.sip.codes; sys.exit('yaml' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", script], check=False).returncode == 0
