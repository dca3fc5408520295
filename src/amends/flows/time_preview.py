"""What a file of hours would do, before it does anything: whom it is about, what is new, and what stands out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from amends.clients.actions.time import NO_PROJECT, Marked, TimeBook, known_entries, mark, open_time_book
from amends.clients.models import Client, Engagement, Upload
from amends.clients.timesheets import (
    DateOrder,
    Decimals,
    Remark,
    SetAside,
    TimeRow,
    Timesheet,
    Unclear,
    read_timesheet,
    remarks,
)
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope, working_time
from amends.flows.carry_out import sheet_of
from amends.flows.uploads import content

_AT_ONCE = 500


@dataclass(slots=True)
class Worker:
    """Somebody whose hours the file holds; `member` None: the file's own words are kept."""

    name: str
    member: Member | None
    entries: int = 0
    seconds: int = 0


@dataclass(slots=True)
class Place:
    """A client and a project as the file calls them, and what they are here; None: it would be made."""

    client_name: str
    project: str
    client: Client | None
    engagement: Engagement | None
    entries: int = 0
    seconds: int = 0


@dataclass(slots=True)
class TimePreview:
    """What an import would do; `places` and `own_seconds` count what is new, `people` and `days` the whole file."""

    format: str
    rows: int
    fresh: int
    duplicates: int
    set_aside: tuple[SetAside, ...]
    first: date | None
    last: date | None
    seconds: int
    ahead: int  # entries on days that have not come yet
    people: list[Worker] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)
    own_entries: int = 0
    own_seconds: int = 0
    remarks: dict[str, list[Remark]] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)  # billable, by currency

    @property
    def seen(self) -> int:
        return self.rows + len(self.set_aside)


def preview_time(sheet: Timesheet, *, today: date) -> TimePreview:
    """Look at a time sheet for the firm in scope; nothing is written."""
    firm = firm_in_scope()
    marked = mark(sheet.rows, source=sheet.format)
    fresh = _unknown(marked)
    days = [row.day for row in sheet.rows]
    found = TimePreview(
        format=sheet.format, rows=len(marked), fresh=len(fresh), duplicates=len(marked) - len(fresh),
        set_aside=sheet.set_aside, first=min(days, default=None), last=max(days, default=None),
        seconds=sum(row.seconds for row in sheet.rows), ahead=sum(day > today for day in days),
    )  # fmt: skip
    book = open_time_book(firm, sheet.rows)
    found.people = _people(sheet.rows, book)
    _place(found, fresh, book)
    by_kind: dict[str, list[Remark]] = defaultdict(list)
    for remark in remarks(sheet.rows, works=working_time(firm).is_working_day):
        by_kind[remark.kind].append(remark)
    found.remarks = dict(by_kind)
    for row in fresh:
        if row.amount is not None:
            currency = row.currency or firm.currency
            found.amounts[currency] = found.amounts.get(currency, Decimal(0)) + row.amount
    return found


def _unknown(marked: Sequence[Marked]) -> list[TimeRow]:
    known: set[str] = set()
    for at in range(0, len(marked), _AT_ONCE):
        known |= known_entries([one.fingerprint for one in marked[at : at + _AT_ONCE]])
    return [one.row for one in marked if one.fingerprint not in known]


def _people(rows: Sequence[TimeRow], book: TimeBook) -> list[Worker]:
    """By name: who worked more is nobody's business here."""
    found: dict[str, Worker] = {}
    for row in rows:
        if row.who not in found:
            found[row.who] = Worker(row.person, book.member(row))
        found[row.who].entries += 1
        found[row.who].seconds += row.seconds
    return sorted(found.values(), key=lambda one: one.name.casefold())


def _place(found: TimePreview, fresh: Sequence[TimeRow], book: TimeBook) -> None:
    places: dict[tuple[str, str], Place] = {}
    for row in fresh:
        if book.is_own(row):
            found.own_entries += 1
            found.own_seconds += row.seconds
            continue
        client, engagement = book.known_client(row), book.known_engagement(row)
        key = book.keys(row)
        if key not in places:
            places[key] = Place(row.client, row.project or NO_PROJECT, client, engagement)
        places[key].entries += 1
        places[key].seconds += row.seconds
    found.places = sorted(places.values(), key=lambda one: (one.client_name.casefold(), one.project.casefold()))


@dataclass(frozen=True, slots=True)
class Reading:
    """One of several ways to read a file: what chooses it, what it makes of the unclear words, and what follows."""

    value: str
    words: str
    first: date | None
    last: date | None
    rows: int
    set_aside: int
    ahead: int
    seconds: int | None  # None where that is still unclear


@dataclass(frozen=True, slots=True)
class Look:
    """A kept file of hours: what it would do, or what is unclear and what follows from each way to read it."""

    preview: TimePreview | None = None
    unclear: Unclear | None = None
    readings: tuple[Reading, ...] = ()


def look_at(upload: Upload, *, today: date) -> Look:
    """Look at a kept file as it was decided to read it. Raises `TimesheetError` or `FileGone`."""
    data = content(upload)
    try:
        return Look(preview=preview_time(sheet_of(upload, data), today=today))
    except Unclear as unclear:
        decided = upload.options
        readings = time_readings(
            data,
            unclear,
            dates_as=DateOrder(decided["dates"]) if decided.get("dates") else None,
            decimals_as=Decimals(decided["decimal"]) if decided.get("decimal") else None,
            today=today,
        )
        return Look(unclear=unclear, readings=tuple(readings))


def time_readings(
    data: bytes, unclear: Unclear, *, dates_as: DateOrder | None, decimals_as: Decimals | None, today: date
) -> list[Reading]:
    """What follows from each way of reading what is unclear."""
    found = []
    for value, words in unclear.ways.items():
        order = DateOrder(value) if unclear.option == "dates" else dates_as
        sign = Decimals(value) if unclear.option == "decimal" else decimals_as
        hours = True
        try:
            sheet = read_timesheet(data, dates_as=order, decimals_as=sign)
        except Unclear:  # that is asked next; days don't depend on it
            sheet, hours = read_timesheet(data, dates_as=order, decimals_as=Decimals.POINT), False
        days = Counter(row.day for row in sheet.rows)
        found.append(
            Reading(
                value=value, words=words, first=min(days, default=None), last=max(days, default=None),
                rows=len(sheet.rows), set_aside=len(sheet.set_aside),
                ahead=sum(count for day, count in days.items() if day > today),
                seconds=sum(row.seconds for row in sheet.rows) if hours else None,
            )
        )  # fmt: skip
    return found
