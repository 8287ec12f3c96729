"""What holds for all tests: the examples of property tests are the same in every run.

A run that decides whether a change may land must not fail by chance; `make fuzz` and `make search` look for new examples.
"""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("same", derandomize=True, deadline=None)  # machines differ in speed
settings.register_profile("search", max_examples=2000, deadline=None)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "same"))
