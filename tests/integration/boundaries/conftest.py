"""A client in an industry that is new to the firm, with mail about the pace, and people of three roles."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from tests.conftest import NOW
from tests.letters import bring, days, letter

from amends.boundaries.models import Gate
from amends.clients.models import Client, Engagement, Standing
from amends.firm.models import Firm, Member, Role
from amends.flows.engagements import begin
from amends.mail.models import Message
from amends.mail.queries import Reader

PACE = "We agree to go public in May, not before your people have read it."
ADVICE = "We would recommend to wait until we know your trade better."


@pytest.fixture
def client_of_ours(firm: Firm) -> Client:
    """Hartwell, in hospitality; they agreed to a pace, and we had counselled them to wait."""
    bring(
        letter(f"Dear Petra,\n\n{ADVICE}\n", at=NOW - days(9), sender="ada@studio.example",
               to="petra@hartwell.example", message_id="advice@studio.example", subject="The launch"),
        letter(f"Dear Ada,\n\n{PACE} We say guests, never customers.\n", at=NOW - days(8), subject="Re: The launch",
               message_id="pace@hartwell.example", references=["advice@studio.example"]),
        now=NOW,
    )  # fmt: skip
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True, industry="Hospitality & Tourism")
    return Client.objects.get()


@pytest.fixture
def people(firm: Firm) -> dict[str, Member]:
    """One of each role."""
    return {
        str(role): Member.objects.create_member(email=f"{role}@studio.example", name=role.title(), role=role, now=NOW)
        for role in Role
    }


@pytest.fixture
def work(client_of_ours: Client, people: dict[str, Member]) -> Engagement:
    """What begins today, with its gate."""
    return begin(client_of_ours, {"name": "Launch", "starts_on": NOW.date()}, member=people["partner"], now=NOW)


@pytest.fixture
def gate(work: Engagement) -> Gate:
    return Gate.objects.get(engagement=work)


@pytest.fixture
def partner(people: dict[str, Member]) -> Member:
    return people["partner"]


@pytest.fixture
def staff(people: dict[str, Member]) -> Member:
    return people["staff"]


@pytest.fixture
def pace(work: Engagement) -> Message:
    return Message.objects.get(message_id="pace@hartwell.example")


@pytest.fixture
def earlier() -> Callable[[str, int], Engagement]:
    """Writes down an engagement with another client, begun so many days ago."""

    def made(industry: str, ago: int) -> Engagement:
        other = Client.objects.create(name=f"Other {industry}", industry=industry, created_at=NOW)
        day = (NOW - timedelta(days=ago)).date()
        return Engagement.objects.create(client=other, name="Before", starts_on=day, created_at=NOW)

    return made


def reader(member: Member) -> Reader:
    return Reader(member)
