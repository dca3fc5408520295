"""Judging what has come in since the last time: messages, then the threads and clients that they touched.

Each step takes a small batch, judges it outside any transaction, and writes what it found together with the mark
that it is done; so it can be stopped at any moment, and costs what is new, never what is stored.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from amends.flows.judge.clients import settle_clients
from amends.flows.judge.messages import read_messages
from amends.flows.judge.threads import settle_threads
from amends.flows.webhooks.announce import signals_may_be_raised
from amends.mail.queries import left_to_judge


def judge_new(*, now: datetime, progress: Callable[[int, int], None] = lambda done, total: None) -> int:
    """Judge all that is new in the firm in scope; returns how many messages were read.

    `progress` hears (done, total) in messages, threads and clients together.
    """
    total = left_to_judge()
    done = read = 0
    for step in (read_messages, settle_threads, settle_clients):
        for count in step(now=now):
            done += count
            if step is read_messages:
                read += count
            progress(min(done, total), max(total, done))
    if done:
        signals_may_be_raised(now=now)
    return read
