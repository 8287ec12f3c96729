"""Captures: every frame stays where it is and as long as it is, with new checksums; what is not understood is zeroed."""

from sipdiag.redaction.captures.capture import redact_capture

__all__ = ["redact_capture"]
