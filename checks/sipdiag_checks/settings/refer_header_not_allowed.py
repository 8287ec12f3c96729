from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import Because, CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import RuleHeader, TransferRule
from sipdiag.facts.profile import Profile, Statement
from sipdiag.sip.names import REGISTERED, canonical_name
from sipdiag.values import Text, Word

_TOKEN = re.compile(r"[A-Za-z0-9\-.!%*_+`'~]+")

# Header fields of a REFER that stand once and that its sender writes (RFC 3261 20, RFC 3515 2.1), with short forms.
_ONCE = frozenset(
    [
        "from",
        "f",
        "to",
        "t",
        "call-id",
        "i",
        "cseq",
        "contact",
        "m",
        "refer-to",
        "r",
        "max-forwards",
        "content-length",
        "l",
        "content-type",
        "c",
    ]
)


@check(stage=Stage.CONFIGURED, severity=Severity.WARNING, owner=Owner.CONFIG, refs=("RFC 3261 7.3", "RFC 3261 25.1"))
def refer_header_not_allowed(rule: TransferRule, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """A custom header is reserved, refused or left out

    The platform writes the header itself and overrides the custom one, takes names of a certain form only, or refuses
    the whole request because of it (then this is an error). Header names do not care about case.

    Bad:

        agent:
          platform: elevenlabs
          rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example", headers: {x-caller-id: "1"}}]

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:5@pbx.example", headers: {"X Case": "1"}}]}

    Good:

        agent:
          platform: elevenlabs
          rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example", headers: {X-Priority: high}}]
    """
    if rule.wants_refer is False:
        return
    for header in rule.headers:
        name = str(header.name)
        if not name:
            continue
        if not _TOKEN.fullmatch(name) or "\n" in str(header.value) or "\r" in str(header.value):
            yield _finding("'{header}' cannot be a SIP header as it is written", rule, header, None, Severity.ERROR)
        elif profile is not None and (found := _judged(profile, name)) is not None:
            template, said, severity = found
            yield _finding(template, rule, header, said, severity)
        elif name.lower() in _ONCE:
            template = "a REFER has one {header} header, which is not for a rule to write"
            yield _finding(template, rule, header, None, Severity.WARNING)


def _judged(profile: Profile, name: str) -> tuple[str, Statement, Severity] | None:
    lists = (
        ("headers.forbidden", "the platform refuses a request with header {header}", Severity.ERROR),
        ("headers.reserved", "the platform writes header {header} itself and overrides this one", Severity.WARNING),
        ("headers.deprecated", "the platform still takes header {header}, and warns of it", Severity.INFO),
    )
    for key, template, severity in lists:
        said = profile.says(key)
        if said is not None and name.lower() in (n.lower() for n in said.listed):
            return template, said, severity
    custom, standard, prefix = (profile.says(f"headers.{k}") for k in ("custom", "standard", "prefix"))
    if custom is not None and custom.value is False:
        return "the platform adds no custom header, so {header} is left out", custom, Severity.WARNING
    usual = standard is not None and name.lower() in (n.lower() for n in standard.listed)
    if usual:
        return None
    if prefix is not None and not name.lower().startswith(str(prefix.value).lower()):
        return "header {header} does not begin with {prefix}, as the platform wants it", prefix, Severity.WARNING
    if standard is not None and prefix is None and canonical_name(name).lower() in REGISTERED:
        return "header {header} is none of the standard ones that the platform takes", standard, Severity.WARNING
    return None


def _finding(
    template: str, rule: TransferRule, header: RuleHeader, said: Statement | None, severity: Severity
) -> Finding:
    return Finding(
        template,
        header=Word(str(header.name)),
        prefix=Word(str(said.value) if said is not None else ""),
        at=header.where,
        because=[Because("{words}", at=None, words=Text(said.words))] if said is not None and said.words else (),
        severity=severity if said is None or said.certain else Severity.INFO,
        fix="use another name (X-…), or leave the header out",
    )
