"""Reports: one value that holds everything, and its renderings."""
