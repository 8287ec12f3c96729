"""The command line: arguments in, exit code out. One module for each command; output.py delivers what they report."""

from sipdiag.cli.app import app, main

__all__ = ["app", "main"]
