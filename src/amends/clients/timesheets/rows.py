"""What a time sheet becomes: rows, what was set aside, and the one kind of error that reading it ends with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum

from amends.core.errors import AmendsError

NAME_MOST = 200  # characters of a name; longer ones are cut alike at every reading


class TimesheetError(AmendsError):
    """The file cannot be read as the export of a time tracker; its text says what to do."""


class Unclear(TimesheetError):
    """The file can be read in two ways, and nothing in it decides; its text names both, and the option that decides.

    `option` is "dates" or "decimal"; `text` on `line` is what is unclear, `ways` what each value of the option makes
    of it, in words.
    """

    def __init__(
        self, message: str, *, option: str = "", line: int = 0, text: str = "", ways: Mapping[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.option, self.line, self.text, self.ways = option, line, text, dict(ways or {})


class BadCell(Exception):
    """One cell cannot be read; why, for the person who looks at the row that was set aside."""


def flat(text: str) -> str:
    """On one line, and single blanks."""
    return " ".join(text.split())


class DateOrder(StrEnum):
    """Which part of a date stands first."""

    DAY_FIRST = "day-first"
    MONTH_FIRST = "month-first"
    YEAR_FIRST = "year-first"

    @property
    def words(self) -> str:
        return self.value.replace("-", " ")


class Decimals(StrEnum):
    """Which sign begins the decimals of a number; the other one parts its thousands."""

    POINT = "point"
    COMMA = "comma"


@dataclass(frozen=True, slots=True)
class TimeRow:
    """One entry as its export tells it. Times are the wall clock of whoever exported it: an export names no zone."""

    line: int
    person: str
    email: str
    client: str
    project: str
    task: str
    description: str
    day: date
    start: datetime | None
    end: datetime | None
    seconds: int
    billable: bool | None  # None where the export does not say
    tags: tuple[str, ...]
    entered: date | None  # when it was written down, where the export says
    # Money as the export has it, None where it has none: for an hour, for all of it, and what it costs the firm.
    rate: Decimal | None = None
    amount: Decimal | None = None
    cost: Decimal | None = None
    currency: str = ""

    @property
    def minutes(self) -> Decimal:
        """Exact: exports count seconds or hundredths of hours, and neither is a binary fraction."""
        return Decimal(self.seconds) / 60

    @property
    def who(self) -> str:
        """What tells one person from another."""
        return self.email or flat(self.person.casefold())


@dataclass(frozen=True, slots=True)
class SetAside:
    """A row that could not be read, and why."""

    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Timesheet:
    """A whole export."""

    format: str
    rows: tuple[TimeRow, ...]
    set_aside: tuple[SetAside, ...]
