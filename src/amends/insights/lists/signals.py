"""What was noticed of a client, as a list. Who may not read the evidence of one sees kind, time and owner, no more."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Exists, OuterRef, Prefetch, QuerySet

from amends.clients.models import Client
from amends.insights.lists.paging import Key, Page, page_of
from amends.insights.ranking import answers_at
from amends.mail.privacy import is_readable
from amends.mail.queries import Reader, readable
from amends.signals.models import Action, Response, Signal
from amends.signals.queries import dismissed, standing


@dataclass(frozen=True, slots=True)
class Seen:
    """A signal as this reader may see it: without its evidence, `quote`, `message`, `thread` and the rest are None."""

    signal: uuid.UUID
    kind: str
    client: uuid.UUID
    client_name: str
    said_at: datetime
    raised_at: datetime
    cleared_at: datetime | None
    answered_at: datetime | None
    owner: str | None
    dismissed: bool
    put_off_until: datetime | None
    quote: str | None
    message: uuid.UUID | None
    thread: uuid.UUID | None
    confidence: float | None
    rule: str | None


def signal_page(
    reader: Reader,
    *,
    now: datetime,
    client: uuid.UUID | None = None,
    kind: str = "",
    open_only: bool = False,
    after: Key | None,
    limit: int,
) -> Page[Seen]:
    """Signals that stand and have come true, whose evidence the reader may read; raises `Client.DoesNotExist`.

    Of the others *Today* tells, one for each client and kind: a list would count them.
    """
    rows = _rows(reader, now=now).filter(is_readable(reader), raised_at__lte=now)
    if client is not None:
        rows = rows.filter(client=Client.objects.only("pk").get(public_id=client))
    if kind:
        rows = rows.filter(kind=kind)
    if open_only:
        rows = rows.exclude(cleared_at__lte=now)
    return page_of(rows, order=["-raised_at", "-pk"], after=after, limit=limit).mapped(_seen)


def one_signal(reader: Reader, signal_id: uuid.UUID, *, now: datetime) -> Seen:
    """One signal that stands; raises `Signal.DoesNotExist`."""
    return _seen(_rows(reader, now=now).get(public_id=signal_id))


def readable_signals(reader: Reader, signal_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these signals whose evidence this reader may read."""
    seen = Exists(readable(reader).filter(pk=OuterRef("message")))
    return set(standing().filter(seen, public_id__in=signal_ids).values_list("public_id", flat=True))


def there(signal_ids: list[uuid.UUID]) -> set[uuid.UUID]:
    """Those of these signals that there are and that stand."""
    return set(standing().filter(public_id__in=signal_ids).values_list("public_id", flat=True))


def _rows(reader: Reader, *, now: datetime) -> QuerySet[Signal]:
    return (
        standing()
        .select_related("client", "message__thread")
        .annotate(may_read=Exists(readable(reader).filter(pk=OuterRef("message"))))
        .prefetch_related(Prefetch("responses", answers_at(now), to_attr="answers"))
    )


def _seen(signal: Signal) -> Seen:
    answers: list[Response] = getattr(signal, "answers", [])
    owners = [answer.member for answer in answers if answer.action == Action.OWN]
    later = [answer.until for answer in answers if answer.action == Action.LATER]
    open_to_read = bool(getattr(signal, "may_read", False))
    return Seen(
        signal=signal.public_id,
        kind=signal.kind,
        client=signal.client.public_id,
        client_name=signal.client.name,
        said_at=signal.said_at,
        raised_at=signal.raised_at,
        cleared_at=signal.cleared_at,
        answered_at=signal.answered_at if open_to_read else None,
        owner=owners[-1].name if owners and owners[-1] else None,
        dismissed=bool(dismissed(answers)),
        put_off_until=later[-1] if later else None,
        quote=signal.quote if open_to_read else None,
        message=signal.message.public_id if open_to_read else None,
        thread=signal.message.thread.public_id if open_to_read else None,
        confidence=signal.confidence if open_to_read else None,
        rule=signal.rule if open_to_read else None,
    )
