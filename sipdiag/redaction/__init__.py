"""Pseudonyms for identities and removal of secrets: in values, SIP messages, documents, traces and captures.

What is not known to be harmless is replaced. A pseudonym has the byte length and the form of what it stands for, so
that what is redacted parses, frames and correlates as the original does.
"""

from sipdiag.redaction.redactor import Mode, Redactor

__all__ = ["Mode", "Redactor"]
