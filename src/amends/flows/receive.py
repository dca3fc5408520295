"""Bringing mail in: from archives to stored, threaded, placed and judged messages, with a report that adds up."""

from __future__ import annotations

import hashlib
import shutil
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import reduce
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from amends.clients.models import Client, Contact, Standing
from amends.flows.judge import judge_new
from amends.flows.set_up import CannotTellWhose, learn_own_domains
from amends.flows.teach import give_vectors
from amends.flows.webhooks import announce
from amends.mail.actions.store import Stored, refresh_statistics, store
from amends.mail.digest import STREAM_ABOVE, Digest
from amends.mail.models import ImportRun, Mailbox, RunState, Thread
from amends.mail.queries import has_copies, known_copies
from amends.mail.reading import ReaderPool, batches
from amends.mail.sources import Item, NotMail, Skipped, open_source, total_bytes
from amends.signals.actions import forget_priors

Progress = Callable[[ImportRun], None]
_BEAT = 1.0  # seconds between two records of progress


@dataclass(slots=True)
class Report:
    """What an import saw and did; `seen` is always imported + duplicates + skipped + set aside."""

    imported: int = 0
    duplicates: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    set_aside: list[dict[str, str]] = field(default_factory=list)
    clients: int = 0
    contacts: int = 0
    threads: int = 0
    seconds: float = 0.0
    messages_per_second: float = 0.0

    def add(self, stored: Stored) -> None:
        """Book one stored batch."""
        self.imported += stored.imported
        self.duplicates += stored.duplicates
        self.skipped += stored.skipped
        self.set_aside += [{"source": source, "reason": reason} for source, reason in stored.set_aside]

    @property
    def seen(self) -> int:
        """How many messages there were."""
        return self.imported + self.duplicates + self.skipped.total() + len(self.set_aside)

    def as_json(self) -> dict[str, Any]:
        """The keys of `amends import --json`."""
        return {
            "seen": self.seen,
            "imported": self.imported,
            "duplicates": self.duplicates,
            "skipped": dict(self.skipped),
            "set_aside": self.set_aside,
            "clients": self.clients,
            "contacts": self.contacts,
            "threads": self.threads,
            "seconds": round(self.seconds, 3),
            "messages_per_second": round(self.messages_per_second, 1),
        }


def run_import(
    run: ImportRun,
    *,
    readers: ReaderPool,
    clock: Callable[[], datetime],
    progress: Progress = lambda run: None,
    share: Callable[[], None] = lambda: None,
) -> Report:
    """Do one import from beginning to end. Killed at any moment, it can be run again: nothing is lost or doubled.

    `share` is called where there is much to judge, and may ask another worker to help. Raises `NotMail` where a path
    holds no mail, `CannotTellWhose` where it does not show whose mail it is; nothing of that path is stored then.
    """
    report, began = Report(), time.monotonic()
    scratch = settings.UPLOADS / f"scratch-{run.public_id}"
    paths = [Path(source) for source in run.sources]
    run.state, run.bytes_done, run.bytes_total, run.beat_at = RunState.STORING, 0, total_bytes(paths), clock()
    _record(run, report)
    try:
        learn_own_domains(paths)
        beat = time.monotonic()
        items = _items(paths, scratch, report)
        for batch in readers.read(_unknown(items, run, report), now=clock()):
            report.add(take_in(batch, mailbox=run.mailbox, now=clock()))
            run.bytes_done += sum(digest.item.size for digest in batch)
            progress(run)
            if time.monotonic() - beat > _BEAT:
                beat, run.beat_at = time.monotonic(), clock()
                _record(run, report)
        report.seconds = time.monotonic() - began
        report.messages_per_second = report.seen / report.seconds if report.seconds else 0.0
        refresh_statistics()
        give_vectors()
        run.state = RunState.JUDGING
        _record(run, report)
        judge_new(now=clock(), progress=lambda done, total: _judged(run, done, total, clock, progress), share=share)
        _totals(report)
        report.seconds = time.monotonic() - began
        run.state, run.finished_at = RunState.DONE, clock()
        _end(run, report)
    except (NotMail, CannotTellWhose) as error:
        said = reduce(lambda text, source: text.replace(source, Path(source).name), run.sources, str(error))
        run.state, run.problem, run.finished_at = RunState.FAILED, said, clock()  # pages need not say where files lie
        _end(run, report)
        raise
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return report


def take_in(batch: Sequence[Digest], *, mailbox: Mailbox, now: datetime) -> Stored:
    """Store a batch of read messages that came through `mailbox`, tell webhooks of it in the same transaction, and
    forget what rested on their not being there."""
    stored = store(
        batch, mailbox=mailbox, now=now,
        then=lambda stored: announce.stored(stored.messages, stored.clients, mailbox=mailbox, now=now),
    )  # fmt: skip
    if stored.earliest:
        forget_priors(after=stored.earliest.date())
    return stored


def end_run(run_id: int, *, problem: str, now: datetime) -> None:
    """An import that will not be tried again by itself: say so on its page."""
    open_runs = ImportRun.objects.exclude(state__in=[RunState.DONE, RunState.FAILED])
    open_runs.filter(pk=run_id).update(state=RunState.FAILED, problem=problem, finished_at=now)


def _items(paths: list[Path], scratch: Path, report: Report) -> Iterator[Item]:
    for path in paths:
        for found in open_source(path, scratch=scratch):
            if isinstance(found, Skipped):
                report.skipped[found.reason] += 1
            else:
                yield found


def _unknown(items: Iterator[Item], run: ImportRun, report: Report) -> Iterator[Item]:
    """Leave out what came through this mailbox before, by the hash of its bytes, before anybody reads it."""
    if not has_copies(run.mailbox):
        yield from items  # all of it is new; what an archive holds twice is told apart when it is stored
        return
    for batch in batches(items):
        hashes = [hashlib.sha256(item.read()).hexdigest() if item.size <= STREAM_ABOVE else "" for item in batch]
        known = known_copies(run.mailbox, hashes)
        for item, sha256 in zip(batch, hashes, strict=True):
            if sha256 in known:
                report.duplicates += 1
                run.bytes_done += item.size
            else:
                yield item


def _end(run: ImportRun, report: Report) -> None:
    with transaction.atomic():
        _record(run, report)
        announce.import_ended(run, now=run.finished_at or run.created_at)


def _record(run: ImportRun, report: Report) -> None:
    run.report = report.as_json()
    run.save()


def _judged(run: ImportRun, done: int, total: int, clock: Callable[[], datetime], progress: Progress) -> None:
    run.bytes_done, run.bytes_total, run.beat_at = done, total, clock()
    run.save(update_fields=["bytes_done", "bytes_total", "beat_at"])
    progress(run)


def _totals(report: Report) -> None:
    report.clients = Client.objects.filter(merged_into=None, standing=Standing.CLIENT).count()
    report.contacts = Contact.objects.count()
    report.threads = Thread.objects.count()
