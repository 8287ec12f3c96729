"""What a shared report says of what was masked in it."""

from __future__ import annotations

_SECRETS = "Digest responses, passwords, tokens and key material are masked in every report."

_TOLD = {
    "off": (
        "Not redacted: numbers, names, addresses and hosts are shown as they were read. Look before you share it.",
        _SECRETS,
    ),
    "on": (
        "Redacted: phone numbers, users, names, addresses, hosts and ids are pseudonyms, the same one for the same value.",
        "Message bodies other than session descriptions and status lines, and values of private headers, are removed. "
        + _SECRETS,
        "Pseudonymous is not anonymous: patterns of traffic may still identify.",
    ),
}
_STRICT = "Redacted strictly: times of day, ports and countries are dropped as well."


def told(redaction: str) -> tuple[str, ...]:
    """The sentences of the banner. `redaction` is off, on or strict."""
    if redaction == "strict":
        return (_STRICT, *_TOLD["on"])
    return _TOLD["on" if redaction == "on" else "off"]
