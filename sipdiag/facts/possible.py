"""Whether a rule that transfers otherwise could transfer by REFER, as far as anything is known."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.facts.config import Receiver, TransferRule, Trunk
from sipdiag.facts.profile import Profile
from sipdiag.facts.uri_text import read


def refer_is_possible(
    rule: TransferRule, profile: Profile | None, trunks: Iterable[Trunk], receivers: Iterable[Receiver]
) -> bool:
    """Whether nothing that is known speaks against a REFER: destination, call, receiver, and the rule's own options."""
    return (
        _platform_does(rule, profile, [t for t in trunks if t.leg])
        and not any(_lost_with_refer(rule, profile, o.name, str(o.value)) for o in rule.options)
        and not any(_refused(rule, profile, r.profile) for r in receivers)
    )


def _platform_does(rule: TransferRule, profile: Profile | None, trunks: list[Trunk]) -> bool:
    if any(t.is_sip is False for t in trunks):
        return False
    words = [s.key for s in profile.under("methods") if s.key.endswith(".is") and s.value == "refer"] if profile else []
    takes = [profile.says(w.removesuffix("is") + "destinations") for w in words] if profile else []
    legs = [profile.says(w.removesuffix("is") + "legs") for w in words] if profile else []
    kinds = [rule.destination_kind] if rule.destination_kind not in ("unknown", "dynamic") else []
    if any(s is not None and not s.holds(k) for s in takes for k in kinds):
        return False
    return not any(s is not None and not s.holds(str(t.leg)) for s in legs for t in trunks)


def _lost_with_refer(rule: TransferRule, profile: Profile | None, name: str, value: str) -> bool:
    """Whether an option of the rule does something now and would do nothing with a REFER."""
    if profile is None:
        return False
    only, never = profile.says(f"options.{name}.methods"), profile.says(f"options.{name}.not-with")
    warm = profile.says(f"options.{name}.warm")
    return (
        (only is not None and not only.holds("refer"))
        or (never is not None and never.holds("refer"))
        or (warm is not None and warm.holds(value))
    )


def _refused(rule: TransferRule, profile: Profile | None, receiver: Profile) -> bool:
    """Whether the receiver is known to refuse the form in which the destination would go out."""
    target = read(str(rule.destination))
    if not rule.literal:
        return False
    if target.uri is not None:
        form = receiver.form_of(target.uri)
    else:
        writes = profile.says("refer-to.number") if profile is not None else None
        form = str(writes.value) if writes is not None else ""
    said = receiver.refer_to(form)
    return said is not None and said.certain and said.value != "taken"
