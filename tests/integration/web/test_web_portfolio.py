"""The portfolio, and where capital came from and went to."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser

from amends.capital.rules import Event
from amends.clients.models import Client, Engagement, Standing
from amends.core.ids import uuid7
from amends.firm.models import Firm, Member, Role
from amends.flows.capital.posting import settle


@pytest.fixture
def two(firm: Firm, fresh: datetime) -> tuple[Client, Client]:
    """Hartwell, worth much and angry; Delacroix, worth less and pleased."""
    made = []
    for name, value, kind, days in (("Hartwell", 48_000, "anger", 30), ("Delacroix", 9_000, "praise", 300)):
        client = Client.objects.create(
            name=name, created_at=fresh, standing=Standing.CLIENT, standing_fixed=True
        )  # fmt: skip
        work = Engagement.objects.create(
            client=client, name="Retainer", kind="Brochures", yearly_value=value, created_at=fresh,
            renews_on=(fresh + timedelta(days=days)).date(),
        )  # fmt: skip
        event = Event(
            f"{name}:1", kind, client.pk, fresh - timedelta(days=3), ("survey", uuid7()), engagement=work.pk
        )  # fmt: skip
        settle([event], now=fresh)
        made.append(client)
    return made[0], made[1]


def test_the_portfolio_shows_value_balance_and_what_renews(browser: Browser, two: tuple[Client, Client]) -> None:
    page = browser.get("/portfolio/").content.decode()
    assert page.index("Hartwell") < page.index("Delacroix")
    assert "48,000" in page
    assert 'class="map-dot" aria-label="Hartwell: −5 points, down 5' in page
    ahead = page.partition('id="ahead-h"')[2]
    assert "Hartwell" in ahead
    assert "Delacroix" not in ahead
    lowest = browser.get("/portfolio/?sort=name").content.decode().partition("<tbody>")[2]
    assert lowest.index("Delacroix") < lowest.index("Hartwell")


def test_who_may_not_see_money_sees_balances(
    browser: Browser, two: tuple[Client, Client], fresh: datetime
) -> None:  # fmt: skip
    staff = Member.objects.create_member(email="s@studio.example", name="Sam", role=Role.STAFF, now=fresh)
    browser.force_login(staff, backend="amends.firm.sign_in.MemberBackend")
    page = browser.get("/portfolio/?sort=value").content.decode()
    assert "Hartwell" in page
    assert "48,000" not in page
    assert "a year" not in page
    assert "They cost" not in browser.get("/portfolio/flows/").content.decode()


def test_where_it_came_from_and_went_to(browser: Browser, two: tuple[Client, Client]) -> None:
    page = browser.get("/portfolio/flows/").content.decode()
    assert "4 points gained and 5 spent" in page
    assert "Brochures" in page
    assert "Anger" in page


def test_pages_without_anything_teach(browser: Browser, firm: Firm) -> None:
    assert "No clients yet" in browser.get("/portfolio/").content.decode()
    assert "Nothing was posted in this time." in browser.get("/portfolio/flows/").content.decode()
