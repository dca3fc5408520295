"""Ids: in the order of time, the same for the same thing, and small enough for an integer of the database."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

from hypothesis import given
from hypothesis import strategies as st

from amends.core.ids import hash63, uuid7, uuid7_for

MOMENT = datetime(2026, 3, 16, 10, 0, 0, 123_000, tzinfo=UTC)
MOMENTS = st.datetimes(datetime(1970, 1, 1), datetime(9000, 1, 1), timezones=st.just(UTC))  # noqa: DTZ001


def test_a_fresh_id_is_version_7_and_never_the_same() -> None:
    made = [uuid7() for _ in range(1000)]
    assert {(one.version, one.variant) for one in made} == {(7, "specified in RFC 4122")}
    assert len(set(made)) == 1000


@given(moment=MOMENTS, content=st.binary(max_size=50))
def test_the_same_thing_has_the_same_id(moment: datetime, content: bytes) -> None:
    made = uuid7_for(moment, content)
    assert (made.version, made.variant) == (7, "specified in RFC 4122")
    assert uuid7_for(moment.astimezone(timezone(timedelta(hours=-5))), content) == made
    assert uuid7_for(moment, content + b"x") != made
    assert made.int >> 80 == int(moment.timestamp() * 1000)


@given(first=MOMENTS, second=MOMENTS)
def test_ids_sort_by_time(first: datetime, second: datetime) -> None:
    if abs(first - second) > timedelta(milliseconds=2):
        assert (uuid7_for(first, b"a") < uuid7_for(second, b"b")) == (first < second)


def test_times_before_1970_are_no_error() -> None:
    assert uuid7_for(MOMENT.replace(year=1960), b"x").int >> 80 == 0


@given(st.text())
def test_hashes_fit_a_bigint(value: str) -> None:
    assert 0 <= hash63(value) < 1 << 63
    assert hash63(value) == hash63(value)


def test_lone_surrogates_have_a_hash() -> None:
    assert hash63("\ud800") != hash63("\ud801")
