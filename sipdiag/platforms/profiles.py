"""The profiles of platforms, carriers, PBXs and SBCs: data files beside this one, read when they are asked for.

The format and the vocabulary of keys stand in profiles/README.md, the JSON Schema in ../schemas/profile.json.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from ipaddress import ip_address, ip_network
from pathlib import Path

from sipdiag.facts.profile import Profile, within
from sipdiag.patterns import pattern
from sipdiag.places import Place
from sipdiag.platforms.profile_file import ProfileError, check_depth, parse_profile

FOLDER = Path(__file__).with_suffix("")
MAX_BYTES = 1_000_000
_HEAD_ENDS = pattern(r"^(?:sources|statements):", re.MULTILINE)


class Profiles(Mapping[str, Profile]):
    """Profiles by slug. Ours are parsed one by one when they are asked for; `plus` adds or overrides."""

    def __init__(self, added: Iterable[Profile] = ()) -> None:
        self._added = {p.slug: p for p in added}

    def __getitem__(self, slug: str) -> Profile:
        return self._added[slug] if slug in self._added else _ours(slug)

    def __iter__(self) -> Iterator[str]:
        yield from self._added
        yield from (slug for slug in _slugs() if slug not in self._added)

    def __len__(self) -> int:
        return len({*self._added, *_slugs()})

    def plus(self, *profiles: Profile) -> Profiles:
        return Profiles([*self._added.values(), *profiles])

    def by_host(self, host: str) -> Profile | None:
        """The system that a host name is known to belong to; the longest domain that fits decides."""
        ending = ".".join(host.rstrip(".").lower().split(".")[-2:])  # no domain of a profile of ours is shorter
        return self._best(lambda p: [len(d) for d in p.hosts if within(host, [d])], lambda head: ending in head)

    def by_address(self, ip: str) -> Profile | None:
        """The system that publishes a network which holds this address; the smallest network decides."""
        try:
            address = ip_address(ip.strip("[]"))
        except ValueError:
            return None
        return self._best(
            lambda p: [n.prefixlen for n in map(_network, p.networks) if address in n],
            lambda head: "networks: []" not in head,
        )

    def by_agent(self, user_agent: str) -> Profile | None:
        """The product whose first words a User-Agent or Server value begins with; the longest beginning decides."""
        words = user_agent.strip().lower()
        return self._best(
            lambda p: [len(a) for a in p.agents if words.startswith(a.lower())], lambda head: "agents: []" not in head
        )

    def _best(self, fit: Callable[[Profile], Iterable[int]], may_fit: Callable[[str], bool]) -> Profile | None:
        """The profile that fits closest; of several that fit alike the first by name, those of the user before ours.

        `may_fit` says of the head of one of ours, as it is written, whether it need be parsed at all.
        """
        best, closest = None, -1
        for slug in self:
            if slug not in self._added and not may_fit(_written_head(slug)):
                continue
            fits = max(fit(self._added[slug] if slug in self._added else _head(slug)), default=-1)
            if fits > closest:
                best, closest = slug, fits
        return None if best is None else self[best]


@cache
def profiles() -> Profiles:
    """All our own profiles."""
    return Profiles()


@lru_cache(256)
def profile(slug: str) -> Profile | None:
    return profiles().get(slug)


def by_host(host: str) -> Profile | None:
    return profiles().by_host(host)


def by_address(ip: str) -> Profile | None:
    return profiles().by_address(ip)


def by_agent(user_agent: str) -> Profile | None:
    return profiles().by_agent(user_agent)


def load_profile(path: str | Path) -> Profile:
    """Read a profile that a user gives. With `extends: SLUG` its statements replace and add to that profile's.

    Raises ProfileError, with the place, for what cannot be used, and OSError where the file cannot be read.
    """
    file = Path(path)
    if file.stat().st_size > MAX_BYTES:
        raise ProfileError(f"larger than {MAX_BYTES} bytes", Place(str(path)))
    try:
        text = file.read_text("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ProfileError(f"not UTF-8: {error.reason}", Place(str(path))) from error
    check_depth(text, str(path))
    return parse_profile(text, str(path), file.stem, profiles())


@cache
def _slugs() -> tuple[str, ...]:
    return tuple(sorted(f.stem for f in FOLDER.glob("*.yaml")))


@cache
def _ours(slug: str) -> Profile:
    if slug not in _slugs():
        raise KeyError(slug)
    return parse_profile((FOLDER / f"{slug}.yaml").read_text("utf-8"), f"profiles/{slug}.yaml", slug)


@cache
def _written_head(slug: str) -> str:
    """Name, hosts, networks and agents alone: looking a host up must not parse every statement of every profile."""
    text = (FOLDER / f"{slug}.yaml").read_text("utf-8")
    end = _HEAD_ENDS.search(text)
    return text[: end.start()] if end else text


@cache
def _head(slug: str) -> Profile:
    return parse_profile(_written_head(slug), f"profiles/{slug}.yaml", slug)


_network = cache(ip_network)
