"""The sample agency of `amends demo`: its mail and its hours are written to files and brought in like any other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from amends.clients.actions.curate import add_engagement
from amends.clients.models import Domain, Engagement
from amends.clients.timesheets import read_timesheet_file
from amends.demo import agency
from amends.demo.hours import Job, time_sheet
from amends.demo.people import Member as People
from amends.firm.models import Firm, Member, Role
from amends.firm.scope import firm_scope
from amends.firm.sign_in import make_link
from amends.flows.receive import run_import
from amends.flows.set_up import begin_run, found_firm
from amends.flows.time_sheets import import_time
from amends.mail.reading import ReaderPool


@dataclass(frozen=True, slots=True)
class Settled:
    """What there is to see, and the secret of the link that lets one in."""

    firm: str
    messages: int
    clients: int
    link: str


def settle_in(home: Path, *, readers: ReaderPool, clock: Callable[[], datetime]) -> Settled:
    """Make the agency, its people and engagements in an empty home, and import its mail."""
    archive = home / "sample-agency.mbox"
    agency.write_mailbox(archive, now=clock())
    firm = make_firm(clock())
    with firm_scope(firm):
        members = [
            Member.objects.create_member(email=one.email, name=one.name, role=_role(one), now=clock())
            for one in agency.FIRM.members
        ]
        report = run_import(begin_run([archive], now=clock()), readers=readers, clock=clock)
        _engagements(clock())
        _hours(home, clock)
        return Settled(firm.name, report.imported, report.clients, make_link(members[0], now=clock()))


def _hours(home: Path, clock: Callable[[], datetime]) -> None:
    """Half a year of hours on these engagements, from a file as a time tracker exports it."""
    rows = Engagement.objects.select_related("client").order_by("pk")
    sheet = home / "sample-hours.csv"
    sheet.write_bytes(time_sheet([Job(one.client.name, one.name, one.starts_on) for one in rows], now=clock()))
    import_time(read_timesheet_file(sheet), source=sheet.name, clock=clock)


def _role(member: People) -> str:
    """The first partner runs the tool as well; finance has no role of its own yet."""
    if member is agency.FIRM.members[0]:
        return Role.ADMINISTRATOR
    return member.role if member.role in Role.values else Role.STAFF


def make_firm(now: datetime) -> Firm:
    """The agency itself, without mail or people."""
    sample = agency.FIRM
    firm = found_firm(sample.domains, now=now, name=sample.name)
    firm.timezone, firm.country, firm.currency = sample.tz, sample.country, sample.currency
    firm.set_up_at = now
    firm.save()
    return firm


def _engagements(now: datetime) -> None:
    calendar = agency.FIRM.clock(now)
    domains = {story.key: story.domains for story in agency.STORY}
    for one in agency.ENGAGEMENTS:
        place = Domain.objects.filter(value__in=domains.get(one.client, ())).select_related("client").first()
        if place is not None:
            add_engagement(
                place.client,
                name=one.name,
                starts_on=one.starts_on(calendar),
                renews_on=one.renews_on(calendar),
                yearly_value=one.yearly_value,
                now=now,
            )
