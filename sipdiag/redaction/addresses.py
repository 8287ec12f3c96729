"""Pseudonyms of IP addresses: same subnet, same class, same length as text.

A prefix decides what follows it (as in Crypto-PAn, Xu et al. 2002), here octet by octet and not bit by bit, because a
pseudonym has to fit where the text of the address stood: 10.0.0.1 cannot become 10.200.31.4. Private, loopback,
link-local, multicast and documentation addresses stay what they are.
"""

from __future__ import annotations

import hmac
from functools import lru_cache
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

_KEPT = tuple(
    ip_network(n)
    for n in (
        "0.0.0.0/8", "127.0.0.0/8", "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "233.252.0.0/24", "224.0.0.0/24",
        "255.255.255.255/32", "::/128", "::1/128", "2001:db8::/32", "3fff::/20",
    )
)  # fmt: skip
# Octets that stay in front, because they tell the class of the address.
_CLASSES = tuple(
    (ip_network(n), kept)
    for n, kept in (
        ("10.0.0.0/8", 1), ("172.16.0.0/12", 1), ("192.168.0.0/16", 2), ("169.254.0.0/16", 2), ("100.64.0.0/10", 1),
        ("198.18.0.0/15", 1), ("224.0.0.0/3", 1),
    )
)  # fmt: skip
_CLASSES6 = (("fe80::/10", 2), ("fc00::/7", 1), ("ff00::/8", 2), ("64:ff9b::/96", 12), ("::ffff:0:0/96", 12))
_NETWORKS6 = tuple((ip_network(n), kept) for n, kept in _CLASSES6)
# First octets of public addresses that lead into no other class.
_PUBLIC = tuple(n for n in range(1, 224) if n not in (10, 100, 127, 169, 172, 192, 198, 203))


@lru_cache(maxsize=1 << 15)
def packed(key: bytes, address: bytes) -> bytes:
    """The pseudonym of an address of 4 or 16 octets.

    >>> packed(b"k", bytes([192, 0, 2, 7])) == bytes([192, 0, 2, 7])
    True
    """
    if len(address) == 4:
        return _four(key, address)
    return _sixteen(key, address) if len(address) == 16 else bytes(len(address))


def _four(key: bytes, address: bytes) -> bytes:
    read = IPv4Address(address)
    if any(read in n for n in _KEPT if n.version == 4):
        return address
    kept = next((k for n, k in _CLASSES if n.version == 4 and read in n), 0)
    out = bytearray(address[:kept])
    for i in range(kept, 4):
        out.append(_octet(key, address, i))
    return bytes(out)


def _octet(key: bytes, address: bytes, at: int) -> int:
    value = address[at]
    if at == 3 and value in (0, 255):
        return value
    low, high = (0, 9) if value < 10 else (10, 99) if value < 100 else (100, 255)
    if at == 0:
        choice = [n for n in _PUBLIC if low <= n <= high]
        if value not in choice:  # public, beside a special range of the same first octet
            return value
    else:
        choice = list(range(low, high + 1))
        if at == 3:
            choice = [n for n in choice if n not in (0, 255)]
        if at == 1:
            low, high = _second(address[0], value, low, high)
            choice = list(range(low, high + 1))
            if value not in choice:
                return value
    return _permuted(key, address[:at], tuple(choice))[choice.index(value)]


def _second(first: int, value: int, low: int, high: int) -> tuple[int, int]:
    """The second octets that keep an address in its class, where the first octet alone does not tell it."""
    if first == 172:
        return (
            (16, 31)
            if 16 <= value <= 31
            else (low, 9)
            if value < 10
            else (32, 99)
            if 32 <= value < 100
            else (max(low, 100), high)
            if value >= 100
            else (value, value)
        )
    if first == 100:
        return (
            (64, 99)
            if 64 <= value < 100
            else (100, 127)
            if 100 <= value <= 127
            else (10, 63)
            if 10 <= value < 64
            else (128, 255)
            if value >= 128
            else (low, high)
        )
    if first == 198:
        return (
            (18, 19)
            if value in (18, 19)
            else (20, 50)
            if 20 <= value <= 50
            else (52, 99)
            if 52 <= value < 100
            else (value, value)
            if value < 100
            else (100, 255)
        )
    if first == 192:
        return (
            (value, value)
            if value in (0, 168)
            else (1, 9)
            if value < 10
            else (10, 99)
            if value < 100
            else (169, 255)
            if value > 168
            else (100, 167)
        )
    if first == 169:
        return (100, 253) if 100 <= value <= 253 else (low, high) if value < 100 else (value, value)
    if first == 203:
        return (1, 9) if 1 <= value < 10 else (value, value) if value == 0 else (low, high)
    return low, high


@lru_cache(maxsize=1 << 14)
def _permuted(key: bytes, prefix: bytes, choice: tuple[int, ...]) -> tuple[int, ...]:
    """The choice in an order that key and prefix decide: a permutation, so that it is one to one."""
    return tuple(
        sorted(
            choice,
            key=lambda n: hmac.digest(key, b"a" + bytes([len(prefix)]) + prefix + n.to_bytes(2, "big"), "sha256"),
        )
    )


def _sixteen(key: bytes, address: bytes) -> bytes:
    read = IPv6Address(address)
    if any(read in n for n in _KEPT if n.version == 6):
        return address
    kept = next((k for n, k in _NETWORKS6 if read in n), 0)
    if kept == 12:
        return address[:12] + _four(key, address[12:])
    out = b""
    for i in range(0, 16, 2):
        value = int.from_bytes(address[i : i + 2], "big")
        out += _group(key, address[:i], value, 4 - i if i == 0 and not kept else 0, kept - i).to_bytes(2, "big")
    return out


def _group(key: bytes, prefix: bytes, value: int, first: int, kept: int) -> int:
    """A group of 16 bits among those with as many hexadecimal digits; 0 stays, because `::` stands for it."""
    if value == 0 or kept >= 2:
        return value
    digits = len(f"{value:x}")
    low, size = 1 << 4 * (digits - 1), 15 << 4 * (digits - 1)
    if digits == 1:
        low, size = 1, 15
    if kept == 1:  # the first octet tells the class
        low, size = value & 0xFF00, 256
    elif first and 0x2000 <= value < 0x4000:  # global unicast
        low, size = 0x2000, 0x1F00
        if value >= low + size:
            return value
    shift = int.from_bytes(hmac.digest(key, b"6" + prefix, "sha256")[:4], "big")
    moved = low + (value - low + shift) % size
    if not prefix and moved == 0x2001 and value != 0x2001:
        return low + (value - low + 2 * shift) % size
    return moved


def text(key: bytes, written: str) -> str:
    """The pseudonym of an address as text, in the same form and length; the text itself where it is no address.

    >>> len(text(b"k", "18.205.93.7")), text(b"k", "fe80::1%eth0")[:6]
    (11, 'fe80::')
    """
    bare, percent, zone = written.partition("%")
    try:
        address = ip_address(bare)
    except ValueError:
        return written
    if address.version == 4:
        return ".".join(str(n) for n in _four(key, address.packed))
    moved = _sixteen(key, address.packed)
    return _as_written(bare, moved) + percent + "0" * len(zone)


def _as_written(written: str, moved: bytes) -> str:
    """IPv6 with the same groups spelled out: each has as many hexadecimal digits as before."""
    head, double, tail = written.partition("::")
    groups = [int.from_bytes(moved[i : i + 2], "big") for i in range(0, 16, 2)]
    before = head.split(":") if head else []
    after = tail.split(":") if tail else []
    dotted = ".".join(str(n) for n in moved[12:])

    def spelled(parts: list[str], values: list[int]) -> str:
        return ":".join(
            dotted if "." in p else (f"{v:0{len(p)}X}" if p.isupper() else f"{v:0{len(p)}x}")
            for p, v in zip(parts, values, strict=False)
        )

    count = len(after) + sum("." in p for p in after)
    return spelled(before, groups) + double + spelled(after, groups[8 - count :] if count else [])
