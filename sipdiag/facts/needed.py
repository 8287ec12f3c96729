"""What a receiver of REFERs needs for a kind of target, and a trunk that is not set to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.dataclass import dataclass

if TYPE_CHECKING:
    from sipdiag.facts.config import Option, Trunk
    from sipdiag.facts.profile import Statement


@dataclass(frozen=True, slots=True)
class Unmet:
    """A setting of a trunk that keeps a kind of target out: what it is, and the value with which that is let through."""

    option: Option
    wanted: str
    said: Statement


def unmet(needs: Statement | None, trunk: Trunk | None) -> Unmet | None:
    """What a statement `refer-to.….needs` (`setting=value`) asks for, where a trunk is set to another value.

    None where nothing is known, and where the trunk refuses every REFER: that is said of it as a whole.
    """
    if needs is None or trunk is None or trunk.refer.value == "deny":
        return None
    setting, equals, wanted = str(needs.value).partition("=")
    option = trunk.option(setting) if equals else None
    return Unmet(option, wanted, needs) if option is not None and str(option.value) != wanted else None
