"""A contact's silence is news only where the relationship hangs on them and colleagues go on."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from amends.judgement.mainstay import share_of, silent_from
from amends.judgement.rhythm import Prior

MONDAY = date(2025, 1, 6)
DAYS = st.lists(st.dates(date(2023, 1, 1), date(2025, 12, 31)), max_size=60).map(lambda days: sorted(set(days)))


def _every(days: int, count: int, *, first: date = MONDAY) -> list[date]:
    return [first + timedelta(days=days * each) for each in range(count)]


ANA = _every(7, 30)
AFTER = _every(7, 12, first=ANA[-1] + timedelta(days=7))


def test_who_carried_it_and_falls_silent_while_others_go_on_is_news() -> None:
    others = [*_every(49, 4, first=MONDAY + timedelta(days=1)), *AFTER]
    client = sorted({*ANA, *others})
    found = silent_from(ANA, client, Prior(), clients=20)
    assert found is not None
    assert timedelta(days=14) <= found - ANA[-1] <= timedelta(days=42)


def test_whom_nothing_hangs_on_may_fall_silent() -> None:
    colleagues = _every(7, 42, first=MONDAY + timedelta(days=1))
    client = sorted({*ANA, *colleagues})
    assert share_of(ANA, client, until=ANA[-1]) == pytest.approx(0.5, abs=0.02)
    assert silent_from(ANA, client, Prior(), clients=20) is None


def test_where_nobody_writes_it_is_the_client_who_is_silent() -> None:
    assert silent_from(ANA, ANA, Prior(), clients=20) is None
    assert silent_from(ANA, [*ANA, AFTER[0]], Prior(), clients=20) is None
    assert silent_from([], AFTER, Prior(), clients=20) is None


def test_little_mail_hangs_on_nobody() -> None:
    few = _every(14, 7)
    assert share_of(few, few, until=few[-1]) == 0
    assert silent_from(few, [*few, *AFTER], Prior(), clients=20) is None


@settings(max_examples=80, deadline=None)
@given(DAYS, DAYS, st.integers(1, 300))
def test_it_is_never_before_the_contacts_last_word(contact: list[date], others: list[date], clients: int) -> None:
    client = sorted({*contact, *others})
    found = silent_from(contact, client, Prior(), clients=clients)
    if found is not None:
        assert found > contact[-1]
        assert sum(day > contact[-1] for day in client) >= 2
    if contact:
        assert 0 <= share_of(contact, client, until=contact[-1]) <= 1
