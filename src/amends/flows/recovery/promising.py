"""What is agreed becomes a promise, with its owner and its date. The one place where recoveries make promises."""

from __future__ import annotations

import uuid
from contextlib import suppress
from datetime import date, datetime
from zoneinfo import ZoneInfo

from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows.promises import settle
from amends.flows.promises.when import Due
from amends.mail.queries import Reader
from amends.recovery.models import Recovery
from amends.signals.actions.promises import AlreadySettled
from amends.signals.models import Origin, Promise, PromiseBy


def promise(
    text: str, *, recovery: Recovery, owner: Member | None, due_on: date, about: uuid.UUID, by: Member, now: datetime,
    origin: str = Origin.REMEDY,
) -> uuid.UUID:  # fmt: skip
    """Promise the client of `recovery` what `text` says, by the end of the work of `due_on`; `about` is the public id
    of the remedy or the note that it stands in. Returns the promise's public id; raises `PromiseRefused`."""
    firm = firm_in_scope()
    ends = datetime.combine(due_on, firm.day_end, ZoneInfo(firm.timezone))
    given = settle.Given(
        text=text, due_at=Due(ends, exact=False), owner=owner, no_owner=owner is None, engagement=recovery.engagement
    )
    deed = settle.Deed(Reader(by), now)
    made = settle.add(recovery.client, deed, by=PromiseBy.FIRM, given=given, origin=origin, origin_id=about)
    return made.public_id


def taken_back(promise_id: uuid.UUID | None, *, by: Member, now: datetime) -> None:
    """What was promised is withdrawn, since the remedy that it stood for is; nothing where it is settled already."""
    if promise_id is not None:
        with suppress(AlreadySettled, Promise.DoesNotExist):
            settle.withdraw(promise_id, settle.Deed(Reader(by), now), why="What was agreed was withdrawn.")


def kept(promise_id: uuid.UUID | None, *, by: Member, now: datetime) -> None:
    """What was promised is done; nothing where somebody settled it already."""
    if promise_id is not None:
        with suppress(AlreadySettled, Promise.DoesNotExist):
            settle.keep(promise_id, settle.Deed(Reader(by), now))


def open_again(promise_id: uuid.UUID | None, *, by: Member, now: datetime) -> None:
    """That it was done was a slip: it is owed again. Raises `AlreadySettled` where that is too late."""
    if promise_id is not None:
        with suppress(Promise.DoesNotExist):
            promise = Promise.objects.get(public_id=promise_id)
            settle.take_back(promise_id, settle.Deed(Reader(by), now), version=promise.version)
