"""One client, whole: what needs us, the traffic of a year with its events, people, work, and the latest words."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.clients.models import Client, Domain
from amends.firm.models import Firm
from amends.firm.rules import Right, may
from amends.insights.capital.glance import Glance, glance
from amends.insights.engagements import Listed, engagements_of
from amends.insights.people import Person, known_domains, people_of
from amends.insights.promises import Shown, promises_of_client
from amends.insights.today import FEW, Row, moment_to_look_from, row_of
from amends.insights.tones import Tones, tones_by_week
from amends.insights.worth import Worth, worth_now
from amends.mail.models import Message
from amends.mail.privacy import Glimpse, Reader, hides, is_readable, known_of
from amends.mail.queries import glimpses_of, timeline, weekly_traffic
from amends.mail.sharing import Sharing, sharing_of
from amends.signals.queries import standing

WEEKS = 52
PAGE = 40


@dataclass(frozen=True, slots=True)
class Event:
    """A signal as a mark on the year: which of `WEEKS` weeks it falls in, oldest 0."""

    week: int
    kind: str
    at: datetime
    quote: str
    message: uuid.UUID
    thread: uuid.UUID


@dataclass(frozen=True, slots=True)
class Relationship:
    """The client page. `older` is the key to continue the timeline with, None at its end."""

    client: Client
    domains: list[Domain]
    as_of: datetime
    moved: bool
    need: Row | None
    weeks: list[tuple[int, int]]
    tones: Tones
    until: date
    events: list[Event]
    messages: list[Message | Glimpse]
    older: int | None
    people: list[Person]
    engagements: list[Listed]
    promises: list[Shown]  # open ones, ours and theirs
    restricted: bool  # whether the reader may not read all mail of the firm
    no_mail: bool  # whether they may read none at all
    closed: bool  # whether there is mail with this client of which the reader may know no more than that
    sharing: Sharing | None  # who else reads it; None where that is everybody
    capital: Glance | None  # None where nothing was ever posted
    worth: Worth | None  # what they are worth; None: not for this reader, or nobody has said


def relationship(reader: Reader, firm: Firm, client_id: uuid.UUID, *, now: datetime) -> Relationship:
    """All of one client as it stands; raises `Client.DoesNotExist`."""
    client = Client.objects.select_related("merged_into").get(public_id=client_id)
    as_of, moved = moment_to_look_from(now=now)
    zone = ZoneInfo(firm.timezone)
    until = as_of.astimezone(zone).date()
    messages, older = timeline_page(reader, client, before=None)
    engagements = engagements_of(client, today=now.astimezone(ZoneInfo(firm.timezone)).date())
    return Relationship(
        client=client,
        domains=known_domains(reader, Domain.objects.filter(client=client).order_by("value")),
        as_of=as_of,
        moved=moved,
        need=row_of(reader, firm, client, at=as_of, known_at=now, few=FEW),
        weeks=weekly_traffic(reader, [client.pk], until=until, weeks=WEEKS, zone=zone)[client.pk],
        tones=tones_by_week(reader, firm, client, until=until, weeks=WEEKS),
        until=until,
        events=_events(reader, client, until),
        messages=messages,
        older=older,
        people=people_of(reader, client),
        engagements=engagements,
        promises=promises_of_client(reader, firm, client, at=as_of),
        restricted=reader.restricted,
        no_mail=reader.restricted and reader.doors.nothing,
        closed=hides(reader, known_of(reader).filter(client=client)),
        sharing=sharing_of(reader, client=client),
        capital=None if reader.restricted else glance(client, now=now),  # it would tell how much is closed
        worth=worth_now(client.pk, now=now) if _has_worth(reader, engagements) else None,
    )


def _has_worth(reader: Reader, engagements: list[Listed]) -> bool:
    """Whether there is anything to say in money, to somebody who may see it."""
    values = ((one.engagement.yearly_value, one.engagement.value) for one in engagements)
    return any(each is not None for pair in values for each in pair) and (
        reader.member is None or may(reader.member.role, Right.SEE_MONEY)
    )


def timeline_page(reader: Reader, client: Client, *, before: int | None) -> tuple[list[Message | Glimpse], int | None]:
    """`PAGE` messages older than `before`, newest first, and the key of the next page.

    Those of which the reader may see the subject only stand among them in their place.
    """
    found: list[Message | Glimpse] = [
        *timeline(reader, client, before=before, limit=PAGE + 1),
        *glimpses_of(reader, client, before=before, limit=PAGE + 1),
    ]
    found.sort(key=lambda one: -one.pk)
    return found[:PAGE], found[PAGE - 1].pk if len(found) > PAGE else None


def client_messages(
    reader: Reader, client_id: uuid.UUID, *, before: int | None
) -> tuple[Client, list[Message | Glimpse], int | None]:
    """A further page of a client's timeline; raises `Client.DoesNotExist`."""
    client = Client.objects.get(public_id=client_id)
    return client, *timeline_page(reader, client, before=before)


def _events(reader: Reader, client: Client, until: date) -> list[Event]:
    """The year's signals, at most one of a kind a week."""
    first = until.toordinal() - 7 * WEEKS + 1
    since = datetime.combine(date.fromordinal(first), datetime.min.time()).astimezone() - timedelta(days=1)
    rows = (
        standing()
        .filter(is_readable(reader), client=client, said_at__gte=since)
        .exclude(kind__in=["unanswered", "silence"])
        .select_related("message__thread")
        .only("kind", "said_at", "quote", "message__public_id", "message__thread__public_id")
        .order_by("said_at", "kind", "pk")[:200]
    )
    found: dict[tuple[int, str], Event] = {}
    for signal in rows:
        week = (signal.said_at.date().toordinal() - first) // 7
        if 0 <= week < WEEKS:
            message = signal.message
            found.setdefault(
                (week, signal.kind),
                Event(week, signal.kind, signal.said_at, signal.quote, message.public_id, message.thread.public_id),
            )
    return list(found.values())
