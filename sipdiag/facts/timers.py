"""The timers of `timers.toml`, in seconds, read once."""

from __future__ import annotations

import tomllib
from pathlib import Path

_ALL = tomllib.loads(Path(__file__).with_name("timers.toml").read_text("utf-8"))

TIMER_F: float = _ALL["timer_f"]["seconds"]
RETRANSMISSIONS: int = _ALL["retransmissions"]["count"]
FIRST_NOTIFY: float = _ALL["first_notify"]["seconds"]
BYE_AFTER_NOTIFY: float = _ALL["bye_after_notify"]["seconds"]
TARGET_HUNG_UP: float = _ALL["target_hung_up"]["seconds"]
EARLY_SUCCESS: float = _ALL["early_success"]["seconds"]
NEW_INVITE: float = _ALL["new_invite"]["seconds"]
B2BUA_LEG: float = _ALL["b2bua_leg"]["seconds"]
B2BUA_PASSING: float = _ALL["b2bua_passing"]["seconds"]
RECORD_START: float = _ALL["record_start"]["seconds"]
MEDIA_AFTER_TRANSFER: float = _ALL["media_after_transfer"]["seconds"]
KEPT_LEG: float = _ALL["kept_leg"]["seconds"]
CHALLENGE_ANSWER: float = _ALL["challenge_answer"]["seconds"]
