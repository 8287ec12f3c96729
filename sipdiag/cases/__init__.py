"""One case: what its inputs hold, the facts joined, the checks run, and the report of it."""
