"""What is agreed becomes a promise, with its owner and its date. The one place where recoveries make promises."""

from __future__ import annotations

import uuid
from datetime import date, datetime

from amends.firm.models import Member
from amends.recovery.models import Recovery


def promise(
    text: str, *, recovery: Recovery, owner: Member | None, due_on: date, about: uuid.UUID, by: Member, now: datetime
) -> uuid.UUID | None:
    """Promise the client of `recovery` what `text` says, by the end of `due_on`; `about` is the remedy's public id.

    Returns the promise's public id, None where promises are not kept yet.
    """
    return None


def taken_back(promise_id: uuid.UUID | None, *, by: Member, now: datetime) -> None:
    """What was promised is withdrawn, since the remedy that it stood for is."""


def kept(promise_id: uuid.UUID | None, *, by: Member, now: datetime) -> None:
    """What was promised is done."""


def open_again(promise_id: uuid.UUID | None, *, by: Member, now: datetime) -> None:
    """That it was done, or withdrawn, was a slip: it is owed again."""
