"""What holds for all tests: the examples of property tests and the pseudonyms of commands are the same in every run.

A run that decides whether a change may land must not fail by chance; `make fuzz` and `make search` look for new examples.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)  # machines differ in speed
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))

# Of many keys, one gives a pseudonym of five digits that is a number planted elsewhere. A test that wants a random key,
# as users get it, runs the command with an empty one.
os.environ["SIPDIAG_CASE_KEY"] = "of the test"
