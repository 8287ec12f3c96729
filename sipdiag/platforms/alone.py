"""One destination without any document around it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from sipdiag.facts.config import TransferRule, Trunk
from sipdiag.places import Place, Read
from sipdiag.platforms.adapted import Adapted
from sipdiag.platforms.parts import kind_of
from sipdiag.values import Text, Word

if TYPE_CHECKING:
    from sipdiag.facts.profile import Profile


def destination_alone(uri: str, where: Place, platform: str | None, profiles: Mapping[str, Profile]) -> Adapted:
    """A rule that sends a REFER to this destination, as a platform that sends them; towards the platform, if it takes them.

    A system may do both; what it says of either counts.
    """
    kind, literal = kind_of(uri)
    profile = profiles.get(platform) if platform is not None else None
    takes = profile is not None and any(s.key.startswith("refer-to.") for s in profile.statements)
    rule = TransferRule(
        id="uri",
        platform=platform or "other",
        where=where,
        method=Read(Word("refer"), where, "type"),
        destination=Read(Text(uri), where, "uri"),
        destination_kind=kind,
        literal=literal,
        trunk="receiver" if takes else None,
    )
    receiver = Trunk(
        id="receiver", platform="other", where=where, leg=Read(Word("sip"), where, "leg"), provider=platform
    )
    return Adapted(platform or "other", "uri", rules=(rule,), trunks=(receiver,) if takes else ())
