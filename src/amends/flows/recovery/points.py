"""What a person does with the points of a recovery; each deed gives back what undoes it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.core import signing

from amends.clients.models import Engagement
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.flows.recovery.returning import note_first
from amends.flows.recovery.within import point, within
from amends.mail.privacy import Reader
from amends.recovery.actions import issues, work
from amends.recovery.actions.issues import Change, Undo
from amends.recovery.models import Issue, Recovery
from amends.recovery.queries import seen_whole

_SALT = "recovery.undo"
_KEPT = 15 * 60  # seconds for which an undo works


class CannotUndo(AmendsError):
    """What was to be undone is not known, or too long ago."""


def add(
    reader: Reader, recovery_id: uuid.UUID, *, quote: str, words: str = "", feeling: str = "",
    said_at: datetime | None = None, engagement: uuid.UUID | None = None, by: Member | None, now: datetime,
) -> Undo:  # fmt: skip
    """Add a point by hand. Raises as `within`, and `NotNow`."""
    recovery = within(reader, recovery_id)
    made, undo = issues.add(
        recovery, quote=quote, words=words, feeling=feeling, said_at=said_at or now,
        engagement=_engagement(engagement, recovery), by=by, now=now,
    )  # fmt: skip
    del made
    return undo


def reword(
    reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, *, version: int, words: str, feeling: str,
    engagement: uuid.UUID | None,
) -> Undo:  # fmt: skip
    """How we put a point, its feeling and its engagement. Raises as `within`, `NotNow`, `TooLate`."""
    issue = point(reader, recovery_id, issue_id)
    values: dict[str, Any] = {"words": words.strip(), "feeling": feeling}
    values["engagement"] = _engagement(engagement, issue.recovery)
    return issues.reword(issue, version=version, **values)


def merge(reader: Reader, recovery_id: uuid.UUID, chosen: Sequence[uuid.UUID], *, now: datetime) -> Undo:
    """Make the points chosen one, that which stands first. Raises as `within`, `NotNow`, `TooLate`."""
    recovery = within(reader, recovery_id)
    rows = list(
        Issue.objects.filter(recovery=recovery, public_id__in=list(chosen), merged_into=None, removed_at=None)
        .select_related("recovery")
        .order_by("place", "pk")
    )
    if len(rows) < 2:
        raise work.NotNow("Choose two points at least: those that are one.")
    return issues.merge(rows[0], rows[1:], now=now)


def split(
    reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, *, at: int, by: Member | None, now: datetime
) -> Undo:
    """Cut a point in two. Raises as `within`, `NotNow`, `TooLate`."""
    return issues.split(point(reader, recovery_id, issue_id), at=at, by=by, now=now)


def part(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> Undo:
    """Let a merged point stand by itself again. Raises as `within`, `NotNow`, `TooLate`."""
    return issues.part(point(reader, recovery_id, issue_id))


def remove(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, *, now: datetime) -> Undo:
    """Take a point off the page. Raises as `within`, `NotNow`, `TooLate`."""
    return issues.remove(point(reader, recovery_id, issue_id), now=now)


def bring_back(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> Undo:
    """Put it back. Raises as `within`, `NotNow`, `TooLate`."""
    return issues.bring_back(point(reader, recovery_id, issue_id))


def place(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, *, number: int) -> Undo:
    """Move a point to another place. Raises as `within`, `NotNow`, `TooLate`."""
    return issues.place(point(reader, recovery_id, issue_id), number=number)


def same_as(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, *, earlier: uuid.UUID | None) -> Undo:
    """Say that a point is an earlier issue come back, or (None) that it is not. Raises as `within`, `NotNow`."""
    issue = point(reader, recovery_id, issue_id)
    found = None
    if earlier is not None:
        rows = Issue.objects.filter(public_id=earlier, recovery__client=issue.recovery.client)
        found = rows.select_related("recovery", "recurs").first()
        if found is None or not seen_whole(reader, [found.recovery]):
            raise work.NotNow("That earlier issue is not there any more: reload the page.")
    undo = issues.link(issue, found)
    note_first(issue.recovery)
    return undo


def want(reader: Reader, recovery_id: uuid.UUID, words: str, *, version: int, now: datetime) -> Recovery:
    """Record what would put it right, in the client's words. Raises as `within`, `NotNow`, `TooLate`."""
    recovery = within(reader, recovery_id)
    work.want(recovery, words, version=version, now=now)
    return recovery


def sealed(recovery: uuid.UUID, undo: Undo) -> str:
    """An undo as a page can carry it; "" where nothing changed."""
    if not undo.changes:
        return ""
    rows = [[str(one.issue), one.version, dict(one.before)] for one in undo.changes]
    return signing.dumps([str(recovery), rows], salt=_SALT, compress=True)


def undo(reader: Reader, recovery_id: uuid.UUID, seal: str) -> None:
    """Take back what a page carried. Raises as `within`, `CannotUndo`, `TooLate`."""
    recovery = within(reader, recovery_id)
    try:
        whose, rows = signing.loads(seal, salt=_SALT, max_age=_KEPT)
    except signing.BadSignature as error:
        raise CannotUndo("That is too long ago to be undone here: change it by hand.") from error
    if whose != str(recovery.public_id):
        raise CannotUndo("That was another recovery: nothing was undone.")
    issues.take_back(recovery, Undo(tuple(Change(uuid.UUID(key), version, before) for key, version, before in rows)))
    note_first(recovery)


def _engagement(wanted: uuid.UUID | None, recovery: Recovery) -> Engagement | None:
    if wanted is None:
        return None
    found = Engagement.objects.filter(public_id=wanted, client=recovery.client).first()
    if found is None:
        raise work.NotNow("That engagement is not one of this client's: choose another, or none.")
    return found
