"""What a person decides about a draft on the page of the outbox, or in the conversation."""

from __future__ import annotations

import uuid
from datetime import datetime

from amends.firm.models import Member
from amends.outbox.actions import settle as do
from amends.outbox.models import Draft
from amends.outbox.queries import in_reach
from amends.outbox.rules import Offer, offers

TooLate = do.TooLate
_DEEDS = {
    Offer.TAKE_BACK: do.take_back, Offer.AGAIN: do.send_again, Offer.MARK_SENT: do.mark_sent, Offer.DROP: do.drop,
}  # fmt: skip


def offered(draft: Draft, member: Member) -> list[Offer]:
    """What this member may do with a draft now."""
    return offers(
        draft.state, purpose=draft.purpose, own=draft.author == member, partly=draft.sent_at is not None,
        account=draft.account is not None,
    )  # fmt: skip


def settle(draft_id: uuid.UUID, offer: Offer, *, seen: str, by: Member, now: datetime) -> Draft:
    """Do one of the things offered. `seen` is `step_of` the draft as the person saw it, "" where that does not matter.

    Raises `Draft.DoesNotExist` where the member has no such draft in reach, and `TooLate` where it has moved on.
    """
    draft = in_reach(by).select_related("account", "author").get(public_id=draft_id)
    if offer not in offered(draft, by) or (seen and seen != step_of(draft)):
        raise TooLate
    _DEEDS[offer](draft, by=by, now=now)
    draft.refresh_from_db()
    return draft


def step_of(draft: Draft) -> str:
    """What a page remembers of a draft, to notice that somebody else was quicker."""
    return f"{draft.state} {draft.changed_at.isoformat()}"
