"""Judging what has come in and not been judged yet. (Grows below.)"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime


def judge_new(*, now: datetime, progress: Callable[[int, int], None]) -> int:
    return 0
