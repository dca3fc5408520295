"""What a person does with a draft that waits, is held, failed or is unclear. Of two who act at once, one does."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm import audit
from amends.firm.models import Member
from amends.outbox.actions.deliver import NO_ACCOUNT
from amends.outbox.actions.write import NotReady
from amends.outbox.models import Composed, Draft, Recipient, State, Taken
from amends.outbox.rules import SECRETS, may_step


class TooLate(AmendsError):
    """Somebody was quicker, or it has left meanwhile. Nothing was changed."""

    def __init__(self) -> None:
        super().__init__("That is not possible any more: it has moved on meanwhile. Look at what it says now.")


def release(draft: Draft, *, by: Member, why: str, now: datetime, delay: timedelta) -> None:
    """Let what the check holds leave after `delay`, as it stands. Raises `TooLate`, `NotReady`."""
    if draft.state != State.HELD:
        raise TooLate
    if draft.account is None:
        raise NotReady(NO_ACCOUNT)
    if not why.strip():
        raise NotReady("Say why it may leave as it stands: the reason is kept beside it.")
    leaves = now + delay
    with transaction.atomic():
        _step(
            draft, State.QUEUED, by=by, now=now, did="draft.released", decided_why=why.strip()[:500],
            queued_at=now, not_before=leaves, next_try_at=leaves, attempts=0,
        )  # fmt: skip
        if not Composed.objects.filter(draft=draft).exists():
            raise TooLate


def take_back(draft: Draft, *, by: Member, now: datetime) -> None:
    """Make a draft again of what has not left: queued, held, failed or dropped. Raises `TooLate`."""
    _step(
        draft, State.DRAFT, by=by, now=now, did="draft.taken_back", sent_at=None, next_try_at=None, problem="",
        decided_why="",
    )  # fmt: skip


def send_again(draft: Draft, *, by: Member, now: datetime) -> None:
    """Queue the same bytes once more, for whoever has not got them. Raises `TooLate`, `NotReady`."""
    if draft.account is None:
        raise NotReady(NO_ACCOUNT)
    with transaction.atomic():
        _step(
            draft, State.QUEUED, by=by, now=now, did="draft.sent_again", queued_at=now,
            not_before=now, next_try_at=now, attempts=0, problem="", sender=None, handed_at=None,
        )  # fmt: skip
        if not Composed.objects.filter(draft=draft).exists():
            raise TooLate
        Recipient.objects.filter(draft=draft).exclude(taken=Taken.ACCEPTED).update(taken=Taken.WAITING, answer="")


def mark_sent(draft: Draft, *, by: Member, now: datetime) -> None:
    """A person found that an unclear one did arrive. Raises `TooLate`."""
    if draft.state != State.UNCLEAR:
        raise TooLate
    with transaction.atomic():
        sent = draft.sent_at or draft.handed_at or now
        _step(draft, State.SENT, by=by, now=now, did="draft.marked_sent", sent_at=sent, problem="", sender=None)
        Recipient.objects.filter(draft=draft, taken=Taken.WAITING).update(taken=Taken.ACCEPTED)


def drop(draft: Draft, *, by: Member, now: datetime, why: str = "") -> None:
    """Give up what has not left. Raises `TooLate`."""
    with transaction.atomic():
        _step(draft, State.DROPPED, by=by, now=now, did="draft.dropped", sender=None, decided_why=why.strip()[:500])
        if draft.purpose in SECRETS:
            Composed.objects.filter(draft=draft).delete()


def _step(draft: Draft, state: State, *, by: Member, now: datetime, did: str, **fields: Any) -> None:
    """One step of a draft from where `draft` saw it, noted in the audit log."""
    if not may_step(draft.state, state):
        raise TooLate
    with transaction.atomic():
        found = Draft.objects.filter(pk=draft.pk, state=draft.state, changed_at=draft.changed_at)
        if state in {State.DRAFT, State.DROPPED}:
            found = found.filter(sent_at=None)  # what left for somebody is theirs
        if not found.update(state=state, changed_at=now, settled_by=by, **fields):
            raise TooLate
        detail = {"from": draft.state, "purpose": draft.purpose}
        audit.note(did, member=by, about=f"draft {draft.public_id}", now=now, detail=detail)
