"""What follows from where a firm is."""

from __future__ import annotations

import zoneinfo
from datetime import date

import holidays
import pytest

from amends.firm import places
from amends.firm.places import country_of_zone, currency_of, next_holiday, work_days_of, zone_of


@pytest.mark.parametrize(
    ("zone", "country"),
    [
        ("Europe/Berlin", "DE"), ("Europe/London", "GB"), ("America/Toronto", "CA"), ("Asia/Kolkata", "IN"),
        ("Asia/Calcutta", "IN"), ("Europe/Kyiv", "UA"), ("Europe/Kiev", "UA"), ("UTC", ""), ("Moon/Base", ""), ("", ""),
    ],
)  # fmt: skip
def test_a_country_is_known_by_its_time_zone(zone: str, country: str) -> None:
    assert country_of_zone(zone) == country


@pytest.mark.parametrize(
    ("country", "zone", "currency", "days"),
    [
        ("DE", "Europe/Berlin", "EUR", "12345"), ("GB", "Europe/London", "GBP", "12345"), ("US", "", "USD", "12345"),
        ("IL", "Asia/Jerusalem", "ILS", "12347"), ("EG", "Africa/Cairo", "EGP", "12347"),
        ("CH", "Europe/Zurich", "CHF", "12345"),
        ("ES", "Europe/Madrid", "EUR", "12345"),
        ("AQ", "", "", "12345"), ("", "", "", "12345"), ("XX", "", "", "12345"),
    ],
)  # fmt: skip
def test_what_follows_from_a_country(country: str, zone: str, currency: str, days: str) -> None:
    assert (zone_of(country), currency_of(country), work_days_of(country)) == (zone, currency, days)


@pytest.mark.parametrize(
    ("country", "after", "found"),
    [
        ("GB", date(2026, 11, 27), (date(2026, 12, 25), "Christmas Day")),
        ("GB", date(2026, 12, 25), (date(2026, 12, 26), "Boxing Day")),
        ("DE", date(2026, 12, 27), (date(2027, 1, 1), "New Year's Day")),
        ("", date(2026, 11, 27), None),
    ],
)
def test_the_next_holiday(country: str, after: date, found: tuple[date, str] | None) -> None:
    assert next_holiday(country, after=after) == found


def test_the_table_is_whole() -> None:
    """Every country that has holidays stands in it once, and every zone there is."""
    table = places._places()
    assert {entry[1] for entry in holidays.registry.COUNTRIES.values()} <= set(table)
    zones = [zone for place in table.values() for zone in place.zones]
    assert len(zones) == len(set(zones))
    assert set(zones) <= zoneinfo.available_timezones()
    assert {len(place.currency) for code, place in table.items() if code != "AQ"} == {3}
