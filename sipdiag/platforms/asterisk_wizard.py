"""pjsip_wizard.conf: one section stands for an endpoint and what belongs to it.

https://docs.asterisk.org/Configuration/Channel-Drivers/SIP/Configuring-res_pjsip/PJSIP-Configuration-Wizard/
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from sipdiag.places import Read
from sipdiag.platforms.asterisk_ini import Entry, Section
from sipdiag.platforms.reading import truth
from sipdiag.values import Text

_OWN = {"transport": "endpoint", "has_hint": "", "hint_exten": ""}  # settings without a prefix, and whose they are
_CREDENTIALS = {"sends_auth": "outbound_auth", "accepts_auth": "inbound_auth"}


def spelled_out(section: Section) -> Iterator[Section]:
    """The sections that a wizard's section stands for; any other section is itself."""
    if section.last("type").lower() != "wizard":
        yield section
        return
    parts: dict[str, list[Entry]] = {}
    for entry in section.entries:
        kind, slash, key = entry.key.partition("/")
        if not slash:
            kind, key = _OWN.get(entry.key.lower(), ""), entry.key
        parts.setdefault(kind.lower(), []).append(replace(entry, key=key, value=replace(entry.value, setting=key)))
    endpoint, aor = parts.get("endpoint", []), parts.get("aor", [])
    for host in (h.strip() for entry in section.all("remote_hosts") for h in str(entry.value).split(",")):
        aor.append(
            _entry(section, "contact", host if host.lower().startswith("sip") else f"sip:{host}", "remote_hosts")
        )
    yield _part(section, "endpoint", section.name, [*endpoint, _entry(section, "aors", section.name)])
    yield _part(section, "aor", section.name, aor)
    for switch, kind in _CREDENTIALS.items():
        if truth(section.last(switch)):
            yield _part(section, "auth", f"{section.name}-{kind}", parts.get(kind, []))


def _part(section: Section, kind: str, name: str, entries: list[Entry]) -> Section:
    """One section; an endpoint names those that hold its credentials."""
    named = [
        _entry(section, "auth" if auth == "inbound_auth" else auth, f"{section.name}-{auth}", switch)
        for switch, auth in _CREDENTIALS.items()
        if kind == "endpoint" and truth(section.last(switch))
    ]
    return replace(section, name=name, entries=[*entries, *named, _entry(section, "type", kind)])


def _entry(section: Section, key: str, value: str, written: str = "type") -> Entry:
    """A setting that another one implies: it stands where that one does."""
    where = section.get(written).where or section.where
    return Entry(key, "=", Read(Text(value), where, key), where)
