from __future__ import annotations

from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Option, TransferRule, Trunk
from sipdiag.facts.placeholders import is_literal
from sipdiag.facts.profile import Profile, Statement
from sipdiag.values import Text, Word


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG)
def transfer_option_ignored(
    rule: TransferRule, profile: Profile | None, trunks: tuple[Trunk, ...]
) -> Iterator[Finding | CannotTell]:
    """An option has no effect with this kind of transfer

    The platform documents that the option works with other methods, destinations or numbers only. It is silently left
    out; whoever relies on it will look for it in vain.

    Bad:

        agent:
          platform: elevenlabs
          rules: [{name: support, type: sip_refer, to: "+12025550123", post_dial_digits: "ww12"}]

    Good:

        agent: {platform: elevenlabs, rules: [{name: support, type: sip_refer, to: "+12025550123"}]}
    """
    method = rule.effective_method
    if profile is None:
        return
    named = [(o.name, o.where) for o in rule.options if not _is_off(profile, o)]
    if rule.headers and (profile.says("options.custom_sip_headers.methods") is not None):
        named.append(("custom_sip_headers", rule.headers[0].where))
    for name, where in named:
        reason = _why(profile, name, rule, method, trunks)
        if reason is None:
            continue
        said, words = reason
        yield Finding(
            "{option} has no effect {why}",
            option=Word(name),
            why=Word(words),
            at=where or rule.where,
            because=[Because("{words}", at=None, words=Text(said.words))] if said.words else (),
            severity=Severity.WARNING if said.certain else Severity.INFO,
            fix="take {option} out, or use a transfer with which it works",
        )
    for option in rule.options:
        limit = profile.says(f"options.{option.name}.max-bytes")
        if limit is not None and isinstance(limit.value, int) and len(str(option.value).encode()) > limit.value:
            yield Finding(
                "{option} is longer than {limit} bytes, so it is dropped",
                option=Word(option.name),
                limit=limit.value,
                at=option.where or rule.where,
                fix="shorten {option} to {limit} bytes",
            )


def _is_off(profile: Profile, option: Option) -> bool:
    off = profile.says(f"options.{option.name}.off")
    return off is not None and str(option.value).strip().lower() == str(off.value)


def _why(
    profile: Profile, name: str, rule: TransferRule, method: str | None, trunks: tuple[Trunk, ...]
) -> tuple[Statement, str] | None:
    needs = profile.says(f"options.{name}.needs")
    if method is None:
        return (needs, f"unless {_settings(needs)}") if needs is not None and _lacks(rule, needs, profile) else None
    methods, without = profile.says(f"options.{name}.methods"), profile.says(f"options.{name}.not-with")
    if methods is not None and not methods.holds(method):
        return methods, f"with a transfer by {_method(rule)}"
    if without is not None and without.holds(method):
        return without, f"with a transfer by {_method(rule)}"
    if needs is not None and _lacks(rule, needs, profile):
        return needs, f"unless {_settings(needs)}"
    kinds = profile.says(f"options.{name}.destinations")
    judged = rule.destination_kind in ("phone", "sip-uri", "extension", "assistant")
    if kinds is not None and judged and not kinds.holds(rule.destination_kind):
        return kinds, f"with a destination of kind {rule.destination_kind}"
    legs = profile.says(f"options.{name}.legs")
    known = [t for t in trunks if t.leg]
    if legs is not None and known and not any(legs.holds(str(t.leg)) for t in known):
        return legs, f"on a call of kind {known[0].leg}"
    return None


def _method(rule: TransferRule) -> str:
    return "REFER" if rule.wants_refer else rule.method_word


def _lacks(rule: TransferRule, needs: Statement, profile: Profile) -> bool:
    """Whether none of the settings stands that an option needs. A value that is filled in later may be one of them."""
    for setting, wanted in _pairs(needs):
        written = rule.option(setting)
        value = str(written.value).strip() if written is not None else ""
        known = profile.says(f"options.{setting}.values")
        # A word that the platform does not know is a fault of its own: what is meant by it is not known.
        if value.lower() == wanted or (value and (not is_literal(value) or (known and value not in known.listed))):
            return False
    return True


def _settings(needs: Statement) -> str:
    return " or ".join(f"{setting} is {wanted}" for setting, wanted in _pairs(needs) if wanted)


def _pairs(needs: Statement) -> list[tuple[str, str]]:
    return [(setting, wanted) for setting, _, wanted in (pair.partition("=") for pair in needs.listed)]
