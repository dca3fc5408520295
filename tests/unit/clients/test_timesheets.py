"""Exports of time trackers: each format, told by its headers, whatever its language, separator and encoding."""

from __future__ import annotations

from datetime import date, datetime, time
from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from amends.clients.timesheets import TimeRow, Timesheet, TimesheetError, read_timesheet
from amends.clients.timesheets.text import LARGEST

TOGGL = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"
HARVEST = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Hours Rounded,Billable?,Invoiced?,First Name,Last Name,"
    "Employee Id,Roles,Teams,Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency,"
    "External Reference URL"
)
HARVEST_OLD = (
    "Date,Client,Project,Project Code,Task,Notes,Hours,Billable?,Invoiced?,Approved?,First Name,Last Name,Department,"
    "Employee?,Billable Rate,Billable Amount,Cost Rate,Cost Amount,Currency"
)
CLOCKIFY = (
    "Project,Client,Description,Task,User,Group,Email,Tags,Billable,Start Date,Start Time,End Date,End Time,"
    "Duration (h),Duration (decimal),Billable Rate (EUR),Billable Amount (EUR),Date of creation"
)
KIMAI = (
    "Date,From,To,Duration,Currency,Price,Internal price,Hourly price,Fixed price,Name,User,E-mail,Staff number,"
    "Customer,Project,Activity,Description,Billable,Tags,Type,category,Account,Project number,VAT-ID,Order number"
)


def read(*lines: str) -> Timesheet:
    return read_timesheet(("\r\n".join(lines) + "\r\n").encode())


def at(year: int, month: int, day: int, hour: int, minute: int = 0, second: int = 0) -> datetime:
    """A wall clock, which has no zone."""
    return datetime.combine(date(year, month, day), time(hour, minute, second))


def only(*lines: str) -> TimeRow:
    sheet = read(*lines)
    assert sheet.set_aside == ()
    [row] = sheet.rows
    return row


@pytest.mark.parametrize(
    ("last", "currency"),
    [("", ""), (",Amount (USD)", "USD"), (",Amount ()", ""), (",Amount", ""), (",Amount (€)", "EUR")],
)
def test_toggl_with_whatever_last_column(last: str, currency: str) -> None:
    sheet = read(
        TOGGL + last,
        "Ada Moss,Ada@Studio.example,Hartwell,Site,Design,Draft of the logo,Yes,2026-03-09,09:00:00,2026-03-09,"
        '10:30:30,01:30:30,"logo, draft"' + (",12.00" if last else ""),
    )
    assert (sheet.format, sheet.set_aside) == ("toggl", ())
    assert sheet.rows == (
        TimeRow(
            line=2, person="Ada Moss", email="ada@studio.example", client="Hartwell", project="Site", task="Design",
            description="Draft of the logo", day=date(2026, 3, 9), start=at(2026, 3, 9, 9),
            end=at(2026, 3, 9, 10, 30, 30), seconds=5430, billable=True, tags=("logo", "draft"), entered=None,
            amount=Decimal(12) if last else None, currency=currency,
        ),
    )  # fmt: skip
    assert sheet.rows[0].minutes == Decimal("90.5")


def test_harvest_has_no_times_of_day() -> None:
    row = only(
        HARVEST,
        '2026-03-09,Hartwell,Site,S1,Design,"Two lines\nof notes",7.55,7.75,Yes,No,Ada,Moss,,,,Yes,80.0,604.0,0,0,EUR,',
    )
    assert (row.person, row.email, row.start, row.end) == ("Ada Moss", "", None, None)
    assert (row.minutes, row.description, row.billable) == (Decimal(453), "Two lines\nof notes", True)


def test_older_harvest_with_points_in_dates_and_commas_in_hours() -> None:
    row = only(
        HARVEST_OLD,
        '26.01.2015,Hartwell,Site,,Design,x,"7,5",No,No,No,Ada,Moss,Studio,Yes,"80,0","600,0",0,0,Euro - EUR',
    )
    assert (row.day, row.minutes, row.billable) == (date(2015, 1, 26), Decimal(450), False)


@pytest.mark.parametrize("money", ["EUR", "USD", "CHF", "¥"])
@pytest.mark.parametrize(
    ("day", "created", "start", "end"),
    [
        ("26/01/2026", "28/01/2026", "9:05:00 AM", "12:35:10 PM"),
        ("01/26/2026", "01/28/2026", "09:05 am", "12:35:10 p.m."),
        ("26.01.2026", "28.01.2026", "09:05:00", "12:35:10"),
        ("2026-01-26", "2026-01-28", "09:05", "12:35:10"),
        ("26-01-2026", "28-01-2026", "09.05", "12.35.10"),
    ],
)
def test_clockify_whatever_its_dates_hours_and_currency(
    money: str, day: str, created: str, start: str, end: str
) -> None:
    row = only(
        CLOCKIFY.replace("EUR", money),
        f"Site,Hartwell,Draft,,Ada Moss,,ada@studio.example,,Yes,{day},{start},{day},{end},03:30:10,3.50,80.00,280.22,"
        f"{created}",
    )
    assert (row.day, row.entered) == (date(2026, 1, 26), date(2026, 1, 28))
    assert (row.start, row.end) == (at(2026, 1, 26, 9, 5), at(2026, 1, 26, 12, 35, 10))
    assert row.seconds == 3 * 3600 + 30 * 60 + 10


def test_clockify_with_the_decimal_duration_only() -> None:
    row = only(
        CLOCKIFY.replace("Duration (h),", ""),
        "Site,Hartwell,Draft,,Ada,,a@studio.example,,No,2026-01-26,09:00,2026-01-26,09:20,0.33,80,26.4,2026-01-26",
    )
    assert row.seconds == 1188


@pytest.mark.parametrize(("duration", "seconds"), [("0:06", 360), ("0.11", 396), ('"0,11"', 396), ("1:30:05", 5405)])
def test_kimai_in_either_duration(duration: str, seconds: int) -> None:
    row = only(
        KIMAI + ",Cost centre",
        f"2026-03-09,09:00,09:06,{duration},EUR,8.8,0,80,,Ada Moss,ada,ada@studio.example,7,Hartwell GmbH,Site,Design,"
        "Draft,1,,timesheet,work,100,,,,north",
    )
    assert (row.seconds, row.person, row.client, row.task, row.billable) == (
        seconds, "Ada Moss", "Hartwell GmbH", "Design", True,
    )  # fmt: skip


TRANSLATED = {
    "german": "Datum,Von,Bis,Dauer,Währung,Preis,Interner Preis,Stundenlohn,Festpreis,Name,Benutzer,E-Mail,Kunde,"
    "Projekt,Tätigkeit,Beschreibung,Abrechenbar,Schlagworte",
    "german, older": "Datum,Beginn,Ende,Dauer,Währung,Lohn,Interner Lohn,Stundenlohn,Festbetrag,Name,Benutzer,E-Mail,"
    "Kunde,Projekt,Tätigkeit,Beschreibung,Abrechenbar,Schlagworte",
    "french": "Date,De,À,Durée,Devise,Prix,Prix interne,Taux horaire,Taux fixe,Nom,Utilisateur,Courriel,Client,Projet,"
    "Activité,Description,Facturable,Étiquettes",
    "spanish": "Fecha,De,Para,Duración,Moneda,Tarifa,Tarifa interna,Tarifa por hora,Tarifa fija,Nombre,Usuario,"
    "Correo electrónico,Cliente,Proyecto,Actividad,Descripción,Facturable,Etiquetas",
    "dutch": "Datum,Van,Tot,Duur,Valuta,Prijs,Interne prijs,Uurtarief,Vast bedrag,Naam,Gebruiker,E-mail,Klant,Project,"
    "Activiteit,Omschrijving,Factureerbaar,Labels",
    "italian": "Data,Da,A,Durata,Valuta,Prezzo,Costo interno,Tariffa oraria,Prezzo fisso,Nome,Utente,E-mail,Cliente,"
    "Progetto,Attività,Descrizione,Fatturabile,Etichette",
}
YES = {"german": "Ja", "german, older": "ja", "french": "Oui", "spanish": "Sí", "dutch": "Ja", "italian": "Sì"}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp1252", "utf-16", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
@pytest.mark.parametrize("language", TRANSLATED)
def test_kimai_in_other_languages(language: str, separator: str, encoding: str) -> None:
    cells = [
        "2026-03-09", "09:00", "10:30", "1:30", "EUR", "80.5", "0", "80", "", "Zoë Müller", "zoe", "zoe@studio.example",
        "Bäckerei Groß", "Über uns", "Gestaltung", "Entwürfe für die Größen, zweiter Teil", YES[language], "web",
    ]  # fmt: skip
    lines = [TRANSLATED[language].replace(",", separator), separator.join(f'"{cell}"' for cell in cells)]
    sheet = read_timesheet("\n".join(lines).encode(encoding))
    assert (sheet.format, sheet.set_aside) == ("kimai", ())
    [row] = sheet.rows
    assert (row.person, row.client, row.description) == ("Zoë Müller", "Bäckerei Groß", cells[15])
    assert (row.email, row.project, row.task) == ("zoe@studio.example", "Über uns", "Gestaltung")
    assert (row.start, row.end) == (at(2026, 3, 9, 9), at(2026, 3, 9, 10, 30))
    assert (row.seconds, row.billable, row.tags) == (5400, True, ("web",))


def test_kimai_past_midnight() -> None:
    row = only(
        "Date,From,To,Duration,Name,Customer,Project,Activity",
        "2026-03-09,23:00,01:00,2:00,Ada,Hartwell,Site,Design",
    )
    assert (row.day, row.start, row.end) == (
        date(2026, 3, 9), at(2026, 3, 9, 23), at(2026, 3, 10, 1),
    )  # fmt: skip


def test_columns_in_another_order_and_lines_before_the_headers() -> None:
    row = only(
        "sep=,", "Detailed report", "",
        "Duration,Start time,Start date,Description,Project,Client,User",
        "00:10:00,09:00,2026-03-09,Draft,Site,Hartwell,Ada",
    )  # fmt: skip
    assert (row.line, row.person, row.seconds, row.billable) == (5, "Ada", 600, None)


def test_bad_rows_are_set_aside_and_the_rest_goes_on() -> None:
    good = "Ada,a@studio.example,Hartwell,Site,,x,No,2026-03-09,09:00,2026-03-09,10:00,{},"
    sheet = read(
        TOGGL,
        good.format("01:00:00"),
        good.format("01:00:00").replace("2026-03-09,09", "2026-02-30,09"),
        good.format("an hour"),
        good.format(""),
        good.format("00:00:00"),
        good.format("-01:00:00"),
        good.format("1000:00:00"),
        good.format("01:00:00").replace("Ada,a@studio.example", ","),
        good.format("01:00:00").replace("10:00", "08:00"),
        good.format("01:00:00").replace("09:00", "25:00"),
        good.format("01:00:00").replace(",No,", ",perhaps,"),
        good.format("01:00:00").replace(",x,", ",one, two,") + "tag",
        "",
        ",,,,,,,,,,,,",
        good.format("02:00:00"),
    )
    assert [(row.line, row.seconds) for row in sheet.rows] == [(2, 3600), (16, 7200)]
    assert [(one.line, one.reason) for one in sheet.set_aside] == [
        (3, "“2026-02-30” is no date"),
        (4, "“an hour” is no duration"),
        (5, "it has no duration"),
        (6, "“00:00:00” is no time at all"),
        (7, "“-01:00:00” is less than nothing"),
        (8, "“1000:00:00” is more than 31 days in one entry"),
        (9, "it does not say who worked"),
        (10, "it ends before it begins (09:00, 08:00)"),
        (11, "“25:00” is no time of day"),
        (12, "“perhaps” under Billable is neither yes nor no"),
        (13, "it has 14 cells under 13 headers: a comma without quotes?"),
    ]


def test_a_row_may_take_several_lines() -> None:
    """Line numbers are those of the file, as an editor shows them."""
    sheet = read(
        TOGGL,
        'Ada,a@studio.example,Hartwell,Site,,"two\nlines",No,2026-03-09,09:00,2026-03-09,10:00,01:00:00,',
        "Ada,a@studio.example,Hartwell,Site,,x,No,2026-03-09,09:00,2026-03-09,10:00,,",
    )
    assert [row.line for row in sheet.rows] == [2]
    assert [one.line for one in sheet.set_aside] == [4]


@pytest.mark.parametrize(
    "data",
    [b"", b"\0", b"no table at all", b"Name,Date\nAda,2026-03-09\n", b"%PDF-1.7\n\xff\xfe\x00", b"\xff\xfe", b"PK\3\4"],
)
def test_anything_else_is_refused_by_name(data: bytes) -> None:
    with pytest.raises(TimesheetError, match="no export of Toggl, Harvest, Clockify or Kimai"):
        read_timesheet(data)


def test_endless_files_and_cells_are_refused() -> None:
    with pytest.raises(TimesheetError, match="larger than 64 MB"):
        read_timesheet(b"x" * (LARGEST + 1))
    with pytest.raises(TimesheetError, match="From line 2 on the file is no CSV"):
        read(TOGGL, '"' + "x" * 200_000)


def test_an_empty_export_holds_nothing() -> None:
    sheet = read(KIMAI)
    assert (sheet.format, sheet.rows, sheet.set_aside) == ("kimai", (), ())


HEADERS = st.sampled_from([TOGGL, HARVEST, HARVEST_OLD, CLOCKIFY, KIMAI, *TRANSLATED.values()])
CELL = st.one_of(
    st.text(max_size=12),
    st.sampled_from(
        ["03/04/2026", "13/04/26", "2026-03-04", "1.500", "1,500", "7,5", "0:06", "12:99", "9:00 AM", "٣:٠٠", "²", "-"]
    ),
    st.from_regex(r"[0-9]{1,4}[./,:-][0-9]{1,4}([./:-][0-9]{1,4})?"),
)


@settings(deadline=None)
@given(st.binary(max_size=400))
@example(b"\xff\xfe\x00\xd8")
def test_no_bytes_fail_otherwise(data: bytes) -> None:
    with pytest.raises(TimesheetError):
        read_timesheet(data)


@settings(deadline=None)
@given(HEADERS, st.lists(st.lists(CELL, max_size=26), max_size=6), st.binary(max_size=30), st.sampled_from(",;\t"))
def test_no_rows_fail_otherwise(headers: str, rows: list[list[str]], tail: bytes, separator: str) -> None:
    """Every row is read or set aside, or the whole file is refused in words."""
    lines = [separator.join(row) for row in rows]
    data = "\n".join([headers.replace(",", separator), *lines]).encode("utf-8", "replace") + b"\n" + tail
    try:
        sheet = read_timesheet(data)
    except TimesheetError as error:
        told = str(error)
        assert len(told.splitlines()) == 1
        return
    numbers = sorted([row.line for row in sheet.rows] + [one.line for one in sheet.set_aside])
    assert len(numbers) == len(set(numbers))
    for row in sheet.rows:
        assert row.person
        assert row.seconds > 0
        assert (row.description + row.client).replace("\n", "").replace("\t", "").isprintable()
