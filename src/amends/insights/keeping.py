"""Is what is kept kept well: room, backups, who may read the folder, what is sealed; and do jobs and clocks go."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import connection
from django.db.models import Min, Q
from django_tasks.base import TaskResultStatus
from django_tasks_db.models import DBTaskResult, get_date_max

LAST_BACKUP = "last-backup.json"
"""A file in the home: when the last backup was made there, as {"at": ISO 8601, "bytes": n}."""
_ROOM = 1 << 30  # bytes that should be free, and at least as many as are kept
_STALE = timedelta(days=8)  # a backup should not be older
_WAITED = timedelta(minutes=15)  # a job should not wait longer for somebody who does it
_SKEW = timedelta(minutes=1)
Check = tuple[str, bool, str]
"""Its id, whether all is well, and what to say."""


def kept_well(*, now: datetime) -> Iterator[Check]:
    """What a careful administrator would look at, in a fixed order."""
    yield _room()
    yield from _backup(now)
    yield from _readable_by_others()
    yield _sealed()
    yield from _jobs(now)
    yield from _clocks(now)


def _room() -> Check:
    home = Path(settings.HOME)
    kept = sum(file.stat().st_size for file in home.glob("*.sqlite3*") if file.is_file())
    free = shutil.disk_usage(home).free
    say = f"{free / 1e9:.1f} GB are free where the mail is kept"
    if free > max(_ROOM, kept):
        return "disk", True, f"{say}, {kept / 1e9:.1f} GB are used for it."
    return "disk", False, f"{say}, and {kept / 1e9:.1f} GB are used for it: make room for an import and a backup."


def _backup(now: datetime) -> Iterator[Check]:
    """On PostgreSQL somebody else keeps the backups, and here nobody knows of them."""
    if connection.vendor != "sqlite":
        return
    try:
        told = json.loads((Path(settings.HOME) / LAST_BACKUP).read_text(encoding="utf-8"))
        age = now - datetime.fromisoformat(told["at"])
    except (OSError, ValueError, KeyError):
        yield "backup", True, "No backup was made here with `amends backup` yet."
        return
    days = max(0, age.days)
    when = "today" if days == 0 else "yesterday" if days == 1 else f"{days} days ago"
    say = f"The last backup was made {when}"
    yield "backup", age < _STALE, f"{say}." if age < _STALE else f"{say}: make one with `amends backup FILE`."


def _readable_by_others() -> Iterator[Check]:
    home = Path(settings.HOME)
    if home.stat().st_mode & 0o007:
        yield "home", False, f"Everybody on this machine may look into {home}: chmod o= {home}"


def _sealed() -> Check:
    inside = (Path(settings.HOME) / "secret.key").exists()
    where = "lies in the home: keep a copy apart" if inside else "comes from elsewhere: keep a copy of it"
    sealed = f"Stored passwords and tokens are sealed with the secret key, which no backup holds; it {where}."
    return "encryption", True, f"{sealed} The mail is not encrypted by Amends: use an encrypted disk."


def _jobs(now: datetime) -> Iterator[Check]:
    due = Q(run_after=get_date_max()) | Q(run_after__lte=now)  # the first says: at once
    waiting = DBTaskResult.objects.filter(due, status=TaskResultStatus.READY)
    since = waiting.aggregate(since=Min("enqueued_at"))["since"]
    if since is None or now - since < _WAITED:
        yield "jobs", True, "No job waits long for its turn."
        return
    minutes = int((now - since).total_seconds() // 60)
    say = f"Jobs wait ({waiting.count()}), the first for {minutes} minutes: start `amends serve` or `amends worker`."
    yield "jobs", False, say


def _clocks(now: datetime) -> Iterator[Check]:
    """The database's clock beside this machine's, where they are two."""
    if connection.vendor != "postgresql":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        apart = abs(cursor.fetchone()[0] - now)
    if apart > _SKEW:
        say = f"The clocks of this machine and of PostgreSQL are {apart.total_seconds():.0f} seconds apart: set them."
        yield "clock", False, say
