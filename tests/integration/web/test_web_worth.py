"""The page *What it means in money*, and what of it stands on a client's page."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.test import Client as Browser

from amends.clients.models import Client, Engagement
from amends.firm.models import Firm, Member, Role
from amends.goodwill.models import Renewal


@pytest.fixture
def house(firm: Firm, complaints: Callable[[int], None], fresh: datetime) -> Client:
    firm.currency = "EUR"
    firm.save()
    complaints(1)
    one = Client.objects.get()
    Engagement.objects.create(
        client=one, name="Retainer", yearly_value=Decimal(48000), created_at=fresh,
        renews_on=(fresh + timedelta(days=60)).date(),
    )  # fmt: skip
    return one


def shown(browser: Browser, address: str) -> str:
    return " ".join(browser.get(address).content.decode().split())


def test_the_page_explains_the_number_to_its_last_part(browser: Browser, house: Client) -> None:
    page = shown(browser, f"/clients/{house.public_id}/worth/")
    for words in (
        "€48,000</span> a year is at risk",
        "A general assumption",
        "A balance of",
        "none of your own renewals has an outcome on record yet. From 20 on they count.",
        "its value a year",
        "is worth 14 points",
        "no such gain in whether they buy again (de Matos, Henrique and Rossi 2007)",
        "No renewal has an outcome on record yet.",
    ):
        assert words in page


def test_own_renewals_stand_beside_what_was_said_of_them(browser: Browser, house: Client, fresh: datetime) -> None:
    work = Engagement.objects.get()
    for number in range(7):
        on = (fresh - timedelta(days=90 * number + 5)).date()
        Renewal.objects.create(client=house, engagement=work, renewed_on=on, at=fresh)
    page = shown(browser, f"/clients/{house.public_id}/worth/")
    assert "your own 7 renewals are too few yet, from 20 on they count." in page
    assert "7 of your last 7 renewals came." in page
    assert "7 of 7 renewed" in page


def test_without_a_value_the_page_says_what_to_do(browser: Browser, house: Client) -> None:
    Engagement.objects.update(yearly_value=None)
    page = shown(browser, f"/clients/{house.public_id}/worth/")
    assert "so there is no amount" in page
    assert "nobody has said what it is worth" in page
    assert "In money" not in shown(browser, f"/clients/{house.public_id}/")


def test_money_is_for_who_may_see_it(client: Browser, house: Client, fresh: datetime) -> None:
    for number, role in enumerate(Role):
        who = Member.objects.create_member(email=f"m{number}@studio.example", name="Mo", role=role, now=fresh)
        client.force_login(who, backend="amends.firm.sign_in.MemberBackend")
        sees = role != Role.STAFF
        assert ("at risk" in shown(client, f"/clients/{house.public_id}/")) is sees
        assert client.get(f"/clients/{house.public_id}/worth/").status_code == (200 if sees else 403)
