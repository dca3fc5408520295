"""Judging what has come in since the last time: messages, then the threads and clients that they touched.

Each step takes a small batch in hand, judges it outside any transaction, and writes what it found together with the
mark that it is done; so it can be stopped at any moment, and costs what is new, never what is stored. Several workers
judge one firm's mail together: no batch is in two hands (`jobs.actions.portions`), and a stage begins where the one
before has nothing left, so that what is found does not depend on how many they are.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction

from amends.flows.judge import clients, messages, threads
from amends.flows.judge.stages import Judge, Stage
from amends.flows.webhooks.announce import signals_may_be_raised
from amends.jobs.actions.portions import Hand, PortionLost
from amends.mail.actions.threads import lock_firm
from amends.mail.queries import left_to_judge

MANY = 3 * messages.BATCH  # from so many on, another worker is asked to help
STAGES: tuple[Stage, ...] = (messages.STAGE, threads.STAGE, clients.STANDING, clients.SILENCES)
Progress = Callable[[int, int], None]
_PAUSE = 0.2  # seconds between two looks whether others are done with a stage
_RECOUNT = 5.0  # seconds between two counts of what is left, which others may have done


def judge_new(
    *, now: datetime, progress: Progress = lambda done, total: None, share: Callable[[], None] = lambda: None
) -> int:
    """Judge all that is new in the firm in scope; returns how many messages were read here.

    `progress` hears (done, total) in messages, threads and clients together; `share` is called where there is much to
    do, and may ask another worker to help.
    """
    told = _Told(progress)
    if told.total == 0:
        return 0
    if told.total >= MANY:
        share()
    read, hand = 0, Hand(now=now)
    stage: Stage | None = None
    judge: Judge
    try:
        while (step := _next(hand)) is not None:
            if not step[1]:
                told.more(0)
                hand.keep()
                time.sleep(_PAUSE)
                continue
            if step[0] is not stage:
                stage, judge = step[0], step[0].begin(now)
            if _done(step[1], judge, hand):
                read += len(step[1]) if stage is messages.STAGE else 0
                told.more(len(step[1]) if stage.counts else 0)
    finally:
        hand.let_go()
    signals_may_be_raised(now=now)
    return read


def _next(hand: Hand) -> tuple[Stage, Sequence[Any]] | None:
    """The next batch, in hand; an empty one where others are at a stage that must end first; None where all is done."""
    with transaction.atomic():
        lock_firm()
        others = hand.others()
        for stage in STAGES:
            theirs = others.get(stage.name, set())
            if rows := stage.pick(theirs):
                hand.take(stage.name, [row.pk for row in rows])
                return stage, rows
            if theirs:
                return stage, ()
    return None


def _done(rows: Sequence[Any], judge: Judge, hand: Hand) -> bool:
    """Judge a batch and write what was found; False, and nothing written, where it was taken away meanwhile."""
    try:
        write = judge(rows, hand.keep)
        with transaction.atomic():
            lock_firm()
            hand.give_back()
            write()
    except PortionLost:
        hand.let_go()
        return False
    hand.empty()
    return True


class _Told:
    """How far it is, whoever does it."""

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self.total = left_to_judge()
        self._done = 0
        self._counted = time.monotonic()

    def more(self, count: int) -> None:
        """So many rows more are done here."""
        self._done += count
        if time.monotonic() - self._counted > _RECOUNT:
            self._counted = time.monotonic()
            left = left_to_judge()
            self.total = max(self.total, left)
            self._done = max(self._done, self.total - left)
        self._progress(min(self._done, self.total), max(self.total, self._done))
