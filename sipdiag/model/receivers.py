"""Who gets the REFER: the system at the far end of a trunk, by the trunk's own words, its host or its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from sipdiag.facts.config import Receiver, Trunk
from sipdiag.model.hostport import host_of
from sipdiag.platforms.profiles import Profiles

if TYPE_CHECKING:
    from sipdiag.facts.profile import Profile

_TAKERS = ("trunk", "pbx", "sbc", "proxy")


class Receivers:
    """Finds the receivers of rules; each trunk and each host is looked up once."""

    def __init__(self, trunks: Sequence[Trunk], profiles: Mapping[str, Profile]) -> None:
        self._trunks, self._profiles = trunks, profiles
        self._named = profiles if isinstance(profiles, Profiles) else Profiles(profiles.values())
        self._by_trunk: dict[int, list[Profile]] = {}
        self._by_host: dict[str, Profile | None] = {}
        self._common: list[Receiver] | None = None

    def of(self, linked: Sequence[Trunk]) -> list[Receiver]:
        """The receivers of a rule's REFER, each profile once.

        The rule's own trunks decide. Where none is tied to it, and every trunk of the case that takes REFERs belongs to
        one product, it is that product, without saying which trunk.
        """
        if not linked:
            return self._of_all()
        found: dict[str, Receiver] = {}
        # Where both sides of a line are given, the receiver's own description of it says more than the other's.
        for trunk in sorted(linked, key=lambda t: t.provider is None or t.provider != t.platform):
            for profile in self._of(trunk):
                found.setdefault(profile.slug, Receiver(profile, trunk))
        return list(found.values())

    def _of_all(self) -> list[Receiver]:
        if self._common is None:
            known = {p.slug: p for t in self._trunks for p in self._of(t)}
            self._common = [Receiver(p) for p in known.values()] if len(known) == 1 else []
        return self._common

    def _of(self, trunk: Trunk) -> list[Profile]:
        """The trunk's own product where it takes REFERs, else whoever its addresses belong to."""
        if id(trunk) not in self._by_trunk:
            slugs = [s for s in (trunk.provider, trunk.profile, trunk.platform) if s and s in self._profiles]
            own = [self._profiles[s] for s in slugs][:1]
            # What a carrier's trunk leads to (its origination addresses) is the transferring side, not the receiver.
            candidates = own if any(map(takes_refer, own)) else [p for part in trunk.each if (p := self.far(part))]
            self._by_trunk[id(trunk)] = [p for p in candidates if takes_refer(p)]
        return self._by_trunk[id(trunk)]

    def far(self, part: Trunk) -> Profile | None:
        """Whom an address belongs to."""
        host = host_of(str(part.address)) if part.address else ""
        if host not in self._by_host:
            self._by_host[host] = (self._named.by_host(host) or self._named.by_address(host)) if host else None
        return self._by_host[host]


def takes_refer(profile: Profile) -> bool:
    """Whether a system is one that gets REFERs; others only send them."""
    return bool(set(profile.roles) & set(_TAKERS))
