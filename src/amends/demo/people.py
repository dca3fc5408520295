"""Who is in the sample: the firm, its members, its clients, their people and engagements, as the data files say."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from .clock import Clock

if TYPE_CHECKING:
    from datetime import date, datetime

KINDS = frozenset(
    [
        "complaint",
        "anger",
        "frustration",
        "disappointment",
        "derailing",
        "unanswered",
        "silence",
        "promise_due",
        "promise_broken",
        "returning_issue",
        "scope_request",
        "waiting_on_client",
        "renewal_at_risk",
        "leaving",
        "internal_leak",
        "praise",
        "referral",
    ]
)


@dataclass(frozen=True, slots=True)
class Person:
    """Someone who writes or is written to."""

    key: str
    name: str
    email: str
    organisation: str
    title: str = ""
    called: str = ""  # what others put in a greeting, where not the first name
    signs: str = ""  # what stands at the end of a message, where not the first name
    tz: str = "Europe/London"
    style: str = "gmail"  # whose way of quoting: gmail, outlook, apple, plain, web (HTML only), phone
    language: str = "en"
    greetings: tuple[str, ...] = ("Hi {name},",)
    closings: tuple[str, ...] = ("Best wishes,",)
    signature: str = ""
    disclaimer: str = ""
    charset: str = "utf-8"

    @property
    def first_name(self) -> str:
        """The first of their names."""
        return self.name.split()[0]


@dataclass(frozen=True, slots=True)
class Member:
    """A member of the firm: the person and what they are there."""

    key: str
    name: str
    email: str
    role: str  # partner, account_manager, staff, finance
    title: str


@dataclass(frozen=True, slots=True)
class Firm:
    """The sample agency itself."""

    name: str
    domains: tuple[str, ...]
    tz: str
    country: str
    subdivision: str
    currency: str
    members: tuple[Member, ...]

    def clock(self, now: datetime) -> Clock:
        """The firm's calendar as seen from `now`."""
        return Clock(now, self.tz, self.country, self.subdivision)


@dataclass(frozen=True, slots=True)
class Engagement:
    """A project or retainer; its dates are relative, so ask for them with a clock."""

    client: str
    name: str
    kind: str  # retainer or project
    yearly_value: Decimal
    currency: str
    starts: str
    renews: str  # "" where there is nothing to renew

    def starts_on(self, clock: Clock) -> date:
        """First day of the period."""
        return clock.day(self.starts)

    def renews_on(self, clock: Clock) -> date | None:
        """The day it ends unless renewed."""
        return clock.day(self.renews) if self.renews else None


@dataclass(frozen=True, slots=True)
class ClientStory:
    """One client and the truth about where things stand at `now`.

    *Today* must show every kind of `shows`, may show those of `may_show`, and no other. `quotes` are pairs of kind and
    words that stand literally in a message (with dates filled in by `quotes_at`).
    """

    key: str
    name: str
    domains: tuple[str, ...]  # or whole addresses, for people at a free-mail provider
    trade: str
    country: str
    situation: str
    owner: str
    shows: frozenset[str]
    may_show: frozenset[str]
    quotes: tuple[tuple[str, str], ...]
    people: tuple[Person, ...]

    @property
    def never_shows(self) -> frozenset[str]:
        """Kinds that would be false alarms here."""
        return KINDS - self.shows - self.may_show
