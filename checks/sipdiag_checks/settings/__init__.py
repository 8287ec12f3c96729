"""Configuration findings that rarely break a transfer alone."""
