"""Checks of one family, one a file."""
