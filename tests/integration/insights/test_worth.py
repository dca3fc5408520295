"""What clients are worth, what became of renewals, and what is at risk, from rows that are really there."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import NOW

from amends.capital.queries import balances
from amends.capital.rules import Event
from amends.clients.models import Client, Engagement
from amends.core.ids import uuid7
from amends.core.money import Money
from amends.flows.capital.posting import settle
from amends.goodwill.models import Renewal
from amends.insights.worth import Worth, about, worth_of
from amends.insights.worth.outcomes import asked_on, outcomes
from amends.judgement.renewal import ENOUGH, Known, assumed

if TYPE_CHECKING:
    from amends.firm.models import Firm

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def house(firm: Firm) -> Client:
    firm.currency = "EUR"
    firm.save()
    return Client.objects.create(name="Hartwell", created_at=NOW)


def work(client: Client, name: str = "Retainer", **values: Any) -> Engagement:
    return Engagement.objects.create(client=client, name=name, created_at=NOW - timedelta(days=900), **values)


def renewed(one: Engagement, on: date, *, was_on: date | None = None) -> Renewal:
    return Renewal.objects.create(client=one.client, engagement=one, renewed_on=on, was_on=was_on, at=NOW)


def post(client: Client, kind: str, at: datetime) -> None:
    settle([Event(f"{kind}:{at}:{client.pk}", kind, client.pk, at, ("message", uuid7()))], now=NOW)


def worth(*clients: Client) -> dict[int, Worth]:
    keys = [one.pk for one in clients]
    return worth_of(keys, balances=balances(keys, at=NOW, now=NOW), now=NOW)


def test_an_empty_firm_is_worth_nothing(firm: Firm) -> None:
    assert worth_of([], balances={}, now=NOW) == {}
    assert outcomes(today=TODAY) == []


def test_a_client_of_whom_nothing_is_known_has_no_value_and_the_assumed_chance(house: Client) -> None:
    found = worth(house)[house.pk]
    assert (found.lines, found.at_risk, found.renews_on) == ([], None, None)
    assert found.chance == assumed().chance(Known())
    assert (found.own, found.learned, found.per_hundred) == (0, False, 80)


def test_values_count_each_by_its_rule_and_currencies_are_told_apart(house: Client) -> None:
    work(house, "By the year", yearly_value=Decimal("48000.00"), renews_on=date(2026, 9, 1))
    work(house, "Three months", value=Decimal(9000), starts_on=date(2026, 2, 1), ends_on=date(2026, 4, 30))
    work(house, "Two years", value=Decimal(20000), starts_on=date(2025, 5, 1), ends_on=date(2027, 4, 30))
    work(house, "Elsewhere", yearly_value=Decimal(5000), currency="GBP", renews_on=date(2026, 6, 1))
    work(house, "Over", yearly_value=Decimal(700), ends_on=date(2026, 3, 1), renews_on=date(2024, 1, 1))
    work(house, "Closed", yearly_value=Decimal(900), closed_at=NOW)
    work(house, "Nothing said")
    found = worth(house)[house.pk]
    assert [(one.name, one.yearly.units, one.how) for one in found.valued] == [
        ("By the year", 4800000, "yearly"), ("Elsewhere", 500000, "yearly"), ("Nothing said", 0, "none"),
        ("Over", 70000, "ended"), ("Three months", 900000, "whole"), ("Two years", 1000000, "spread"),
    ]  # fmt: skip
    assert [line.yearly for line in found.lines] == [Money(6700000, "EUR"), Money(500000, "GBP")]
    assert found.renews_on == date(2026, 6, 1)


def test_what_is_at_risk_is_the_year_times_the_chance_that_it_is_not_renewed(house: Client) -> None:
    work(house, yearly_value=Decimal(48000))
    found = worth(house)[house.pk]
    (line,) = found.lines
    assert line.at_risk == found.at_risk == Money(960000, "EUR")
    assert line.low.units < line.at_risk.units < line.high.units <= line.yearly.units


def test_a_lower_balance_puts_more_at_risk_and_a_remedy_saves_some_of_it(house: Client) -> None:
    work(house, yearly_value=Decimal(48000))
    before = worth(house)[house.pk]
    for kind in ("complaint", "anger", "promise_broken", "leaving"):
        post(house, kind, NOW - timedelta(days=1))
    after = worth(house)[house.pk]
    assert after.known.points < -20
    assert after.chance.p < before.chance.p
    (was,), (line,) = before.lines, after.lines
    assert line.at_risk.units > was.at_risk.units
    assert after.effect.points == 14
    assert 0 < after.effect.least < after.effect.gain < after.effect.most
    assert line.saves_low.units < line.saves.units < line.saves_high.units


def test_as_many_queries_however_many_clients_and_renewals(firm: Firm) -> None:
    def count(clients: list[Client]) -> int:
        keys = [one.pk for one in clients]
        now_of = balances(keys, at=NOW, now=NOW)
        with CaptureQueriesContext(connection) as seen:
            worth_of(keys, balances=now_of, now=NOW)
        return len(seen)

    def made(number: int) -> Client:
        one = Client.objects.create(name=f"Client {number}", created_at=NOW)
        renewed(work(one, yearly_value=Decimal(100)), TODAY - timedelta(days=40 * number + 40))
        work(one, "Lost", renews_on=date(2025, 6, 1), closed_at=datetime(2025, 5, 1, tzinfo=NOW.tzinfo))
        post(one, "praise", NOW - timedelta(days=100 + number))
        return one

    first = made(0)
    few = count([first])
    many = count([first, *(made(number) for number in range(1, 14))])
    assert (few, many) == (10, 10)


def test_what_became_of_renewals(house: Client) -> None:
    other = Client.objects.create(name="Delacroix", created_at=NOW)
    written = work(house, "Written down", renews_on=date(2026, 9, 1))
    renewed(written, date(2025, 9, 3), was_on=date(2025, 9, 1))
    taken_back = renewed(written, date(2025, 10, 1))
    taken_back.removed_at = NOW
    taken_back.save()

    def closed(name: str, renews_on: date | None, on: date, client: Client = other) -> None:
        at = datetime(on.year, on.month, on.day, 12, tzinfo=NOW.tzinfo)
        work(client, name, renews_on=renews_on, closed_at=at)

    closed("Left", date(2025, 12, 1), date(2025, 11, 20))
    closed("Nobody brought the date up to date", date(2025, 1, 1), date(2025, 11, 20))
    closed("Nothing to renew", None, date(2025, 11, 20))
    third = Client.objects.create(name="Pelham", created_at=NOW)
    closed("Old contract", date(2025, 7, 1), date(2025, 6, 30), third)
    work(third, "New contract", starts_on=date(2025, 7, 15))
    work(third, "Open, and its date has passed", renews_on=date(2025, 12, 1))
    found = outcomes(today=TODAY)
    assert [(one.day, one.renewed) for one in found] == [
        (date(2025, 7, 15), True), (date(2025, 9, 3), True), (date(2025, 11, 20), False),
    ]  # fmt: skip
    assert [one.asked_on for one in found] == [date(2025, 4, 30), date(2025, 7, 31), date(2025, 9, 30)]


def test_what_was_known_then_is_what_had_happened_by_then(house: Client) -> None:
    one = work(house, renews_on=date(2026, 9, 1))
    renewed(one, date(2025, 9, 1))
    post(house, "complaint", datetime(2025, 7, 31, 9, tzinfo=NOW.tzinfo))
    post(house, "promise_broken", datetime(2025, 8, 2, 9, tzinfo=NOW.tzinfo))
    (found,) = outcomes(today=TODAY)
    assert found.asked_on == asked_on(date(2025, 9, 1)) == date(2025, 7, 31)
    assert found.known == Known(-6.0)
    assert balances([house.pk], at=datetime(2025, 7, 31, 23, tzinfo=NOW.tzinfo), now=NOW)[house.pk].exact == -600


def test_from_twenty_outcomes_on_the_firms_own_count(firm: Firm) -> None:
    clients = [Client.objects.create(name=f"Client {number}", created_at=NOW) for number in range(ENOUGH)]
    for number, one in enumerate(clients[:-1]):
        renewed(work(one), TODAY - timedelta(days=10 * number))
    few = worth(clients[0])[clients[0].pk]
    assert (few.own, few.learned, few.per_hundred) == (ENOUGH - 1, False, 80)
    renewed(work(clients[-1]), TODAY)
    enough = worth(clients[0])[clients[0].pk]
    assert (enough.own, enough.learned) == (ENOUGH, True)
    assert enough.per_hundred > 85
    assert [step.name for step in enough.steps] == ["assumed", "own", "balance"]


def test_two_digits_are_told_of_what_is_only_likely() -> None:
    assert [about(Money(units, "EUR")).units for units in (0, 7, 99, 123456, 965000, 995000)] == [
        0, 7, 99, 120000, 970000, 1000000,
    ]  # fmt: skip
