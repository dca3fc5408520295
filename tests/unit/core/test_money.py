"""Money is read as people write it, never guessed, and counted in whole units."""

from decimal import Decimal

import pytest

from amends.core.money import BadAmount, Money, of_decimal, parse


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("500", 50_000), ("0", 0), ("12.5", 1_250), ("12,50", 1_250), ("1,500.50", 150_050), ("1.500,50", 150_050),
        ("1'500.50", 150_050), ("1 500", 150_000), ("€ 20", 2_000), ("20 EUR", 2_000), ("1,234,567", 123_456_700),
        ("1.234.567", 123_456_700), ("0.01", 1), ("1500,5", 150_050),
    ],
)  # fmt: skip
def test_it_is_read(text: str, units: int) -> None:
    assert parse(text, "EUR") == Money(units, "EUR")


def test_a_currency_without_decimals() -> None:
    assert parse("1500", "JPY") == Money(1500, "JPY")
    with pytest.raises(BadAmount, match="0 decimals"):
        parse("12.5", "JPY")


@pytest.mark.parametrize("text", ["1.500", "1,500", "12,345"])
def test_two_readings_are_both_named(text: str) -> None:
    whole = text.replace(".", "").replace(",", "")
    with pytest.raises(BadAmount, match=f"{whole} or"):
        parse(text, "EUR")


@pytest.mark.parametrize(
    "text",
    ["", "abc", "-5", "−5", "1e9", "NaN", "1..5", "12.345.67", "0.001", "9" * 30, "１２", "5 or 6", "1,2,3"],
)
def test_what_is_no_amount_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(BadAmount, match=r"^[A-Z'\"‘0-9].+"):
        parse(text, "EUR")


def test_it_is_shown_as_people_write_it() -> None:
    assert [str(Money(50_000, "EUR")), str(Money(1_250, "EUR")), str(Money(123_456_789, "GBP"))] == [
        "€500", "€12.50", "£1,234,567.89",
    ]  # fmt: skip
    assert Money(1250, "EUR").amount == Decimal("12.50")
    assert of_decimal(Decimal("12.50"), "EUR").units == 1250
