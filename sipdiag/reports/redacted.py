"""What a shared report says of what was masked in it."""

from __future__ import annotations

from collections.abc import Iterable

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
_NO_HASHES = (
    "No SHA-256 is given: that of an original would prove whose it is to whoever has it, and no redacted copies were made "
    "with this report. A bundle (sipdiag bundle) has both."
)
_STRICT = (
    "Redacted strictly: countries, times of day and ports are dropped as well; ports of known services stay, because they "
    "tell what is spoken and not by whom."
)


def told(redaction: str) -> tuple[str, ...]:
    """The sentences of the banner. `redaction` is off, on or strict."""
    if redaction == "strict":
        return (_STRICT, *_TOLD["on"])
    return _TOLD["on" if redaction == "on" else "off"]


def about_hashes(redaction: str, hashes: Iterable[str]) -> str:
    """Why a redacted report has no hashes of its inputs; empty where it has them."""
    return _NO_HASHES if redaction != "off" and not any(hashes) else ""
