"""What several subjects share."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from ninja import Schema
from pydantic import AfterValidator, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

T = TypeVar("T")

NO_NUL = r"^[^\x00]*$"  # PostgreSQL keeps no NUL
_YEARS = "(19[89]|20[0-9]|21[0-9])[0-9]"
_DAY = r"-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])"
_BELIEVABLE = (1980, 2199)


def _utc(moment: datetime) -> datetime:
    return moment.astimezone(UTC)


def _written(value: Any) -> Any:
    """As ISO 8601 writes it; a number is not taken for seconds since 1970."""
    if not isinstance(value, str) or not re.match(r"[0-9]{4}-[0-9]{2}-[0-9]{2}(?![0-9])", value):
        raise ValueError("write it as ISO 8601 does, as in 2026-03-16 or 2026-03-16T10:00:00Z")
    return value


def _aware(moment: datetime) -> datetime:
    if moment.tzinfo is None:
        raise ValueError("say the time zone, as in 2026-03-16T10:00:00Z")
    _believed(moment)
    return moment.astimezone(UTC)


def _believed(day: date) -> date:
    if not _BELIEVABLE[0] <= day.year <= _BELIEVABLE[1]:
        raise ValueError(f"years from {_BELIEVABLE[0]} to {_BELIEVABLE[1]} are believed")
    return day


def _money(value: Decimal) -> str:
    return f"{value:.2f}"


Moment = Annotated[datetime, AfterValidator(_utc)]
"""A time that goes out."""
GivenMoment = Annotated[
    datetime,
    BeforeValidator(_written),
    AfterValidator(_aware),
    WithJsonSchema({"type": "string", "format": "date-time", "pattern": f"^{_YEARS}{_DAY}[Tt]"}),
]
"""A time that comes in, with its zone."""
Day = Annotated[
    date,
    BeforeValidator(_written),
    AfterValidator(_believed),
    WithJsonSchema({"type": "string", "format": "date", "pattern": f"^{_YEARS}{_DAY}$", "examples": ["2026-03-16"]}),
]
"""A day that comes in."""
Money = Annotated[
    Decimal,
    PlainSerializer(_money, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+\.[0-9]{2}$", "examples": ["48000.00"]}),
]
"""An amount that goes out, in the firm's currency."""


class Out(Schema):
    """Something that goes out."""


class In(Schema):
    """Something that comes in; a name that is not known is a mistake, not to be passed over."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)


class Named(Out):
    """Something by its id, with its name for people."""

    id: Any
    name: str


class Paged(Out, Generic[T]):
    """A page of a list. Pass `next` as `cursor` for the page that follows; it is null at the end."""

    items: list[T]
    next: str | None = Field(None, examples=["WzQyXQ"])


class Wrong(Out):
    """One thing that is wrong with a request."""

    where: str = Field(description="Which part of the request, with points between")
    what: str


class Problem(Out):
    """What went wrong (RFC 9457). `type` is for programs, `detail` for people."""

    type: str = Field(examples=["urn:amends:problem:not-found"])
    title: str
    status: int
    detail: str
    errors: list[Wrong] | None = Field(None, description="Only where the request was not as it should be")
