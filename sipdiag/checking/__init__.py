"""Everything that the author of a check imports, the facts aside."""

from sipdiag.checking.check import Check, Evidence, check
from sipdiag.checking.finding import Because, CannotTell, Finding
from sipdiag.stages import Owner, Severity, Stage

__all__ = ["Because", "CannotTell", "Check", "Evidence", "Finding", "Owner", "Severity", "Stage", "check"]
