"""Writes of the work itself: opening, owning, moving between stages, the wanted outcome, and what the clocks note.

Every change of state is one conditional UPDATE whose count is checked: of two who act at once, one is told.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import F

from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.mail.models import Thread
from amends.recovery.models import Closing, Escalation, Recovery, RecoveryStep, RecoveryThread
from amends.recovery.rules import STAGES, goes_back

_WORDS = 20_000
_TITLE = 200


class TooLate(AmendsError):
    """Somebody else was quicker; how it stands now is on the page."""

    def __init__(self, message: str = "") -> None:
        super().__init__(message or "Somebody else changed this meanwhile: look at how it stands now, then try again.")


class NotNow(AmendsError):
    """That cannot be done as it stands; the text says what can."""


@dataclass(frozen=True, slots=True)
class Opening:
    """What a recovery is opened with. `began_at`: when the client first said so."""

    client: Client
    title: str
    began_at: datetime
    engagement: Engagement | None = None
    owner: Member | None = None


def begin(opening: Opening, threads: Iterable[Thread], *, by: Member | None, now: datetime) -> Recovery:
    """Write a new recovery with its conversations and its first step."""
    owner = opening.owner
    made = Recovery.objects.create(
        client=opening.client, engagement=opening.engagement, title=opening.title.strip()[:_TITLE], owner=owner,
        opened_by=by, began_at=min(opening.began_at, now), opened_at=now, owned_at=now if owner else None,
    )  # fmt: skip
    add_threads(made, threads)
    RecoveryStep.objects.create(recovery=made, before="", after=made.stage, by=by, at=now)
    return made


def add_threads(recovery: Recovery, threads: Iterable[Thread]) -> int:
    """Say that it is about these conversations too; returns how many are new."""
    known = set(RecoveryThread.objects.filter(recovery=recovery).values_list("thread_id", flat=True))
    new = [thread for thread in dict.fromkeys(threads) if thread.pk not in known]
    RecoveryThread.objects.bulk_create(
        [RecoveryThread(recovery=recovery, thread=thread) for thread in new], ignore_conflicts=True
    )
    return len(new)


def own(recovery: Recovery, *, member: Member, before: Member | None, now: datetime) -> None:
    """Make somebody its owner, where `before` still is. Raises `TooLate`, `NotNow` where it is closed."""
    _is_open(recovery)
    rows = Recovery.objects.filter(pk=recovery.pk, owner=before, closed_at=None)
    values: dict[str, Any] = {"owner": member}
    if recovery.owned_at is None:
        values["owned_at"] = now
    if not rows.update(**values):
        current = Recovery.objects.select_related("owner").get(pk=recovery.pk)
        name = current.owner.name if current.owner else ""
        raise TooLate(f"{name} has it in hand already." if name else "")
    recovery.owner = member
    recovery.owned_at = recovery.owned_at or now


def move(recovery: Recovery, *, before: str, after: str, why: str, by: Member | None, now: datetime) -> None:
    """Go to another stage from the one that was seen; back asks why. Raises `NotNow` and `TooLate`."""
    _is_open(recovery)
    if after not in STAGES or before not in STAGES or after == before:
        raise NotNow("Choose the stage to go to.")
    if goes_back(before, after) and not why.strip():
        raise NotNow("Say why it goes back: the reason is kept with the recovery.")
    with transaction.atomic():
        if not Recovery.objects.filter(pk=recovery.pk, stage=before, closed_at=None).update(stage=after):
            raise TooLate
        RecoveryStep.objects.create(
            recovery=recovery, before=before, after=after, why=why.strip()[:500], by=by, at=now
        )  # fmt: skip
    recovery.stage = after


def close_as_mistaken(recovery: Recovery, *, why: str, by: Member | None, now: datetime) -> None:
    """Close what should not have been opened. Raises `NotNow` without a reason, `TooLate` where it is closed."""
    if not why.strip():
        raise NotNow("Say why it was opened by mistake: the reason is kept with it.")
    with transaction.atomic():
        rows = Recovery.objects.filter(pk=recovery.pk, closed_at=None)
        values = {"closed_at": now, "closed_by": by, "closing": Closing.MISTAKEN, "closed_why": why.strip()[:500]}
        if not rows.update(**values, ask_at=None):
            raise TooLate("It is closed already.")
        RecoveryStep.objects.create(recovery=recovery, before=recovery.stage, after="", why=why[:500], by=by, at=now)


def reopen_mistaken(recovery: Recovery, *, by: Member | None, now: datetime) -> None:
    """Open again what was closed as opened by mistake. Raises `TooLate` where it is not."""
    with transaction.atomic():
        rows = Recovery.objects.filter(pk=recovery.pk, closing=Closing.MISTAKEN)
        if not rows.update(closed_at=None, closed_by=None, closing="", closed_why=""):
            raise TooLate("It is open already.")
        RecoveryStep.objects.create(recovery=recovery, before="", after=recovery.stage, by=by, at=now)


def write(recovery: Recovery, *, version: int, **values: Any) -> None:
    """Write words of the recovery where nobody wrote since `version`. Raises `TooLate`."""
    rows = Recovery.objects.filter(pk=recovery.pk, version=version)
    if not rows.update(version=F("version") + 1, **values):
        raise TooLate
    for name, value in values.items():
        setattr(recovery, name, value)
    recovery.version = version + 1


def want(recovery: Recovery, words: str, *, version: int, now: datetime) -> None:
    """Record what would put it right, in the client's words. Raises `NotNow` where it is too long, `TooLate`."""
    if len(words) > _WORDS:
        raise NotNow("That is too long for one wish: keep the sentences in which they say it.")
    write(recovery, version=version, wanted=words.strip(), wanted_at=now if words.strip() else None)


def fail_as(recovery: Recovery, mode: str, *, version: int) -> None:
    """Say which failure mode it is a case of ("": not said), where nobody wrote since `version`. Raises `TooLate`."""
    write(recovery, version=version, failure_mode=mode)


def replying(thread: Thread, draft: uuid.UUID) -> None:
    """Note that an answer in this conversation is on its way, which may be the first reply of its recovery."""
    rows = Recovery.objects.filter(threads__thread=thread, closed_at=None, replied_at=None)
    Recovery.objects.filter(pk__in=list(rows.values_list("pk", flat=True))).update(first_draft=draft)


def replied(recovery: Recovery, *, at: datetime) -> bool:
    """Note when the first reply left; once."""
    return bool(Recovery.objects.filter(pk=recovery.pk, replied_at=None).update(replied_at=at))


def not_replied(recovery: Recovery, *, at: datetime) -> bool:
    """Take back that the first reply left then; False where it was noted otherwise meanwhile."""
    return bool(Recovery.objects.filter(pk=recovery.pk, replied_at=at).update(replied_at=None))


def escalate(recovery: Recovery, clock: str, *, to: Member, now: datetime) -> bool:
    """Note that somebody is told of a clock that is over; False where they were before. In the notice's transaction."""
    _row, made = Escalation.objects.get_or_create(recovery=recovery, clock=clock, defaults={"to": to, "at": now})
    return made


def _is_open(recovery: Recovery) -> None:
    if recovery.closed_at is not None:
        raise NotNow("It is closed: open a new one, or open it again first.")
