"""Budgets: exact however many spend at once; limits by role and person; periods of the firm's calendar."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from tests.at_once import at_once, on_disk
from tests.conftest import NOW

from amends.firm.allowances import NotForThem, Sum, set_member, set_role
from amends.firm.budgets import (
    GIVING,
    KINDS,
    Limit,
    NotEnough,
    TakenAlready,
    entries_of,
    give_back,
    limit_of,
    limits_of,
    limits_of_role,
    may_give_back,
    period_around,
    purse_of,
    take,
)  # fmt: skip
from amends.firm.models import Allowance, AuditEntry, Budget, BudgetEntry, Firm, Member, Period, Role, Spending


def _person(role: Role = Role.STAFF, name: str = "ben") -> Member:
    return Member.objects.create_member(email=f"{name}@studio.example", name=name.title(), role=role, now=NOW)


@pytest.fixture
def ben(firm: Firm) -> Member:
    return _person()


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_never_overspend_five_hundred(firm: Firm, ben: Member, tmp_path: Path) -> None:
    Budget.objects.create(member=ben, amount=500_00, period=Period.MONTH)
    sizes = [17_00 + number * 13 for number in range(50)]  # so that what is left at the end fits nobody
    with on_disk(tmp_path):
        came = at_once(50, lambda number: take(ben, sizes[number], about=uuid.uuid4(), now=NOW))
        spent = Spending.objects.get().spent
        taken = list(BudgetEntry.objects.values_list("amount", flat=True))
    refused = [error for error in came if error is not None]
    assert len(came) == 50
    assert {type(error) for error in refused} == {NotEnough}
    assert spent == sum(taken) <= 500_00
    assert len(taken) + len(refused) == 50
    assert spent + max(sizes) > 500_00, "nobody was refused who could have had it"


@pytest.mark.django_db(transaction=True)
def test_taken_for_one_remedy_by_many_it_is_taken_once(firm: Firm, ben: Member, tmp_path: Path) -> None:
    about = uuid.uuid4()
    with on_disk(tmp_path):
        came = at_once(8, lambda _number: take(ben, 10_00, about=about, now=NOW))
        assert sorted(type(each).__name__ for each in came) == ["NoneType"] + ["TakenAlready"] * 7
        came = at_once(8, lambda _number: give_back(about, now=NOW))
        assert sorted(came, key=str) == [0] * 7 + [10_00]
        assert Spending.objects.get().spent == 0


def test_given_back_it_can_be_taken_again(firm: Firm, ben: Member) -> None:
    about = uuid.uuid4()
    take(ben, 100_00, about=about, now=NOW)
    with pytest.raises(TakenAlready):
        take(ben, 100_00, about=about, now=NOW)
    assert (give_back(about, now=NOW), give_back(about, now=NOW)) == (100_00, 0)
    assert purse_of(ben, now=NOW).left == 250_00
    take(ben, 120_00, about=about, now=NOW)
    assert purse_of(ben, now=NOW).left == 130_00
    assert [(row.amount, row.back, row.turn) for row in entries_of(ben)] == [
        (120_00, False, 2), (-100_00, True, 1), (100_00, False, 1)
    ]  # fmt: skip


def test_what_is_given_back_goes_where_it_came_from(firm: Firm, ben: Member) -> None:
    about, summer = uuid.uuid4(), datetime(2026, 7, 1, 9, tzinfo=UTC)
    take(ben, 250_00, about=about, now=NOW)
    give_back(about, now=summer)
    assert purse_of(ben, now=summer).left == 250_00
    assert Spending.objects.get().begins_on == date(2026, 1, 1)


def test_the_last_cent_and_one_more(firm: Firm, ben: Member) -> None:
    take(ben, 250_00, about=uuid.uuid4(), now=NOW)
    with pytest.raises(NotEnough, match=r"more than the €0 left of this budget until 31 March: ask for approval\."):
        take(ben, 1, about=uuid.uuid4(), now=NOW)
    take(ben, 0, about=uuid.uuid4(), now=NOW)
    assert BudgetEntry.objects.count() == 1
    take(ben, 250_00, about=uuid.uuid4(), now=datetime(2026, 4, 1, tzinfo=UTC))


def test_a_period_begins_where_the_firm_is(firm: Firm, ben: Member) -> None:
    firm.timezone = "Pacific/Auckland"
    firm.save()
    assert purse_of(ben, now=datetime(2026, 3, 31, 12, tzinfo=UTC)).begins_on == date(2026, 4, 1)


@pytest.mark.parametrize(
    ("day", "period", "first", "last"),
    [
        (date(2028, 2, 29), "month", date(2028, 2, 1), date(2028, 2, 29)),
        (date(2026, 12, 31), "month", date(2026, 12, 1), date(2026, 12, 31)),
        (date(2026, 5, 5), "quarter", date(2026, 4, 1), date(2026, 6, 30)),
        (date(2026, 12, 1), "quarter", date(2026, 10, 1), date(2026, 12, 31)),
        (date(2026, 7, 1), "year", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_periods(day: date, period: str, first: date, last: date) -> None:
    assert period_around(day, period) == (first, last)


def test_ones_own_limit_comes_before_the_roles(firm: Firm, ben: Member) -> None:
    assert limit_of(ben, "refund") == Limit(alone=False)
    assert may_give_back(ben) == Decimal(100)
    set_member(ben, limit=Decimal(40), budget=Sum(80_00, Period.YEAR), by=None, now=NOW)
    assert set(limits_of(ben).values()) == {Limit(alone=True, most=40_00)}
    assert may_give_back(ben) == Decimal(40)
    assert purse_of(ben, now=NOW).amount == 80_00
    set_member(ben, limit=None, budget=None, by=None, now=NOW)
    assert (limit_of(ben, "fix").most, purse_of(ben, now=NOW).amount) == (500_00, 250_00)
    assert [row.did for row in AuditEntry.objects.all()] == ["budget.member_set"] * 2


def test_what_a_firm_says_of_a_role_replaces_all_of_it(firm: Firm, ben: Member) -> None:
    limits = {"credit": Limit(alone=True, most=None), "gesture": Limit(alone=True, most=20_00)}
    given = {kind: limits.get(kind, Limit(alone=False)) for kind in KINDS}
    set_role(Role.STAFF, limits=given, budget=Sum(500_00, Period.MONTH), by=None, now=NOW)
    assert limits_of_role(Role.STAFF) == given
    assert may_give_back(ben) is None
    assert purse_of(ben, now=NOW).amount == 500_00
    set_role(Role.STAFF, limits=dict.fromkeys(KINDS, Limit(alone=False)), budget=None, by=None, now=NOW)
    assert not any(limit.alone for limit in limits_of(ben).values()), "nothing alone is not what nobody spoke of"
    assert limit_of(_person(Role.ACCOUNT_MANAGER, "eve"), "refund").most == 500_00
    assert Allowance.objects.count() == 1


def test_who_looks_on_gives_nothing(firm: Firm) -> None:
    viewer = _person(Role.FINANCE_VIEWER)
    assert not any(limit.alone for limit in limits_of(viewer).values())
    assert may_give_back(viewer) == 0
    with pytest.raises(NotForThem):
        set_member(viewer, limit=Decimal(10), budget=None, by=None, now=NOW)
    with pytest.raises(NotForThem):
        set_role(Role.FINANCE_VIEWER, limits={}, budget=None, by=None, now=NOW)


def test_every_role_has_its_line(firm: Firm) -> None:
    for role in Role:
        assert set(limits_of_role(role)) == set(KINDS)
        assert any(limit.alone for limit in limits_of_role(role).values()) == (role in GIVING)
