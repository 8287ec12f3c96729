"""The fuzz targets hold on what they begin with, and on some of it damaged; atheris goes on from there."""

from __future__ import annotations

import random

import pytest

from sipdiag.sources.traces.formats import formats
from tests.fuzz.targets import Target, targets


def damaged(octets: bytes, number: int) -> bytes:
    """The same octets with one changed, one left out, and another place doubled."""
    pick = random.Random(number)
    data = bytearray(octets)
    if data:
        data[pick.randrange(len(data))] ^= 1 << pick.randrange(8)
        del data[pick.randrange(len(data))]
        at = pick.randrange(len(data) + 1)
        data[at:at] = data[at : at + 40]
    return bytes(data)


@pytest.mark.parametrize("target", list(targets()), ids=lambda target: target.name)
def test_seeds_and_what_is_near_them(target: Target) -> None:
    assert target.seeds or target.words
    for octets in [f.read_bytes() for f in target.seeds[:60]] or [word.encode() for word in target.words]:
        target.run(octets)
        for number in range(3):
            target.run(damaged(octets, number))


def test_every_text_format_is_a_target() -> None:
    assert {f"trace:{known.name}" for known in formats()} <= {target.name for target in targets()}
