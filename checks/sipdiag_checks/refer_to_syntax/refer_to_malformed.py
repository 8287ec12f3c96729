from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.checking import CannotTell, Finding, Owner, Severity, Stage, check
from sipdiag.facts.config import Destination
from sipdiag.facts.edit import Edit, Replace
from sipdiag.facts.profile import Profile
from sipdiag.facts.uri_text import judged, read
from sipdiag.places import Place
from sipdiag.values import Text, UriText


@check(
    stage=Stage.ACCEPTED,
    severity=Severity.ERROR,
    owner=Owner.PLATFORM,
    refs=("RFC 3261 25.1", "RFC 3966 3"),
    refuted_by="a Refer-To that follows the grammar",
)
def refer_to_malformed(destination: Destination, profile: Profile | None) -> Iterator[Finding | CannotTell]:
    """The destination breaks the grammar of a URI

    A space, an unescaped character, a port that is no number, a bracket too many: the receiver cannot read the URI and
    answers 400, or reads another one than was meant. The column of the first fault is named.

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:front desk@pbx.example"}]}

    Bad:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:500@pbx.example:50600000"}]}

    Good:

        agent: {platform: other, rules: [{name: support, type: sip_refer, to: "sip:front%20desk@pbx.example"}]}
    """
    target = judged(destination)
    if target is None or target.scheme is None:
        return
    mangled = profile.says("refer-to.sips-written") if profile is not None else None
    stripped = target.text.strip()
    if stripped != target.text:
        column, message = (1 if target.text[:1].isspace() else len(target.text.rstrip()) + 1), "space around the URI"
    elif not destination.on_wire and (slashes := re.match(r"<?sips?:(//)", target.text, re.IGNORECASE)) is not None:
        # To the letter of RFC 3261 a user may begin with them; nobody's does. What was sent is judged by what became of it.
        column, message = slashes.start(1) + 1, "slashes after the scheme, which a SIP URI does not have"
    elif target.errors:
        column, message = (target.errors[0].column or 1), target.errors[0].message
    elif target.scheme == "sips" and mangled is not None and mangled.value == "mangled" and mangled.certain:
        column, message = 1, f"{profile.name if profile else 'the platform'} does not write sips URIs as they are"
    else:
        return
    if target.uri is not None or stripped != target.text or target.has_host or target.scheme == "tel":
        yield Finding(
            "transfer destination '{to}' is malformed at column {column}: {message}",
            to=UriText(target.text),
            column=destination.column + column,
            message=Text(message),
            at=destination.at,
            owner=Owner.PLATFORM if destination.on_wire else Owner.CONFIG,
            fix="take the character out, or escape it as % and two hex digits",
            edit=_without_space(destination) or _without_slashes(destination),
        )


def _without_slashes(destination: Destination) -> Edit | None:
    text = str(destination.text)
    mended = re.sub(r"^(\s*<?sips?:)//", r"\1", text, flags=re.IGNORECASE)
    if mended == text or not isinstance(destination.at, Place):
        return None
    return Replace(destination.at, text, mended)


def _without_space(destination: Destination) -> Edit | None:
    """No space is part of a URI, so one that is sound without its spaces was meant.

    Within a name it may stand for another sign (`front desk`, `front-desk`): then somebody else may be called.
    """
    text = str(destination.text)
    mended = re.sub(r"\s+", "", text)
    whole = read(mended)
    if mended == text or whole.uri is None or whole.errors or not isinstance(destination.at, Place):
        return None
    user = re.sub(r"^\s*<?\s*sips?:", "", text.rpartition("@")[0], flags=re.IGNORECASE).strip()
    named = re.search(r"\s", user) is not None and re.fullmatch(r"[+0-9().\-*#\s]+", user) is None
    return Replace(destination.at, text, mended, safe=not named)
