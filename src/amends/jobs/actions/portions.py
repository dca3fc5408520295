"""Shares of one firm's work: several workers judge together, and no row is in two hands.

A worker takes a few rows in hand under the firm's lock, works on them outside of any transaction, and gives them back
in the transaction that writes what came of it; where its portion was taken from it meanwhile, that transaction writes
nothing. The portions of a worker that died are free once its lease has run out, or once it is certainly gone.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from amends.core.errors import AmendsError
from amends.jobs import holders
from amends.jobs.actions.queue import lease
from amends.jobs.models import Portion
from amends.jobs.work import pulse

_SECOND = timedelta(seconds=1)


class PortionLost(AmendsError):
    """A portion was held for too long without a sign of life, and somebody else has it."""

    retry = True


class Hand:
    """One worker's hand in a firm's work, from the moment `now` on."""

    def __init__(self, *, now: datetime) -> None:
        self._from, self._began = now, time.monotonic()
        self._kept = 0.0
        self._portion: Portion | None = None

    @property
    def _now(self) -> datetime:
        """The moment that the work began at, and what has passed since."""
        return self._from + (time.monotonic() - self._began) * _SECOND

    def others(self) -> dict[str, set[int]]:
        """The keys that others have in hand, by stage. To be asked under the firm's lock."""
        found: dict[str, set[int]] = {}
        for portion in Portion.objects.all():
            if portion.until <= self._now or holders.is_gone(portion.holder):
                portion.delete()
            else:
                found.setdefault(portion.stage, set()).update(portion.keys)
        return found

    def take(self, stage: str, keys: Iterable[int]) -> None:
        """Take these rows in hand. To be called under the firm's lock."""
        until = self._now + lease()
        self._portion = Portion.objects.create(stage=stage, keys=list(keys), holder=holders.me(), until=until)
        self._kept = time.monotonic()

    def keep(self) -> None:
        """Between two small steps: the portion stays ours. Raises `PortionLost`, `work.Stopped` or `work.Lost`."""
        pulse()
        if self._portion is not None and time.monotonic() - self._kept > lease().total_seconds() / 4:
            self._kept = time.monotonic()
            if not Portion.objects.filter(pk=self._portion.pk).update(until=self._now + lease()):
                raise PortionLost(_LOST)

    def give_back(self) -> None:
        """In the transaction that writes what came of it. Raises `PortionLost`: then nothing may be written."""
        if self._portion is not None and not Portion.objects.filter(pk=self._portion.pk).delete()[0]:
            raise PortionLost(_LOST)

    def empty(self) -> None:
        """That transaction is over: nothing is in hand any more."""
        self._portion = None

    def let_go(self) -> None:
        """Give the portion back undone, however the work ended."""
        if self._portion is not None:
            Portion.objects.filter(pk=self._portion.pk).delete()
            self._portion = None


def others_hold() -> bool:
    """Whether somebody else has a portion in hand. To be asked under the firm's lock, one's own portion given back."""
    return Portion.objects.exists()


_LOST = "Another worker took over what this one had in hand: nothing is lost, it is done once."
