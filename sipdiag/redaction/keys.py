"""What a setting holds, by its name."""

from __future__ import annotations

import re
import tomllib
from functools import cache, lru_cache
from pathlib import Path


@cache
def _rules() -> tuple[tuple[str, re.Pattern[str]], ...]:
    text = (Path(__file__).with_name("data") / "keys.toml").read_text("utf-8")
    return tuple((name, re.compile("|".join(patterns))) for name, patterns in tomllib.loads(text).items())


@lru_cache(maxsize=4096)
def kind_of_key(key: str) -> str | None:
    """secret, speech, person, identity, port, count, word, or None where the name does not tell.

    >>> [kind_of_key(k) for k in ("apiKey", "transfer_to", "firstMessage", "started_at", "codec")]
    ['secret', 'identity', 'speech', 'count', None]
    """
    snake = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", key)
    plain = re.sub(r"[^a-z0-9]+", "_", snake.lower()).strip("_")
    return next((name for name, pattern in _rules() if pattern.search(plain)), None)
