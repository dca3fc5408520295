"""The ledger: each event once, nothing ever changed, totals that are what postings say."""

from __future__ import annotations

import random
import uuid
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import DatabaseError, connection, transaction
from tests.conftest import NOW

from amends.capital import fold, queries
from amends.capital.actions import adopt, rebuild
from amends.capital.append_only import ensure, lacking
from amends.capital.models import PolicyVersion, Posting, Total
from amends.capital.policy import BadPolicy, shipped
from amends.capital.rules import Event
from amends.clients.models import Client
from amends.flows.capital.posting import settle

if TYPE_CHECKING:
    from amends.firm.models import Firm

pytestmark = pytest.mark.django_db


@pytest.fixture
def client_row(firm: Firm) -> Client:
    return Client.objects.create(name="Hartwell", created_at=NOW)


def event(client: Client, key: str = "a", kind: str = "complaint", *, days: int = 0, withdrawn: bool = False) -> Event:
    at = NOW - timedelta(days=days)
    return Event(key, kind, client.pk, at, ("message", uuid.UUID(int=7)), withdrawn=withdrawn)


def now_of(client: Client, at: datetime = NOW) -> int:
    return queries.balances([client.pk], at=at, now=NOW)[client.pk].exact


def test_an_event_is_posted_once(client_row: Client) -> None:
    assert settle([event(client_row)], now=NOW) == 1
    assert settle([event(client_row), event(client_row, "b", "praise")], now=NOW) == 1
    assert list(Posting.objects.order_by("pk").values_list("key", "amount")) == [("a", -600), ("b", 400)]
    assert now_of(client_row) == -200


def test_what_is_withdrawn_is_taken_back_by_a_line_of_its_own_and_may_come_again(client_row: Client) -> None:
    settle([event(client_row, days=200)], now=NOW)
    assert settle([event(client_row, days=200, withdrawn=True)], now=NOW) == 1
    assert settle([event(client_row, days=200, withdrawn=True)], now=NOW) == 0
    assert now_of(client_row) == 0
    settle([event(client_row, days=200)], now=NOW)
    rows = Posting.objects.order_by("turn").values_list("turn", "amount")
    assert list(rows) == [(0, -600), (1, 600), (2, -600)]


def test_what_is_another_clients_moves(client_row: Client) -> None:
    other = Client.objects.create(name="Delacroix", created_at=NOW)
    settle([event(client_row)], now=NOW)
    settle([event(other)], now=NOW)
    assert (now_of(client_row), now_of(other)) == (0, -600)


def test_the_account_of_who_was_merged_is_one_with_theirs(client_row: Client) -> None:
    other = Client.objects.create(name="Hartwell Ltd", created_at=NOW, merged_into=client_row)
    settle([event(other), event(client_row, "b", "praise")], now=NOW)
    assert settle([event(client_row)], now=NOW) == 0
    assert now_of(client_row) == -200
    assert set(queries.balances(None, at=NOW, now=NOW)) == {client_row.pk}


def test_nothing_of_tomorrow_is_posted_for_tomorrow(client_row: Client) -> None:
    settle([event(client_row, days=-3)], now=NOW)
    assert Posting.objects.get().effective_at == NOW


def test_a_balance_of_before_knows_nothing_later(client_row: Client) -> None:
    for number, days in enumerate((400, 100, 12, 10, 2)):
        settle([event(client_row, str(number), days=days)], now=NOW)
    rows = list(Posting.objects.values_list("amount", "effective_at", "policy__half_life"))
    for ago in (0, 1, 5, 11, 60, 100, 101, 300, 500):
        at = NOW - timedelta(days=ago)
        assert now_of(client_row, at) == fold.folded(rows, at), ago


def test_the_trend_is_against_the_end_of_a_month(client_row: Client) -> None:
    settle([event(client_row, "old", "praise", days=120), event(client_row, days=3)], now=NOW)
    found = queries.balances([client_row.pk], at=NOW, now=NOW)[client_row.pk]
    assert found.since.isoformat() == "2025-11-30"
    assert (found.points, found.before, found.trend) == (-3, 4, -7)


def test_any_order_of_arrival_gives_the_same_account(client_row: Client) -> None:
    events = [
        event(client_row, f"{kind}{days}", kind, days=days)
        for kind in ("complaint", "praise", "promise_broken") for days in (1, 40, 41, 90, 700)
    ]  # fmt: skip
    settle(events, now=NOW)
    want = dict(Total.objects.values_list("month", "weight"))
    other = Client.objects.create(name="Other", created_at=NOW)
    random.Random(4).shuffle(events)  # noqa: S311
    for one in events:
        settle([Event(f"o{one.key}", one.kind, other.pk, one.at, one.evidence)], now=NOW)
    assert dict(Total.objects.filter(client=other).values_list("month", "weight")) == want


def test_totals_are_what_postings_say_and_can_be_built_anew(client_row: Client) -> None:
    settle([event(client_row, str(days), days=days) for days in range(0, 400, 7)], now=NOW)
    assert queries.outdated_totals() == 0
    want = list(Total.objects.order_by("month").values_list("month", "weight", "postings"))
    Total.objects.filter(month=0).update(weight="12")
    assert queries.outdated_totals() == 1
    assert rebuild() == 58
    assert list(Total.objects.order_by("month").values_list("month", "weight", "postings")) == want


def test_a_new_policy_posts_forward_and_rewrites_nothing(client_row: Client) -> None:
    settle([event(client_row)], now=NOW)
    text = shipped().replace("amount = -6\n", "amount = -2\n").replace("half_life_days = 180", "half_life_days = 30")
    adopt(text, why="Complaints are welcome here.", by=None, after=1, now=NOW)
    settle([event(client_row), event(client_row, "b")], now=NOW)
    assert list(Posting.objects.order_by("pk").values_list("amount", "policy__number")) == [(-600, 1), (-200, 2)]
    later = NOW + timedelta(days=180)
    assert queries.balances([client_row.pk], at=later, now=later)[client_row.pk].exact == -300 - 3
    with pytest.raises(BadPolicy, match="Version 2 was adopted meanwhile"):
        adopt(text, why="Again", by=None, after=1, now=NOW)


_TABLES = [("capital_posting", "amount = 1"), ("capital_policyversion", "number = 9")]


@pytest.mark.parametrize(("table", "change"), _TABLES)
@pytest.mark.parametrize("deed", ["UPDATE {0} SET {1}", "DELETE FROM {0}", "TRUNCATE {0} CASCADE"])
def test_the_database_refuses_to_change_the_ledger(client_row: Client, table: str, change: str, deed: str) -> None:
    if "TRUNCATE" in deed and connection.vendor == "sqlite":
        deed = "DELETE FROM {0} WHERE 1"  # SQLite has no TRUNCATE: this is what it optimises like one
    settle([event(client_row)], now=NOW)
    if connection.vendor == "postgresql":  # else TRUNCATE is refused for the foreign keys that wait to be looked at
        with connection.cursor() as cursor:
            cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    with pytest.raises(DatabaseError, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(deed.format(table, change))
    assert (Posting.objects.get().amount, PolicyVersion.objects.get().number) == (-600, 1)


@pytest.mark.parametrize("same", ["id", "public_id", "key"])
def test_the_database_refuses_an_insert_over_a_line(client_row: Client, same: str) -> None:
    settle([event(client_row)], now=NOW)
    names = [str(field.column) for field in Posting._meta.concrete_fields]
    fresh = {"id": "999", "public_id": f"'{uuid.uuid4().hex}'", "key": "'other'"}
    columns = [fresh[name] if name in fresh and name != same else name for name in names]
    head = "INSERT OR REPLACE" if connection.vendor == "sqlite" else "INSERT"
    tail = "" if connection.vendor == "sqlite" else " ON CONFLICT (id) DO UPDATE SET amount = 1"
    there = f"SELECT {', '.join(columns)} FROM capital_posting"  # noqa: S608
    statement = f"{head} INTO capital_posting ({', '.join(names)}) {there}{tail}"
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert Posting.objects.get().amount == -600


def test_triggers_that_were_lost_are_made_again(client_row: Client) -> None:
    on = " ON capital_posting" if connection.vendor == "postgresql" else ""
    with connection.cursor() as cursor:
        cursor.execute(f"DROP TRIGGER capital_posting_append_update{on}")
    assert lacking() == ["capital_posting_append_update"]
    assert ensure() == ["capital_posting_append_update"]
    assert lacking() == []
