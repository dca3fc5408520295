"""What was under way stands still in a backup, and ends in what is restored from it.

Time has gone on since a backup was made: what waited to leave has left, what ran has ended, and whoever held something
holds it no more. So nothing of it goes on by itself, and a person may have it done again. A backup of an older version
lacks some of the tables.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from sqlite3 import Connection

from django.contrib.sessions.models import Session
from django.db.models import Model
from django_tasks_db.models import DBTaskResult

from amends.clients.models import Upload, UploadState
from amends.flows.keep.files import opened
from amends.jobs.models import Job, Portion
from amends.mail.models import Account, ImportRun, RunState
from amends.outbox.models import Draft, State
from amends.webhooks.models import Delivery, DeliveryState, Endpoint

_MODELS: tuple[type[Model], ...] = (
    Account, DBTaskResult, Delivery, Draft, Endpoint, ImportRun, Job, Portion, Session, Upload,
)  # fmt: skip
_TABLE = {model.__name__: model._meta.db_table for model in _MODELS}
_SENT_SINCE = "It waited to leave when the backup was made that was restored here: it may have been sent since."
_TOLD_SINCE = "It waited when the backup was made that was restored here, and may have been delivered since."
_UNFINISHED = "It was under way when this backup was made: bring the archive in again."
_FILE_GONE = "It was under way when this backup was made: bring the file in again."
_WITH_FILES = ("amends.flows.tasks.bring_in", "amends.flows.tasks.bring_upload")  # no file is part of a backup
_ONCE = "amends.flows.members.send_reset"  # who asked for it has asked again, or needs it no more


def send_nothing(copy: Path) -> None:
    """What waits to be sent or told in this copy waits for a person: it will have left before it is restored."""
    with opened(copy, "rw") as link:
        there = _tables(link)
        if _TABLE["Draft"] in there:
            _run(link, "UPDATE {Draft} SET state = ?, problem = ? WHERE state IN (?, ?)",
                 State.UNCLEAR, _SENT_SINCE, State.QUEUED, State.SENDING)  # fmt: skip
        if _TABLE["Delivery"] in there:
            _run(link, "UPDATE {Delivery} SET state = ?, problem = ? WHERE state = ?",
                 DeliveryState.FAILED, _TOLD_SINCE, DeliveryState.WAITING)  # fmt: skip
        _drop(link, there, [_ONCE])


def forget_sessions(copy: Path) -> None:
    """Whoever has a live session's key is signed in: none may be in the file, not even in a page's unused bytes.

    Writing the database anew is what clears those.
    """
    clean = copy.with_suffix(".clean")
    with opened(copy, "rw") as link:
        _run(link, "DELETE FROM {Session}")
        _run(link, "VACUUM INTO ?", str(clean))
    clean.replace(copy)


def end_all(database: Path, *, now: datetime) -> None:
    """End what was under way in a database that is to be a home.

    An import ends: its archive, in `uploads` or elsewhere, is no part of a backup. What it had stored is there, judging
    goes on by itself, and bringing the archive in again finds the rest. Other jobs begin anew; nobody holds anything.
    """
    at = now.astimezone(UTC).replace(tzinfo=None).isoformat(" ")  # as Django writes it on SQLite
    with opened(database, "rw") as link:
        there = _tables(link)
        _run(link, "BEGIN IMMEDIATE")
        _run(link, "UPDATE {ImportRun} SET state = ?, problem = ?, finished_at = ? WHERE state NOT IN (?, ?)",
             RunState.FAILED, _UNFINISHED, at, RunState.DONE, RunState.FAILED)  # fmt: skip
        _drop(link, there, _WITH_FILES)
        if _TABLE["Upload"] in there:
            _run(link, "UPDATE {Upload} SET state = ?, problem = ?, finished_at = ? WHERE state IN (?, ?)",
                 UploadState.FAILED, _FILE_GONE, at, UploadState.WAITING, UploadState.IMPORTING)  # fmt: skip
            _run(link, "DELETE FROM {Upload} WHERE state = ?", UploadState.PREVIEW)
        if _TABLE["Job"] in there:
            _run(link, "DELETE FROM {Portion}")
            _run(link, "UPDATE {Job} SET holder = '', machine = '', beat_at = NULL WHERE task_id IN"
                 " (SELECT id FROM {DBTaskResult} WHERE status = 'RUNNING')")  # fmt: skip
        _run(link, "UPDATE {DBTaskResult} SET status = 'READY', started_at = NULL WHERE status = 'RUNNING'")
        if _TABLE["Account"] in there:
            _run(link, "UPDATE {Account} SET claimed_by = '', claimed_until = NULL")
        if _TABLE["Endpoint"] in there:
            _run(link, "UPDATE {Endpoint} SET held_until = NULL")
        _run(link, "COMMIT")


def _drop(link: Connection, there: set[str], paths: Iterable[str]) -> None:
    """Take what is not done of these jobs out of the queue."""
    for path in paths:
        if _TABLE["Job"] in there:
            _run(link, "DELETE FROM {Job} WHERE task_id IN (SELECT id FROM {DBTaskResult}"
                 " WHERE task_path = ? AND status IN ('READY', 'RUNNING'))", path)  # fmt: skip
        if _TABLE["DBTaskResult"] in there:
            _run(link, "DELETE FROM {DBTaskResult} WHERE task_path = ? AND status IN ('READY', 'RUNNING')", path)


def _tables(link: Connection) -> set[str]:
    return {row[0] for row in link.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}


def _run(link: Connection, statement: str, *values: str) -> None:
    """Names of models in braces stand for their tables."""
    link.execute(statement.format(**_TABLE), [str(value) for value in values])
