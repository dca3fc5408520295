"""Erasing what a plan says, in small transactions: killed at any moment, it is run again and finishes.

Marks come first, so that an import that runs beside it takes nothing of it in; then messages, batch by batch; then what
quoted them; the client's or person's own row goes last, for as long as it is there it says who is meant. Clearing the
files of what was deleted is a step of its own (`clean`), since it can be done by no transaction.
"""

from __future__ import annotations

import shutil
import uuid
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction

from amends.boundaries.actions import forget as boundaries
from amends.boundaries.actions import forget_gates as gates
from amends.clients.actions import forget
from amends.clients.models import Client
from amends.firm import audit, once
from amends.flows.judge import judge_new
from amends.flows.keep.erase.orphans import forget_orphans
from amends.flows.keep.erase.plan import Plan, messages_of, plan, written_to
from amends.flows.keep.erase.whom import Whom
from amends.flows.keep.files import Progress, quiet
from amends.flows.keep.lock import BYTES, alone
from amends.flows.uploads import discard
from amends.goodwill.actions import forget as goodwill
from amends.jobs.actions.forget import forget_words as forget_jobs
from amends.mail.actions.forget import forget_archives, forget_messages, forget_remotes, settle_conversations
from amends.mail.actions.move import recount
from amends.mail.actions.search import indexed, settle_index
from amends.mail.models import Message
from amends.outbox.actions.forget import forget_drafts
from amends.recovery.actions.forget import forget_quotes, forget_recoveries
from amends.recovery.actions.forget import forget_words as forget_in_recoveries
from amends.signals.actions import forget_returns
from amends.signals.actions import promises as promised
from amends.signals.models import Promise

_PORTION = 10_000  # messages whose words are read from the index in one pass over it
_BATCH = 200  # messages that go in one transaction


def erase(made: Plan, *, now: datetime, everywhere: bool = False, progress: Progress = quiet) -> Plan:
    """Do what the plan says; returns what went, which is more where mail arrived meanwhile.

    Raises `HomeInUse` while a backup or an export runs: bytes that it still wants would go.
    """
    whom = made.whom
    because = "A backup or an export runs, or another erasure: wait until that is done."
    with alone(Path(settings.HOME) / BYTES, because=because):
        with transaction.atomic():
            forget.remember_erased(whom.traces(), now=now)
            counts = {name: count for name, count in made.counts.items() if count}
            audit.note(f"{whom.kind}{audit.ERASED}", member=None, now=now, about=_about(made), detail=counts)
        with transaction.atomic():  # before the messages that say which they are
            forget_drafts(written_to(whom, going=made.messages), _words(whom))
        done = 0
        while going := messages_of(whom, everywhere=everywhere)[0]:
            done = _erase_messages(going, done, now=now, progress=progress)
        forget_orphans(whom)
        for path in made.uploads:
            _remove(path)
        _forget_words(made)
        _forget_rows(made, now=now)
        settle_index()
    judge_new(now=now)  # what is left of their conversations may ask for something else
    return made


def _about(made: Plan) -> str:
    return f"{made.whom.kind} {made.whom.public_id}".strip()


def _erase_messages(going: Sequence[int], done: int, *, now: datetime, progress: Progress) -> int:
    total = done + len(going)
    for start in range(0, len(going), _PORTION):
        portion = going[start : start + _PORTION]
        words = indexed(portion)
        for at in range(0, len(portion), _BATCH):
            batch = portion[at : at + _BATCH]
            with transaction.atomic():
                forget_returns(batch)
                forget_quotes(batch)
                gates.forget_evidence(_public_ids(batch))
                goodwill.forget_evidence(_public_ids(batch))
                boundaries.forget_requests(*_named_by(batch))
                promised.forget_evidence(batch)
                threads = forget_messages(batch, words, now=now)
                settle_conversations(sorted(threads), now=now)
            done += len(batch)
            progress("Erasing", done, total)
    return done


def _public_ids(messages: Sequence[int]) -> list[UUID]:
    return list(Message.objects.filter(pk__in=messages).values_list("public_id", flat=True))


def _named_by(batch: Sequence[int]) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """These messages, and what was promised in them, by their public ids."""
    messages = Message.objects.filter(pk__in=batch).values_list("public_id", flat=True)
    promises = Promise.objects.filter(message__in=batch).values_list("public_id", flat=True)
    return list(messages), list(promises)


def _forget_words(made: Plan) -> None:
    """Take names and addresses out of what is no message: the audit log, jobs, names of archives, time entries."""
    whom, words, files = made.whom, _words(made.whom), forget.looked_at()
    for file in files:
        discard(file)
    with transaction.atomic():
        audit.forget(words, about=[_about(made)] if whom.public_id else [])
        once.forget(words)
        forget_jobs(words)
        forget_in_recoveries(words)
        gates.forget_words(words)
        boundaries.forget_words(words)
        goodwill.forget_words(words)
        forget_archives(words)
        forget_remotes(words)
        forget.forget_uploads(words, going=files)
        if whom.contact:
            forget.forget_words(whom.contact.client, {*whom.names, *whom.emails})
            promised.forget_words(whom.contact.client, words)


def _words(whom: Whom) -> list[str]:
    """What is looked for in texts that are no message."""
    return forget.looked_for({*whom.names, *whom.emails, *whom.organisations})


def _forget_rows(made: Plan, *, now: datetime) -> None:
    """Take the client or person away, and count anew what is left of the client that the person was with."""
    whom = made.whom
    with transaction.atomic():
        if whom.client:
            forget_recoveries(whom.client)
            gates.forget_gates(whom.client)
            boundaries.forget_client(whom.client)
            goodwill.forget_goodwill(whom.client)
            promised.forget_promises(whom.client)
            forget.forget_client(whom.client)
        elif whom.contact:
            forget.forget_contact(whom.contact)
            home = Client.objects.filter(pk=whom.contact.client_id).first()
            if home is not None:
                recount(home, now=now)


def _remove(path: Path) -> None:
    """An uploaded archive, and its folder once that is empty."""
    if path.is_dir():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    if path.parent.parent == Path(settings.UPLOADS) and not any(path.parent.iterdir()):
        path.parent.rmdir()


__all__ = ["Plan", "erase", "plan"]
