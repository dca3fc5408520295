"""What every step of a recovery begins with: it is there, its words are the reader's to read, and it is open."""

from __future__ import annotations

import uuid

from amends.core.errors import AmendsError
from amends.mail.privacy import Reader
from amends.recovery import queries
from amends.recovery.models import Issue, Recovery


class NotRead(AmendsError):
    """It rests on mail that is closed to whoever wants to change it."""

    def __init__(self) -> None:
        super().__init__("This rests on mail that you may not read: ask whose it is to share the conversation.")


class Closed(AmendsError):
    """It is closed, and changes no more."""

    def __init__(self) -> None:
        super().__init__("This recovery is closed: open it again to change it.")


def within(reader: Reader, recovery_id: uuid.UUID, *, whole: bool = True) -> Recovery:
    """An open recovery to change; where `whole`, one whose words the reader may read.

    Raises `Recovery.DoesNotExist`, `NotRead`, `Closed`.
    """
    recovery = queries.find(recovery_id)
    if whole and not queries.may_see(reader, recovery):
        raise NotRead
    if recovery.closed_at is not None:
        raise Closed
    return recovery


def point(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> Issue:
    """One of its issues. Raises as `within`, and `Issue.DoesNotExist`."""
    recovery = within(reader, recovery_id)
    rows = Issue.objects.select_related("message", "engagement", "recurs", "merged_into")
    issue = rows.get(recovery=recovery, public_id=issue_id)
    issue.recovery = recovery
    return issue
