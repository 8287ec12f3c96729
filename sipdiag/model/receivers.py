"""Who gets the REFER: the system at the far end of a trunk, by the trunk's own words, its host or its address."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from sipdiag.facts.config import Receiver, Trunk
from sipdiag.facts.profile import Profile
from sipdiag.model.hostport import host_of
from sipdiag.platforms.profiles import Profiles

_TAKERS = ("trunk", "pbx", "sbc", "proxy")


def receivers(linked: Sequence[Trunk], all_trunks: Sequence[Trunk], profiles: Mapping[str, Profile]) -> list[Receiver]:
    """The receivers of a rule's REFER, each profile once.

    Its own trunks decide. Where none is tied to the rule, and every trunk of the case that takes REFERs belongs to one
    product, it is that product, without saying which trunk.
    """
    found: dict[str, Receiver] = {}
    # The receiver's own description of the trunk says more than the other side's, which may come first.
    for trunk in sorted(linked, key=lambda t: not _is_own(t)):
        for profile in _profiles(trunk, profiles):
            found.setdefault(profile.slug, Receiver(profile, trunk))
    if not linked:
        known = {p.slug: p for t in all_trunks for p in _profiles(t, profiles)}
        if len(known) == 1:
            found = {slug: Receiver(profile) for slug, profile in known.items()}
    return list(found.values())


def _is_own(trunk: Trunk) -> bool:
    """Whether the document is the receiver's: it names its product, and that is the one that wrote it."""
    return trunk.provider is not None and trunk.provider == trunk.platform


def _profiles(trunk: Trunk, profiles: Mapping[str, Profile]) -> list[Profile]:
    """The trunk's own product where it takes REFERs, and whoever its addresses belong to."""
    slugs = [s for s in (trunk.provider, trunk.profile, trunk.platform) if s and s in profiles]
    own = [profiles[s] for s in slugs]
    hosts = [host_of(str(part.address)) for part in trunk.each if part.address]
    named = profiles if isinstance(profiles, Profiles) else Profiles(profiles.values())
    far = [p for h in hosts if h and (p := named.by_host(h) or named.by_address(h)) is not None]
    takers = [p for p in (*own[:1], *far) if p.roles and set(p.roles) & set(_TAKERS)]
    # What a carrier's trunk leads to (its origination addresses) is the transferring side, not the receiver.
    return takers[:1] if own and set(own[0].roles) & set(_TAKERS) else takers
