"""Writes of gestures."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db.models import F

from amends.core.errors import AmendsError
from amends.goodwill.models import Gesture, GestureState
from amends.goodwill.rules import GESTURE_STEPS


class Moved(AmendsError):
    """Somebody was quicker."""

    def __init__(self) -> None:
        super().__init__("Somebody was quicker, and it stands otherwise now: look at it again.")


def step(gesture: Gesture, after: str, *, now: datetime, done_at: datetime | None = None) -> None:
    """Move a gesture on from the state that it was read in. Raises `Moved`."""
    if after not in GESTURE_STEPS[gesture.state]:
        raise Moved
    values = {"state": after, "changed_at": now, "done_at": done_at if after == GestureState.DONE else None}
    if not Gesture.objects.filter(pk=gesture.pk, state=gesture.state).update(**values):
        raise Moved
    for name, value in values.items():
        setattr(gesture, name, value)


def change(gesture: Gesture, values: Mapping[str, Any], *, version: int, now: datetime) -> None:
    """Write these where nobody wrote since `version`, and it is in the state that it was read in. Raises `Moved`."""
    rows = Gesture.objects.filter(pk=gesture.pk, version=version, state=gesture.state)
    if not rows.update(**values, changed_at=now, version=F("version") + 1):
        raise Moved
    gesture.refresh_from_db()
