"""What people type about gestures, results and guarantees, read without guessing."""

from __future__ import annotations

import uuid
from datetime import date, datetime
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.core.money import Money, parse
from amends.firm.models import Firm, Member
from amends.firm.rules import Right, may
from amends.flows.recovery.remedies import NotYours

MOST = 10**11
"""Smallest units that anything here may be worth or cost: beyond, it is a slip of the keyboard."""


class BadWords(AmendsError):
    """Something that cannot be as it was given; the text says what to change."""


def acting(by: Member) -> None:
    """Raises `NotYours` where `by` looks on and does nothing."""
    if not may(by.role, Right.ACT):
        raise NotYours("Your role looks on and changes nothing here: ask somebody of the team.")


def client_of(client_id: uuid.UUID) -> Client:
    """A client that is not part of another. Raises `Client.DoesNotExist`."""
    return Client.objects.get(public_id=client_id, merged_into=None)


def engagement_of(client: Client, engagement_id: uuid.UUID | None) -> Engagement | None:
    """One of the client's engagements; None where none is named. Raises `BadWords`."""
    if engagement_id is None:
        return None
    found = Engagement.objects.filter(client=client, public_id=engagement_id).first()
    if found is None:
        raise BadWords(f"That engagement is not one of {client.name}: choose another, or none.")
    return found


def words_of(text: str, *, most: int, say: str = "") -> str:
    """One line of words. Raises `BadWords` with `say` where nothing is there and something must be."""
    return _bounded(" ".join(text.replace("\0", "").split()), most, say)


def text_of(text: str, *, most: int, say: str = "") -> str:
    """Words of several lines. Raises as `words_of`."""
    return _bounded(text.replace("\0", "").replace("\r\n", "\n").strip(), most, say)


def _bounded(plain: str, most: int, say: str) -> str:
    if not plain and say:
        raise BadWords(say)
    if len(plain) > most:
        raise BadWords(f"That is too long: say it in {most:,} characters.")
    return plain


def money_of(text: str, firm: Firm) -> Money | None:
    """An amount in the firm's currency; None where nothing is typed. Raises `BadAmount` and `BadWords`."""
    if not text.strip():
        return None
    found = parse(text, firm.currency)
    if found.units > MOST:
        raise BadWords(f"{found} is more than anybody means here: look at the zeros.")
    return found


def day_of(text: str, firm: Firm, *, now: datetime, ahead: bool = False) -> date | None:
    """A day of the calendar, 2026-03-20; None where nothing is typed. Not after today, unless `ahead`. Raises
    `BadWords`."""
    said = text.strip()
    if not said:
        return None
    try:
        day = date.fromisoformat(said) if len(said) == 10 else None
    except ValueError:
        day = None
    if day is None:
        raise BadWords(f"{said[:40]!r} is no day of the calendar: write it as 2026-03-20.")
    if not 1980 <= day.year <= 2199:
        raise BadWords("Years from 1980 to 2199 are believed: look at the year.")
    if not ahead and day > today(firm, now=now):
        raise BadWords(f"{day:%-d %B %Y} is still to come: choose today or an earlier day.")
    return day


def today(firm: Firm, *, now: datetime) -> date:
    """The day that it is at the firm."""
    return now.astimezone(ZoneInfo(firm.timezone)).date()


def noon_of(day: date, firm: Firm) -> datetime:
    """The moment that stands for a day of which no hour is known."""
    return datetime(day.year, day.month, day.day, 12, tzinfo=ZoneInfo(firm.timezone))


def link_of(text: str) -> str:
    """A web address; "" where nothing is typed. Raises `BadWords`."""
    said = words_of(text, most=1000)
    if not said:
        return ""
    try:
        parts = urlsplit(said)
        whole = parts.scheme in {"http", "https"} and bool(parts.hostname)
    except ValueError:
        whole = False
    if not whole or " " in said:
        raise BadWords("That is no web address: copy it whole, with https:// before it.")
    return said
