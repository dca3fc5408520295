"""Clients, people, engagements, time."""

from __future__ import annotations

import uuid
from datetime import date
from typing import Annotated

from pydantic import Field, WithJsonSchema

from amends.api.v1.schemas.common import NO_NUL, Day, In, Moment, Money, Out
from amends.clients.models import Engagement, Standing, TimeEntry
from amends.insights.lists.clients import Entry, ListedPerson


class ClientRef(Out):
    """A client, by id and name."""

    id: uuid.UUID
    name: str


class ClientOut(Out):
    """An organisation outside the firm, or one person at a free-mail provider."""

    id: uuid.UUID
    name: str
    standing: Standing = Field(description="What it is to the firm")
    industry: str = Field(description="In which industry it works, in the firm's own words; empty where nobody said")
    domains: list[str] = Field(description="Its mail domains, or whole addresses at free-mail providers")
    created_at: Moment
    first_at: Moment | None = Field(description="Its first personal message")
    last_at: Moment | None = Field(description="Its latest personal message")
    merged_into: uuid.UUID | None = Field(description="The client that it is part of")

    @classmethod
    def of(cls, entry: Entry) -> ClientOut:
        client = entry.client
        return cls(
            id=client.public_id, name=client.name, standing=Standing(client.standing),
            industry=client.industry, domains=sorted(entry.domains), created_at=client.created_at,
            first_at=client.first_at, last_at=client.last_at,
            merged_into=client.merged_into.public_id if client.merged_into else None,
        )  # fmt: skip


class ClientChange(In):
    """What is said of a client."""

    industry: str = Field(max_length=100, pattern=NO_NUL)


class ContactOut(Out):
    """A person at a client."""

    id: uuid.UUID
    name: str
    emails: list[str]
    last_at: Moment | None

    @classmethod
    def of(cls, listed: ListedPerson) -> ContactOut:
        one = listed.person
        return cls(id=listed.id, name=one.name, emails=one.addresses, last_at=one.last_at)


Amount = Annotated[
    str,
    Field(pattern=r"^[0-9]{1,12}(\.[0-9]{1,2})?$", examples=["48000.00"], description="In the firm's currency"),
]
WorkKind = Annotated[str, Field(max_length=60, pattern=NO_NUL)]
EngagementName = Annotated[
    str,
    Field(min_length=1, max_length=200, pattern=r"^[^\x00]*[^\s\x00][^\x00]*$"),
    WithJsonSchema({"type": "string", "minLength": 1, "maxLength": 200, "pattern": "[0-9A-Za-z]"}),
]


class EngagementNew(In):
    """A project or retainer to be attached to a client."""

    client: uuid.UUID
    name: EngagementName
    kind: WorkKind = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    renews_on: Day | None = None
    yearly_value: Amount | None = None
    value: Amount | None = None


class EngagementChange(In):
    """What is to be changed; what is left out stays, null takes a date or a value away."""

    name: EngagementName = ""
    kind: WorkKind = ""
    starts_on: Day | None = None
    ends_on: Day | None = None
    renews_on: Day | None = None
    yearly_value: Amount | None = None
    value: Amount | None = None


class EngagementOut(Out):
    """A project or retainer."""

    id: uuid.UUID
    client: ClientRef
    name: str
    kind: str = Field(description="Kind of work, in the firm's own words")
    starts_on: date | None
    ends_on: date | None
    renews_on: date | None
    yearly_value: Money | None = Field(description="Null where there is none, or where your role sees no money")
    value: Money | None = Field(description="In all; null as above")
    currency: str
    created_at: Moment
    closed_at: Moment | None

    @classmethod
    def of(cls, work: Engagement, *, currency: str, money: bool) -> EngagementOut:
        return cls(
            id=work.public_id, client=ClientRef(id=work.client.public_id, name=work.client.name), name=work.name,
            kind=work.kind, starts_on=work.starts_on, ends_on=work.ends_on, renews_on=work.renews_on,
            yearly_value=work.yearly_value if money else None, value=work.value if money else None,
            currency=work.currency or currency, created_at=work.created_at, closed_at=work.closed_at,
        )  # fmt: skip


class EngagementRef(Out):
    """An engagement, by id and name, with its client."""

    id: uuid.UUID
    name: str
    client: ClientRef


class TimeOut(Out):
    """Time that somebody worked, as a time tracker's export told it."""

    id: uuid.UUID
    engagement: EngagementRef | None = Field(description="Null for the firm's own work")
    project: str
    person: str
    member: uuid.UUID | None
    day: date
    starts_at: Moment | None
    ends_at: Moment | None
    seconds: int
    billable: bool | None = Field(description="Null where the export does not say")
    description: str
    task: str
    tags: list[str]
    source: str

    @classmethod
    def of(cls, entry: TimeEntry) -> TimeOut:
        work = entry.engagement
        ref = None
        if work is not None:
            client = ClientRef(id=work.client.public_id, name=work.client.name)
            ref = EngagementRef(id=work.public_id, name=work.name, client=client)
        return cls(
            id=entry.public_id, engagement=ref, project=entry.project, person=entry.person,
            member=entry.member.public_id if entry.member else None, day=entry.day, starts_at=entry.starts_at,
            ends_at=entry.ends_at, seconds=entry.seconds, billable=entry.billable, description=entry.description,
            task=entry.task, tags=[str(tag) for tag in entry.tags], source=entry.source,
        )  # fmt: skip
