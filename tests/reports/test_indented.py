"""JSON as the standard library writes it with an indent."""

from __future__ import annotations

import json

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.reports.indented import indented

_TEXT = st.text(max_size=5)
_SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | _TEXT
_VALUES = st.recursive(
    _SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(_TEXT, inner, max_size=3) | st.tuples(inner),
    max_leaves=12,
)


@given(_VALUES)
def test_is_what_the_standard_library_writes(value: object) -> None:
    assert indented(value) == json.dumps(value, indent=2, ensure_ascii=False)
