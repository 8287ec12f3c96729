"""pjsip.conf: each endpoint becomes a trunk, with what its aor, auth and identify sections say."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from sipdiag.facts.config import Misread, Option, Trunk
from sipdiag.places import Read
from sipdiag.platforms.asterisk_ini import Section
from sipdiag.platforms.parts import host_and_port, uri_transport
from sipdiag.platforms.reading import is_literal, truth, whole
from sipdiag.values import Text, Word

PLATFORM = "asterisk"
_TRANSPORTS = frozenset(("udp", "tcp", "tls", "ws", "wss"))
_SECRETS = ("password", "md5_cred", "oauth_secret", "refresh_token")


ByType = Mapping[str, Mapping[str, Sequence[Section]]]  # and by name


def endpoints(found: Sequence[Section], beside: Sequence[Section], partial: bool) -> Iterable[Trunk]:
    """One trunk for each endpoint. `beside` are the sections of other files, `partial` tells that files are missing."""
    own, others = _by_type(found), _by_type(beside)
    for endpoint in (s for s in found if s.last("type").lower() == "endpoint"):
        yield _trunk(endpoint, own, others, partial)


def _by_type(found: Iterable[Section]) -> ByType:
    """The sections by type and name; those that identify a peer by the name of its endpoint."""
    by_type: dict[str, dict[str, list[Section]]] = {}
    for section in found:
        kind = section.last("type").lower()
        name = section.last("endpoint") if kind == "identify" else section.name
        by_type.setdefault(kind, {}).setdefault(name, []).append(section)
    return by_type


def _called(kind: str, names: Iterable[str], own: ByType, others: ByType) -> list[Section]:
    """The sections of a type with one of these names: those of the same file, else those of others."""
    for by_type in (own, others):
        named = by_type.get(kind, {})
        found = [s for name in dict.fromkeys(names) for s in named.get(name, ())]
        if found:
            return found
    return []


def _trunk(endpoint: Section, own: ByType, others: ByType, partial: bool) -> Trunk:
    aors = _called("aor", _names(endpoint.get("aors")), own, others)
    contacts = [c for aor in aors for c in aor.all("contact")]
    contact: Read[Text] = contacts[0].value if contacts else Read()
    uri = str(contact)
    host, port = host_and_port(uri) if contact and is_literal(uri) else ("", None)
    identified = _called("identify", [endpoint.name], own, others)
    return Trunk(
        id=endpoint.name,
        platform=PLATFORM,
        where=endpoint.where,
        name=Read(Text(endpoint.name), endpoint.where, "type=endpoint"),
        leg=Read(Word("sip"), endpoint.where, "type"),
        address=Read(Text(host), contact.where, "contact") if host else Read(),
        port=Read(port, contact.where, "contact") if port else Read(),
        transports=_transports(endpoint, own, others, contact),
        refer=_refer(endpoint),
        allow_from=tuple(_matches(identified)),
        credentials=_credentials(endpoint, own, others),
        media_encryption=_media(endpoint),
        options=options(endpoint),
        profile=PLATFORM,
        misread=tuple(_dangling(endpoint, own, others, partial)),
        contexts=contexts(endpoint) or _default_context(endpoint, partial),
    )


def options(section: Section) -> tuple[Option, ...]:
    """Every setting under its own name, secrets left out; of one that stands twice the last counts."""
    kept = {e.key.lower(): Option(e.key, e.value) for e in section.entries if e.value and e.key not in _SECRETS}
    return tuple(kept.values())


def contexts(section: Section) -> tuple[Read[Text], ...]:
    """Where the user part of a Refer-To is looked up: TRANSFER_CONTEXT if the channel gets one, else the context."""
    found = []
    for entry in section.all("set_var", "setvar"):
        name, _, value = str(entry.value).partition("=")
        if name.strip().lstrip("_") == "TRANSFER_CONTEXT" and value.strip() and is_literal(value):
            found.append(Read(Text(value.strip()), entry.value.where, "TRANSFER_CONTEXT"))
    context = section.get("context")
    return (*found[-1:], *([context] if context and is_literal(str(context)) else []))


def _default_context(endpoint: Section, partial: bool) -> tuple[Read[Text], ...]:
    """The context of an endpoint that names none (res/res_pjsip/pjsip_config.xml); a file that is missing may name it."""
    if partial or endpoint.get("context"):
        return ()
    return (Read(Text("default"), endpoint.where, "context"),)


def _refer(endpoint: Section) -> Read[Word]:
    written = endpoint.get("allow_transfer", "allowtransfer")
    allowed = truth(str(written)) if written else True  # documented default
    return Read() if allowed is None else Read(Word("allow" if allowed else "deny"), written.where, "allow_transfer")


def _transports(endpoint: Section, own: ByType, others: ByType, contact: Read[Text]) -> tuple[Read[Word], ...]:
    named = endpoint.get("transport")
    if named:
        section = next(iter(_called("transport", [str(named)], own, others)), None)
        protocol = section.last("protocol").lower() or "udp" if section else ""
        return (Read(Word(protocol), named.where, "transport"),) if protocol in _TRANSPORTS else ()
    asked = uri_transport(str(contact)) if contact else None
    return (Read(Word(asked), contact.where, "contact"),) if asked in _TRANSPORTS and asked else ()


def _matches(identified: list[Section]) -> Iterable[Read[Text]]:
    for section in identified:
        for entry in section.all("match"):
            for part in str(entry.value).split(","):
                if part.strip():
                    yield Read(Text(part.strip()), entry.value.where, "match")


def _credentials(endpoint: Section, own: ByType, others: ByType) -> Read[bool]:
    for key in ("auth", "outbound_auth"):
        named = endpoint.get(key)
        if _called("auth", _names(named), own, others):
            return Read(True, named.where, key)
    return Read()


def _names(written: Read[Text]) -> list[str]:
    return [n.strip() for n in str(written).split(",") if n.strip()]


def _media(endpoint: Section) -> Read[Word]:
    written = endpoint.get("media_encryption")
    if not written:
        return Read()
    word = str(written).lower()
    if word in ("sdes", "dtls"):
        optional = truth(endpoint.last("media_encryption_optimistic"))
        return Read(Word("allowed" if optional else "required"), written.where, "media_encryption")
    return Read(Word("disabled"), written.where, "media_encryption") if word == "no" else Read()


def _dangling(endpoint: Section, own: ByType, others: ByType, partial: bool) -> Iterable[Misread]:
    """Names of sections that do not exist; only where others of that type are given, and no file is missing."""
    for key, kind in (("transport", "transport"), ("aors", "aor"), ("auth", "auth"), ("outbound_auth", "auth")):
        written = endpoint.get(key)
        declared = (own.get(kind, {}), others.get(kind, {}))
        if partial or not any(declared) or not written or not is_literal(str(written)):
            continue
        missing = [n for n in _names(written) if not any(n in names for names in declared)]
        if missing:
            value = Read(Text(", ".join(missing)), written.where, key)
            yield Misread("config-reference-dangling", key, value, f"a section with type={kind}")


def port_of(text: str) -> int | None:
    port = whole(text)
    return port if port is not None and 0 < port < 65536 else None
