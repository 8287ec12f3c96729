"""Twilio: Elastic SIP trunks with their origination URLs (twilio 9.13.0), and TwiML."""

from __future__ import annotations

from sipdiag.facts.config import Option, TransferRule, Trunk
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms import twiml
from sipdiag.platforms.adapted import SURE, TYPICAL, Adapted, Likeness
from sipdiag.platforms.parts import (
    camel,
    elements,
    has,
    host_and_port,
    key_of,
    kind_of,
    options,
    pointer,
    uri_transport,
)
from sipdiag.platforms.reading import flag, lower, mappings, text, texts, word
from sipdiag.platforms.twilio_alerts import alerts, record
from sipdiag.platforms.vocabulary import misread
from sipdiag.values import Text, Word

PLATFORM = "twilio"
_PAGES = ("trunks",)
# https://www.twilio.com/docs/sip-trunking/api/trunk-resource, read 2026-08-22. What sip-only leaves out depends on the
# destination; the profile says for which forms the mode has to be enable-all.
_MODES = {"disable-all": "deny", "sip-only": "allow", "enable-all": "allow"}
_TARGETS = "x_sipdiag_transfer_targets"
_NOT_OPTIONS = ("sid", "account_sid", "friendly_name", "url", "links", "origination_urls", _TARGETS, "date_created")


def recognises(node: Node) -> Likeness | None:
    if twiml.is_response(node):
        return Likeness(SURE if twiml.transfers(node) else TYPICAL, "twilio-twiml")
    if next(alerts(node), None) is not None:
        return Likeness(SURE, "twilio-alert")
    first = next(elements(node, *_PAGES), None)
    if first is None:
        return None
    if twiml.is_callback(first):
        return Likeness(SURE, "twilio-refer-callback")
    if _has_transfer_mode(first) or _domain(first).endswith("pstn.twilio.com"):
        return Likeness(SURE, "twilio-trunk")
    if has(first, "origination_urls") or (has(first, "sip_url") and has(first, "trunk_sid", "weight", "priority")):
        return Likeness(SURE, "twilio-origination-urls")
    return None


def _has_transfer_mode(trunk: Node) -> bool:
    """Modes of transfers are known to others, too (of files, say): ours come with the id of a trunk, or are Twilio's."""
    if not has(trunk, "transfer_mode", "transfer_caller_id"):
        return False
    return has(trunk, "sid", "trunk_sid") or str(word(trunk, key_of(trunk, "transfer_mode"))) in _MODES


def read(node: Node, name: str, input_id: str, form: str) -> Adapted:
    if twiml.is_response(node):
        rules, trunks = twiml.read_response(node, "twilio-voice")
        return Adapted(PLATFORM, form, rules=rules, trunks=trunks)
    if form == "twilio-alert":
        return Adapted(PLATFORM, form, records=tuple(record(alert, PLATFORM) for alert in alerts(node)))
    pages = tuple(elements(node, *_PAGES))
    if form == "twilio-refer-callback":
        return Adapted(PLATFORM, form, records=tuple(twiml.record(page, PLATFORM) for page in pages))
    if form == "twilio-origination-urls" and pages and not has(pages[0], "origination_urls"):
        return Adapted(PLATFORM, form, trunks=(_of_urls(node, pages),))
    trunks = tuple(_trunk(page) for page in pages)
    rules = tuple(rule for page, trunk in zip(pages, trunks, strict=True) for rule in _targets(page, trunk))
    return Adapted(PLATFORM, form, rules=rules, trunks=trunks)


def _domain(node: Node) -> str:
    return lower(text(node, key_of(node, "domain_name"))).rstrip(".")


def _trunk(node: Node) -> Trunk:
    mode = word(node, key_of(node, "transfer_mode"))
    secure = flag(node, "secure")
    return Trunk(
        text(node, "sid").value or text(node, key_of(node, "trunk_sid")).value or pointer(node.place),
        PLATFORM,
        node.place,
        text(node, key_of(node, "friendly_name")),
        Read(Word("sip"), node.place, ""),
        address=text(node, key_of(node, "domain_name")),
        refer=Read(None if (said := _MODES.get(str(mode))) is None else Word(said), mode.where, "transfer_mode"),
        credentials=_authenticated(node),
        media_encryption=Read(Word("required"), secure.where, "secure") if secure.value else Read(),
        provider=PLATFORM,
        options=options(node, *_NOT_OPTIONS, *map(camel, _NOT_OPTIONS)),
        profile=PLATFORM,
        misread=misread(PLATFORM, _checked(node)),
        entries=tuple(_entry(e) for e in mappings(node.get(key_of(node, "origination_urls")))),
    )


def _checked(node: Node) -> tuple[Option, ...]:
    """The settings whose words the API fixes, under their own names in whichever spelling."""
    read = [(name, text(node, key_of(node, name))) for name in ("transfer_mode", "transfer_caller_id")]
    return tuple(Option(name, value) for name, value in read if value)


def _authenticated(node: Node) -> Read[bool]:
    """Whether an IP access list or a credential list is mapped to the trunk; the vendor stops all traffic without.

    The API documents `auth_type` for this; `auth_type_set` is reserved and alone proves nothing.
    """
    written = text(node, key_of(node, "auth_type"))
    mapped = bool(str(written).strip()) or bool(texts(node.get(key_of(node, "auth_type_set"))))
    return Read(mapped if written or mapped else None, written.where, "auth_type")


def _entry(node: Node) -> Trunk:
    """An origination URL: where the trunk sends the calls that come in from the PSTN."""
    address = text(node, key_of(node, "sip_url"))
    port, transport = host_and_port(str(address))[1], uri_transport(str(address))
    return Trunk(
        text(node, "sid").value or pointer(node.place),
        PLATFORM,
        node.place,
        text(node, key_of(node, "friendly_name")),
        Read(Word("sip"), node.place, ""),
        address=address,
        port=Read(port, address.where, address.setting) if port is not None else Read(),
        transports=(Read(Word(transport), address.where, address.setting),) if transport else (),
        direction="inbound",
        enabled=flag(node, "enabled"),
        profile=PLATFORM,
    )


def _of_urls(node: Node, pages: tuple[Node, ...]) -> Trunk:
    """Origination URLs without their trunk, as their own list returns them."""
    sid = next((str(t) for page in pages if (t := text(page, key_of(page, "trunk_sid")))), pointer(node.place))
    entries = tuple(_entry(page) for page in pages)
    return Trunk(sid, PLATFORM, node.place, provider=PLATFORM, entries=entries, profile=PLATFORM)


def _targets(node: Node, trunk: Trunk) -> list[TransferRule]:
    """Destinations that the user adds to a trunk's export, to have them judged without the agent's configuration."""
    rules = []
    for target in texts(node.get(_TARGETS)):
        if target.where is not None:
            kind, literal = kind_of(str(target))
            rules.append(
                TransferRule(
                    pointer(target.where),
                    "other",
                    target.where,
                    default_method="refer",
                    destination=Read(Text(str(target)), target.where, _TARGETS),
                    destination_kind=kind,
                    literal=literal,
                    trunk=trunk.id,
                )
            )
    return rules
