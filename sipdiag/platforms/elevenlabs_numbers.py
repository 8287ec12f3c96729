"""Phone numbers of ElevenLabs Agents, as the API returns them and as it takes them.

https://elevenlabs.io/docs/eleven-agents/phone-numbers/sip-trunking (2026-09-24). `provider_config` is a copy of
`outbound_trunk` that the server adds; it says nothing of its own.
"""

from __future__ import annotations

from sipdiag.facts.config import Option, Trunk
from sipdiag.nodes import Node
from sipdiag.places import Read
from sipdiag.platforms.parts import no_networks
from sipdiag.platforms.reading import flag, said, some, text, texts, whole, word
from sipdiag.values import Text, Word

_PLATFORM = "elevenlabs"
_PROVIDERS = {"sip_trunk": "sip", "twilio": "twilio", "exotel": "exotel"}
_OUTBOUND = ("outbound_trunk", "outbound_trunk_config", "provider_config")
_INBOUND = ("inbound_trunk", "inbound_trunk_config")


def is_number(node: Node) -> bool:
    return said(node, "provider") in _PROVIDERS and "phone_number" in node


def is_request(node: Node) -> bool:
    return any(
        isinstance(getattr(node.get(k), "value", None), dict) for k in ("outbound_trunk_config", "inbound_trunk_config")
    )


def trunk(node: Node) -> Trunk:
    outbound = _part(node, _OUTBOUND)
    inbound = _part(node, _INBOUND)
    provider = text(node, "provider")
    leg = _PROVIDERS.get(str(provider), str(provider)) if provider else ("sip" if outbound or inbound else None)
    number = text(node, "phone_number")
    out = outbound or Node({}, node.place)
    address = text(out, "address")
    return Trunk(
        id=text(node, "phone_number_id").value or number.value or node.place.pointer or "number",
        platform=_PLATFORM,
        where=node.place,
        name=text(node, "label"),
        leg=Read(None if leg is None else Word(leg), provider.where, provider.setting),
        number=number,
        address=address,
        port=_port(address),
        transports=_transports(out),
        transports_of="outbound",
        allow_from=texts(some(inbound, "allowed_addresses")),
        allowed_methods=_methods(node),
        credentials=_credentials(outbound, inbound, node),
        media_encryption=word(out, "media_encryption"),
        agent=text(node, "assigned_agent", "agent_id"),
        direction="both" if outbound and inbound else "outbound" if outbound else "inbound" if inbound else "both",
        options=_options(node, inbound),
        peer_names=_peer_names(inbound),
        stores_messages=flag(node, "store_sip_messages"),
        misread=no_networks(texts(some(inbound, "allowed_addresses"))),
    )


def _part(node: Node, names: tuple[str, ...]) -> Node | None:
    return next((n for k in names if (n := some(node, k)) is not None and isinstance(n.value, dict)), None)


def _port(address: Read[Text]) -> Read[int]:
    """A port within the address: only one colon, or one after an IPv6 address in brackets."""
    host, colon, port = str(address).rpartition(":")
    known = whole(port) if colon and (":" not in host or host.endswith("]")) else None
    return Read(known, address.where, address.setting)


def _transports(outbound: Node) -> tuple[Read[Word], ...]:
    transport = word(outbound, "transport")
    return (transport,) if transport and transport.value != "auto" else ()


def _methods(node: Node) -> Read[tuple[str, ...]]:
    """The peer's Allow, where someone has noted it beside the trunk."""
    for path in (("carrier", "allow"), ("allow",), ("allowed_methods",)):
        found = node.get(*path)
        listed = ",".join(str(t) for t in texts(found)) if found is not None else ""
        if found is not None and listed:
            methods = tuple(m.strip().upper() for m in listed.split(",") if m.strip())
            return Read(methods, found.place, path[-1])
    return Read()


def _credentials(outbound: Node | None, inbound: Node | None, node: Node) -> Read[bool]:
    """Whether one of the sides is told to authenticate; False where both are told not to."""
    said = []
    for side in (inbound, outbound):
        if side is None:
            continue
        named = some(side, "credentials")
        said.append(flag(side, "has_auth_credentials") if named is None else Read(True, named.place, "credentials"))
    return next(
        (r for r in said if r.value is True), next((r for r in said if r), Read(None, node.place, "credentials"))
    )


def _peer_names(inbound: Node | None) -> Read[tuple[str, ...]]:
    if inbound is None:
        return Read()
    names = texts(some(inbound, "remote_domains"))
    found = inbound.get("remote_domains")
    where = found.place if found is not None else inbound.place
    return Read(tuple(str(n) for n in names) or None, where, "remote_domains")


def _options(node: Node, inbound: Node | None) -> tuple[Option, ...]:
    """`livekit_stack` (standard or static servers), and limits of the inbound side."""
    options = [Option("livekit_stack", text(node, "livekit_stack"))] if some(node, "livekit_stack") else []
    if inbound is not None:
        numbers = some(inbound, "allowed_numbers")
        if numbers is not None and texts(numbers):
            listed = Text(",".join(str(t) for t in texts(numbers)))
            options.append(Option("allowed_numbers", Read(listed, numbers.place, "allowed_numbers")))
        if some(inbound, "media_encryption"):
            options.append(Option("inbound_media_encryption", text(inbound, "media_encryption")))
    return tuple(options)
