"""May a client be asked for a review or a recommendation now: never while something is wrong, nor again too soon."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.clients.models import Client
from amends.firm.queries import firm_in_scope
from amends.goodwill.models import Ask
from amends.goodwill.queries import asks_of, manners, theirs
from amends.outbox.models import Draft, State
from amends.recovery.models import Recovery, RecoveryThread
from amends.signals.models import Action, SignalKind
from amends.signals.queries import standing

_LEFT = (State.QUEUED, State.SENDING, State.SENT, State.UNCLEAR)


@dataclass(frozen=True, slots=True)
class Leave:
    """Whether a client may be asked; `why` not, as a sentence for whoever would ask, "" where they may. `open`: for
    something is wrong, else it is too soon."""

    why: str = ""
    open: bool = False

    @property
    def given(self) -> bool:
        """They may be asked."""
        return not self.why


def leave_of(client: Client, *, now: datetime, besides: uuid.UUID | None = None) -> Leave:
    """Whether this client may be asked now. `besides` is a draft that does not count: the ask that is being sent.

    The same for every reader: it tells that something is open, and none of its words.
    """
    if _recoveries(client).filter(closed_at=None).exists():
        return Leave(
            f"Something is being put right with {client.name}: ask once they say that it is right again.", open=True
        )
    if _complains(client, now=now):
        return Leave(
            f"{client.name} said that something is wrong, and nobody has answered it yet: see to that first.", open=True
        )
    given = manners()
    closed = _recoveries(client).exclude(closing="mistaken").order_by("-closed_at").first()
    if closed is not None and closed.closed_at is not None:
        free = closed.closed_at + timedelta(days=given.after_recovery_days)
        if free > now:
            return Leave(f"Something was put right a short while ago: leave {client.name} in peace until {_day(free)}.")
    last = next((one for one in asks_left(client) if one.draft != besides), None)
    if last is not None:
        free = last.at + timedelta(days=given.after_ask_days)
        if free > now:
            return Leave(f"{client.name} was asked on {_day(last.at)}: ask again from {_day(free)} on.")
    return Leave()


def asks_left(client: Client) -> list[Ask]:
    """The asks that left, or are leaving, the newest first."""
    return left_of(asks_of(client))


def left_of(asks: Sequence[Ask]) -> list[Ask]:
    """Of these, those that left or are leaving, each with the moment at which a person sent it; one query."""
    if not asks:
        return []
    drafts = Draft.objects.filter(public_id__in=[one.draft for one in asks], state__in=_LEFT)
    left = dict(drafts.values_list("public_id", "queued_at"))
    found = [one for one in asks if one.draft in left]
    for one in found:
        one.at = left[one.draft] or one.at
    return found


def _recoveries(client: Client) -> QuerySet[Recovery]:
    return Recovery.objects.filter(theirs(client))


def _complains(client: Client, *, now: datetime) -> bool:
    """Whether a complaint stands that nobody answered."""
    lately = now - timedelta(days=firm_in_scope().reasons_days)
    rows = standing().filter(theirs(client), kind=SignalKind.COMPLAINT)
    rows = rows.exclude(verdict=Action.NOT_AN_ISSUE)  # type: ignore[misc]  # an alias of `standing`
    over = RecoveryThread.objects.filter(
        thread=OuterRef("message__thread"), recovery__closed_at__gte=OuterRef("said_at")
    )
    rows = rows.filter(~Exists(over), answered_at=None, raised_at__gt=lately)
    return rows.filter(Q(cleared_at=None) | Q(cleared_at__gt=now), raised_at__lte=now).exists()


def _day(moment: datetime) -> str:
    return f"{moment.astimezone(ZoneInfo(firm_in_scope().timezone)):%-d %B %Y}"
