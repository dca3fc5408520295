"""Money in exports: read exactly, in the currency that the file names, and never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from tests.unit.clients.test_timesheets import CLOCKIFY, HARVEST, HARVEST_OLD, KIMAI, only, read

from amends.clients.timesheets import Decimals, TimeRow, Unclear, read_timesheet
from amends.clients.timesheets.amounts import read_money
from amends.clients.timesheets.rows import BadCell

HARVEST_ROW = "2026-03-09,Hartwell,Site,S1,Design,x,7.55,7.75,Yes,No,Ada,Moss,,,,Yes,"


def money(row: TimeRow) -> tuple[str, str, str, str]:
    told = (f"{value.normalize():f}" if value is not None else "" for value in (row.rate, row.amount, row.cost))
    return (*told, row.currency)  # type: ignore[return-value]


@pytest.mark.parametrize("named", ["EUR", "Euro - EUR", "eur"])
def test_harvest_has_rate_amount_cost_and_a_column_of_currency(named: str) -> None:
    assert money(only(HARVEST, f"{HARVEST_ROW}80.0,604.0,31.25,235.94,{named},")) == ("80", "604", "235.94", "EUR")


def test_older_harvest_with_commas() -> None:
    row = only(
        HARVEST_OLD,
        '26.01.2015,Hartwell,Site,,Design,x,"7,5",No,No,No,Ada,Moss,Studio,Yes,"80,55","1.604,13",0,0,Euro - EUR',
    )
    assert money(row) == ("80.55", "1604.13", "0", "EUR")


@pytest.mark.parametrize(("sign", "code"), [("CHF", "CHF"), ("€", "EUR"), ("£", "GBP"), ("$", ""), ("", "")])
def test_clockify_names_the_currency_in_its_headers(sign: str, code: str) -> None:
    row = only(
        CLOCKIFY.replace("EUR", sign),
        "Site,Hartwell,Draft,,Ada Moss,,ada@studio.example,,Yes,2026-01-26,09:00,2026-01-26,12:00,03:00:00,3.00,80.00,"
        "240.00,2026-01-26",
    )
    assert money(row) == ("80", "240", "", code)


@pytest.mark.parametrize(
    "names",
    [
        "Currency,Price,Internal price,Hourly price,Fixed price",
        "Währung,Preis,Interner Preis,Stundenpreis,Festpreis",
        "Valuta,Prijs,Interne prijs,Uurtarief,Vaste prijs",
    ],
)
def test_kimai_whatever_its_language(names: str) -> None:
    row = only(
        KIMAI.replace("Currency,Price,Internal price,Hourly price,Fixed price", names),
        '2026-03-09,09:00,10:30,1:30,EUR,"1.127,50","60,00","85,00",,Ada Moss,ada,ada@studio.example,7,Hartwell,Site,'
        "Design,Draft,Yes,,,,,,,",
    )
    assert money(row) == ("85", "1127.5", "60", "EUR")


def test_a_row_without_money_names_no_currency() -> None:
    assert money(only(HARVEST, f"{HARVEST_ROW},-,,n/a,EUR,")) == ("", "", "", "")


def test_an_amount_with_two_readings_stops_with_both() -> None:
    line = '2026-03-09,09:00,10:30,1:30,EUR,"1,250",,,,Ada Moss,ada,,7,Hartwell,Site,Design,Draft,Yes,,,,,,,'
    with pytest.raises(
        Unclear, match=r"^1,250 is 1250 or 1\.25 \(line 2\), .*--decimal point or --decimal comma"
    ) as it:
        read(KIMAI, line)
    assert (it.value.option, it.value.line, it.value.text) == ("decimal", 2, "1,250")
    assert it.value.ways == {"point": "1250", "comma": "1.25"}
    data = f"{KIMAI}\n{line}".encode()
    assert read_timesheet(data, decimals_as=Decimals.POINT).rows[0].amount == 1250
    assert read_timesheet(data, decimals_as=Decimals.COMMA).rows[0].amount == Decimal("1.25")
    assert read(KIMAI, line, line.replace("1,250", "80,5")).rows[0].amount == Decimal("1.25")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("€ 1.250,50", "1250.5"), ("1 250,50 €", "1250.5"), ("$1,250.50", "1250.5"), ("US$ 12.00", "12"),
        ("12.00 USD", "12"), ("-12.5", "-12.5"), ("€ -12,5", "-12.5"), ("-€12.5", "-12.5"), ("CHF 1'250.50", "1250.5"),
        ("0.123456", "0.1235"),
    ],
)  # fmt: skip
def test_amounts_as_people_write_them(text: str, value: str) -> None:
    assert read_money(text, None, column="amount") == Decimal(value)


@pytest.mark.parametrize("text", ["a lot", "12.00.00.0", "1e5", "12345678901.00", "1,250"])
def test_what_is_no_amount_is_set_aside(text: str) -> None:
    with pytest.raises(BadCell, match="under amount is no amount"):
        read_money(text, None, column="amount")
    if text != "1,250":
        sheet = read(HARVEST, f'{HARVEST_ROW}80.0,"{text}",0,0,EUR,')
        assert [one.reason for one in sheet.set_aside] == [f"“{text}” under amount is no amount"]
