"""sipdiag's own settings: found in the repository, read with places, and what they spare."""
