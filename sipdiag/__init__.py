"""sipdiag says why a SIP transfer was never sent, or where it failed."""

__version__ = "0.1.0"
