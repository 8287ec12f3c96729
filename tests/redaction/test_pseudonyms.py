"""Pseudonyms: one to one, as long, of the same kind, and nobody's."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import phonenumbers
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from sipdiag.redaction import Redactor, addresses, numbers, scramble
from sipdiag.redaction.verify import search

KEY = bytes(range(32))
DIGITS = st.text("0123456789", min_size=1, max_size=18)
WORDS = st.text("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789", min_size=1, max_size=24)
IPV4 = st.integers(0, 2**32 - 1).map(IPv4Address)
CLASSES = ("is_private", "is_loopback", "is_multicast", "is_link_local", "is_global", "is_unspecified")


@given(WORDS, WORDS)
def test_words_that_differ_have_pseudonyms_that_differ(one: str, other: str) -> None:
    assert (scramble.word(KEY, one) == scramble.word(KEY, other)) == (one == other)


@given(WORDS)
def test_a_word_keeps_length_kind_and_case_of_every_character(word: str) -> None:
    moved = scramble.word(KEY, word)
    assert [(c.isdigit(), c.isupper()) for c in moved] == [(c.isdigit(), c.isupper()) for c in word]


@given(st.text("0123456789abcdef", min_size=8, max_size=32), st.text("0123456789abcdef", max_size=8))
def test_ids_keep_equal_beginnings_and_stay_hexadecimal(one: str, more: str) -> None:
    assume(any(c.isdigit() for c in one))
    assert scramble.word(KEY, one + more).startswith(scramble.word(KEY, one))
    int(scramble.word(KEY, one), 16)


@given(st.text(min_size=1, max_size=20))
def test_letters_of_all_scripts_keep_their_octets(text: str) -> None:
    assume(not any(0xD800 <= ord(c) < 0xE000 for c in text))
    assert len(scramble.word(KEY, text).encode()) == len(text.encode())


@given(DIGITS, DIGITS)
def test_another_key_gives_other_pseudonyms(one: str, other: str) -> None:
    text = "id" + one + other
    assert len({scramble.word(bytes([n]) * 32, text) for n in range(8)}) > 1


@pytest.mark.parametrize(
    ("code", "national"),
    [
        (1, "2025550100"),
        (44, "7911123456"),
        (49, "3012345678"),
        (39, "0612345678"),
        (81, "312345678"),
        (852, "23456789"),
    ],
)
def test_a_number_keeps_country_and_length_and_is_nobodys(code: int, national: str) -> None:
    moved = numbers.number(KEY, f"+{code}{national}")
    assert moved != f"+{code}{national}"
    assert (moved.startswith(f"+{code}"), len(moved)) == (True, len(f"+{code}{national}"))
    read = phonenumbers.parse(moved)
    assert phonenumbers.is_possible_number(read)
    assert not phonenumbers.is_valid_number(read)


@given(st.integers(200, 999), st.integers(200, 999), st.integers(0, 9999))
def test_a_number_of_the_north_american_plan_is_one_number_however_it_is_written(
    area: int, office: int, line: int
) -> None:
    national = f"{area}{office}{line:04}"
    moved = numbers.number(KEY, f"+1{national}")
    assert moved.startswith("+10")
    assert numbers.number(KEY, f"1{national}") == moved[1:]
    assert numbers.number(KEY, national) == moved[2:]
    assert (
        numbers.number(KEY, f"+1 ({area}) {office}-{line:04}")
        .replace(" ", "")
        .translate({40: None, 41: None, 45: None})
        == moved
    )
    assert not phonenumbers.is_valid_number(phonenumbers.parse(moved))


@given(st.integers(1_000_000, 9_999_999).map(str), st.text("0123456789", max_size=8))
def test_numbers_with_equal_ends_keep_them(end: str, more: str) -> None:
    assert numbers.number(KEY, more + end)[-6:] == numbers.number(KEY, end)[-6:]


@given(st.text("0123456789", min_size=1, max_size=6), st.text("0123456789", min_size=1, max_size=6))
def test_extensions_that_differ_stay_different(one: str, other: str) -> None:
    assume(not {one, other, numbers.number(KEY, one), numbers.number(KEY, other)} & numbers.EMERGENCY)
    assert (numbers.number(KEY, one) == numbers.number(KEY, other)) == (one == other)


@given(IPV4)
def test_an_address_keeps_class_and_length(address: IPv4Address) -> None:
    moved = ip_address(addresses.text(KEY, str(address)))
    assert len(str(moved)) == len(str(address))
    assert [getattr(moved, c) for c in CLASSES] == [getattr(address, c) for c in CLASSES]
    assert addresses.packed(KEY, address.packed) == moved.packed


@given(IPV4, st.integers(1, 2**24))
def test_addresses_of_one_subnet_stay_in_one(address: IPv4Address, step: int) -> None:
    other = IPv4Address((int(address) + step) % 2**32)
    assume(int(address) >> 24 < 224 and int(other) >> 24 < 224)
    one, two = (IPv4Address(addresses.packed(KEY, a.packed)) for a in (address, other))
    assert one != two
    for size in (8, 16, 24):
        together = other in ip_network((address, size), strict=False)
        assert (two in ip_network((one, size), strict=False)) == together


@given(st.integers(0, 2**128 - 1).map(IPv6Address), st.booleans())
def test_an_ipv6_address_is_spelled_as_before(address: IPv6Address, upper: bool) -> None:
    written = str(address).upper() if upper else str(address)
    moved = addresses.text(KEY, written)
    assert len(moved) == len(written)
    assert IPv6Address(moved).packed == addresses.packed(KEY, address.packed)
    assert IPv6Address(moved).is_private == address.is_private
    assert IPv6Address(moved).is_link_local == address.is_link_local


@pytest.mark.parametrize("address", ["192.0.2.7", "198.51.100.20", "203.0.113.4", "127.0.0.1", "::1", "2001:db8::5"])
def test_addresses_for_documentation_and_the_machine_itself_stay(address: str) -> None:
    assert addresses.text(KEY, address) == address


@pytest.mark.parametrize(
    "address", ["10.1.2.3", "172.20.1.1", "192.168.7.8", "8.8.4.4", "2a00:1450::200e", "fd00::5", "fe80::1:2"]
)
def test_other_addresses_go(address: str) -> None:
    assert addresses.text(KEY, address) != address


def test_what_was_removed_before_stays_removed() -> None:
    """A file that was redacted is redacted with others without what stands for secrets being taken for a name."""
    redactor = Redactor(bytes(32))
    once = redactor.document('{"password": "Gartenzwerg99", "message": "My name is Hildegardis, please call me back"}')
    again = Redactor(bytes(range(32)))
    assert again.document(once) == once
    search(again.document('{"api_key": "Gartenzwerg99"}').encode(), again.ledger, "document")


def test_an_address_that_stands_for_somebody_is_one() -> None:
    redactor = Redactor(bytes(32))
    assert redactor.document('{"to": "192.0.2.7"}') == '{"to": "192.0.2.7"}'
    moved = redactor.document('{"to": "10.20.30.40"}')
    assert moved != '{"to": "10.20.30.40"}'
    assert redactor.pseudonyms.address("10.20.30.40") in moved
