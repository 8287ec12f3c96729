"""A routing script of Kamailio or OpenSIPS becomes a proxy's trunk, with what it does to REFER, NOTIFY and INVITE.

Only what holds on every way through the script is said (`kamailio_paths`). Files that it includes are named and never
opened here; while one is missing, nothing is said of what it might change.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import PurePath

from sipdiag.facts.config import Option, Trunk
from sipdiag.nodes import Node
from sipdiag.patterns import pattern
from sipdiag.places import Place, Read
from sipdiag.platforms.adapted import Adapted
from sipdiag.platforms.kamailio_paths import Ending, Endings, Request, endings_of
from sipdiag.platforms.kamailio_script import Script, Setting, script_of
from sipdiag.platforms.kamailio_tokens import tokens_of
from sipdiag.platforms.reading import truth, whole
from sipdiag.values import Text, Word

PLATFORM = "kamailio"
_LISTENER = pattern(
    r"(?:(?P<transport>udp|tcp|tls|sctp|ws|wss):)?(?P<host>\[[^\]]{0,100}\]|[^:/\s]{0,255})(?::(?P<port>\d{1,5}))?",
    re.IGNORECASE,
)
_REWRITES_ROUTES = pattern(r"\b(?:topos|topoh|topology_hiding|app_\w+|dialog)\.so\b|\btopo[sh]\b")


def proxy(node: Node, name: str, form: str) -> Adapted:
    found = tokens_of(node)
    script = script_of(found.tokens)
    problems = [f"includes {path}, which is not read" for path in script.includes[:20]]
    if found.assumed:
        problems.append(f"read as started without {', '.join(found.assumed[:20])}")
    if not script.routes:
        return Adapted(PLATFORM, form, problems=(*problems, "holds no route block"))
    trunk = _proxy(script, PurePath(name).name, node.place)
    return Adapted(trunk.platform, form, trunks=(trunk,), problems=tuple(problems))


def _proxy(script: Script, name: str, where: Place) -> Trunk:
    refer = endings_of(script, Request("REFER", in_dialog=True))
    notify = endings_of(script, Request("NOTIFY", in_dialog=True))
    invite = endings_of(script, Request("INVITE", in_dialog=False))
    astray = endings_of(script, Request("REFER", in_dialog=True, routed=False))
    platform = _product(script)
    takes_part = bool(invite.relayed or invite.unsure)  # a server that relays no call has no part in its dialog
    return Trunk(
        id=name,
        platform=platform,
        where=where,
        name=Read(Text(name), where, "file"),
        leg=Read(Word("sip"), where, "route"),
        transports=tuple(_transports(script)),
        refer=_taken(refer) if takes_part else Read(),
        notify=_taken(notify) if takes_part else Read(),
        records_route=_records(invite, script),
        expects_route=Read(True, astray.refused[0].where, "loose_route")
        if astray.always_refused and not refer.always_refused
        else Read(),
        options=tuple(_refusals(refer, notify)),
        profile=platform,
        entries=tuple(_dead_listeners(script, platform)),
    )


def _product(script: Script) -> str:
    modules = any("proto_" in m or "signaling" in m for m in script.modules)
    return "opensips" if modules or any(s.name == "socket" for s in script.settings) else PLATFORM


def _taken(endings: Endings) -> Read[Word]:
    """Whether a method inside a dialog passes; said only where every way through the script agrees."""
    if endings.always_refused:
        first = endings.refused[0]
        return Read(Word("deny"), _where(first), _setting(first))
    if endings.relayed and not endings.unsure and not any(e.because for e in endings.refused):
        return Read(Word("allow"), endings.relayed[0].where, "t_relay")
    return Read(None, None, "is_method")


def _where(ending: Ending) -> Place:
    return ending.because.where if ending.because is not None else ending.where


def _setting(ending: Ending) -> str:
    return "the condition" if ending.because is not None else "its answer"


def _refusals(*endings: Endings) -> Iterator[Option]:
    """What decides about a method that is refused, as a setting: the condition on the method, else the answer."""
    for found in endings:
        for ending in found.refused[:1] if found.always_refused else ():
            words = ending.because.words if ending.because else str(ending.code or "to drop it")
            yield Option(_setting(ending), Read(Text(words), _where(ending), _setting(ending)))


def _records(invite: Endings, script: Script) -> Read[bool]:
    """Whether the proxy stays in the route of the calls that it relays; not said where a module may see to it."""
    relayed = invite.relayed
    if not relayed or invite.unsure or any(_REWRITES_ROUTES.search(m) for m in script.modules):
        return Read()
    answers = {e.recorded for e in relayed}
    return Read(answers.pop(), relayed[0].where, "record_route") if len(answers) == 1 else Read()


def _listeners(script: Script) -> Iterator[tuple[Setting, str]]:
    """Each listener with its transport; one that names none serves UDP and TCP."""
    for setting in script.settings:
        found = _LISTENER.match(setting.value)
        if setting.name in ("listen", "socket") and found is not None:
            for transport in [found["transport"].lower()] if found["transport"] else ["udp", "tcp"]:
                yield setting, transport


def _serves(script: Script, transport: str, product: str) -> bool:
    """Kamailio drops a TLS listener silently without enable_tls; TCP can be switched off."""
    values = {s.name: truth(s.value) for s in script.settings}
    if transport == "tls" and product == PLATFORM:
        return values.get("enable_tls") is True
    return transport != "tcp" or values.get("disable_tcp") is not True


def _transports(script: Script) -> Iterator[Read[Word]]:
    product, seen = _product(script), set[str]()
    for setting, transport in _listeners(script):
        if transport not in seen and _serves(script, transport, product):
            seen.add(transport)
            yield Read(Word(transport), setting.where, setting.name)


def _dead_listeners(script: Script, product: str) -> Iterator[Trunk]:
    for setting, transport in _listeners(script):
        if transport == "tls" and not _serves(script, transport, product):
            port = _LISTENER.match(setting.value)
            number = whole(port["port"]) if port is not None else None
            yield Trunk(
                id=f"{setting.name}={setting.value}",
                platform=product,
                where=setting.where,
                name=Read(Text(f"{setting.name}={setting.value}"), setting.where, setting.name),
                leg=Read(Word("sip"), setting.where, setting.name),
                port=Read(number, setting.where, setting.name) if number else Read(),
                transports=(Read(Word("tls"), setting.where, setting.name),),
                enabled=Read(False, setting.where, "enable_tls"),
                profile=product,
            )
