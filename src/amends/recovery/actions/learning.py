"""Writes of what was learned, of asks, and of how a recovery ended. Every one is a conditional UPDATE."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import F

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.recovery.models import Recovery, RecoveryStep, Remedy, RemedyState


class EditedMeanwhile(AmendsError):
    """Somebody saved the recovery since it was read."""

    def __init__(self) -> None:
        super().__init__(
            "Somebody changed this since you opened it: theirs is kept, yours stands below. Look, then save."
        )


class AlreadyClosed(AmendsError):
    """It is closed, or open again, already."""


def learn(recovery: Recovery, values: dict[str, Any], *, version: int) -> None:
    """Write what was learned, over the version that was read. Raises `EditedMeanwhile`."""
    rows = Recovery.objects.filter(pk=recovery.pk, version=version)
    if not rows.update(**values, version=F("version") + 1):
        raise EditedMeanwhile


def asked(recovery: Recovery, *, asks: int, at: datetime, next_at: datetime | None) -> None:
    """The client was asked, for the `asks`-th time; the next ask is due at `next_at`."""
    Recovery.objects.filter(pk=recovery.pk, closed_at=None).update(asks=asks, asked_at=at, ask_at=next_at)


def close(recovery: Recovery, *, how: str, why: str, by: Member, now: datetime) -> None:
    """End it. Raises `AlreadyClosed`, also where a remedy still waits for an approval."""
    if Remedy.objects.filter(recovery=recovery, state=RemedyState.ASKED).exists():
        raise AlreadyClosed("A remedy still waits for approval: settle or withdraw it first.")
    done = Recovery.objects.filter(pk=recovery.pk, closed_at=None).update(
        closed_at=now, closed_by=by, closing=how, closed_why=why[:500], ask_at=None
    )
    if not done:
        raise AlreadyClosed("Somebody closed it already: nothing was changed.")
    RecoveryStep.objects.create(recovery=recovery, before=recovery.stage, after="", why=how, by=by, at=now)


def reopen(recovery: Recovery, *, why: str, by: Member, now: datetime) -> None:
    """Open it again where it stood. Raises `AlreadyClosed`."""
    rows = Recovery.objects.filter(pk=recovery.pk, closed_at__isnull=False)
    if not rows.update(closed_at=None, closed_by=None, closing="", closed_why=""):
        raise AlreadyClosed("It is open already: nothing was changed.")
    RecoveryStep.objects.create(recovery=recovery, before="", after=recovery.stage, why=why[:500], by=by, at=now)
