"""A client who is content, and the people who go the extra mile for them."""

from __future__ import annotations

import pytest
from tests.conftest import NOW

from amends.clients.actions.curate import add_engagement
from amends.clients.models import Client, Engagement, Standing
from amends.firm.models import Firm, Member, Role


def person(name: str, role: Role = Role.STAFF) -> Member:
    """Somebody of the firm."""
    return Member.objects.create_member(
        email=f"{name}@studio.example", name=f"{name.title()} Reed", role=role, now=NOW, password="a long password 1"
    )


@pytest.fixture
def ben(firm: Firm) -> Member:
    """Staff: gestures up to 50 euros alone, 250 a quarter."""
    return person("ben")


@pytest.fixture
def eve(firm: Firm) -> Member:
    """A partner."""
    return person("eve", Role.PARTNER)


@pytest.fixture
def quito(firm: Firm) -> Client:
    """A client."""
    return Client.objects.create(name="Quito", standing=Standing.CLIENT, standing_fixed=True, created_at=NOW)


@pytest.fixture
def retainer(quito: Client) -> Engagement:
    """What we do for them."""
    return add_engagement(quito, name="PR retainer", now=NOW)
