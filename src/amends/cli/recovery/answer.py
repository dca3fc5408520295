"""What was found about each point, what that rests on, and time reports."""

from __future__ import annotations

import json
import uuid
from dataclasses import asdict
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import click

from amends.cli.named import engagement_called, point_called, recovery_called, shared
from amends.cli.recovery import told
from amends.cli.recovery.group import recovery_command
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

_WHOSE = click.Choice(["unknown", "ours", "shared", "client", "third_party", "misunderstanding"])
_KINDS = click.Choice(["message", "promise", "time", "document", "issue", "advice"])
_DAY = click.DateTime(formats=["%Y-%m-%d"])


@recovery_command.command("answer")
@click.argument("recovery")
@click.argument("issue")
@click.option("--happened", default=None, help="What happened.")
@click.option("--why", default=None, help="Why.")
@click.option("--responsibility", type=_WHOSE, default=None, help="Whose it was.")
@click.option("--sure", type=click.Choice(["guess", "likely", "sure"]), default=None, help="How sure we are.")
@click.option("--we-do", default=None, help="What we do about it.")
@click.option("--by-when", default=None, metavar="DAY", help='By when: 2026-03-19, or "Thursday"; "" for no day.')
@click.option("--hard-part", default=None, help="How to say the hard part: for the team alone.")
@shared
def answer_command(recovery: str, issue: str, firm: str | None, *, as_json: bool, **said: Any) -> None:
    """Write what was found about a point; what is left out stays as it is."""
    open_home(quiet=True)
    from amends.flows.recovery import programs
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        one = point_called(about, issue)
        programs.find_out(SYSTEM, about, one, programs.Said(**said), by=None, now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.group("evidence")
def evidence_group() -> None:
    """What a finding rests on: messages, promises, hours, documents, earlier issues, advice that was overruled."""


@evidence_group.command("suggest")
@click.argument("recovery")
@click.argument("issue")
@shared
def suggest_command(recovery: str, issue: str, firm: str | None, *, as_json: bool) -> None:
    """What could be picked for a point, by engagement, days and words."""
    open_home(quiet=True)
    from amends.flows.recovery.within import point
    from amends.insights.recovery.evidence import suggestions
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as firm_found:
        about = recovery_called(recovery)
        found = suggestions(SYSTEM, firm_found, point(SYSTEM, about, point_called(about, issue)))
        picks = [*found.messages, *found.advice, *found.documents]
        hours = [
            {"kind": "time", "about": str(one.engagement.public_id), "label": one.label, "hours": one.seconds / 3600}
            for one in found.hours
        ]
        if as_json:
            told_ones = [{**asdict(one), "about": str(one.about)} for one in picks]
            click.echo(json.dumps({"items": [*told_ones, *hours]}, ensure_ascii=False, default=str))
            return
        for one in picks:
            click.echo(f"{one.kind:8} {one.about}  {shown(one.who)}: {shown(one.label or one.quote)[:90]}")
        for work in found.hours:
            click.echo(f"time     {work.engagement.public_id}  {work.label}: {work.seconds / 3600:.1f} h")


@evidence_group.command("add")
@click.argument("recovery")
@click.argument("issue")
@click.option("--kind", type=_KINDS, required=True)
@click.option(
    "--about", type=click.UUID, default=None, metavar="ID", help="Of the message, promise, engagement, issue."
)
@click.option("--label", default="", help="A document's name and place; hours: FIRST/LAST day.")
@click.option("--quote", default="", help="The words that count.")
@shared
def pick_command(
    recovery: str, issue: str, kind: str, about: uuid.UUID | None, label: str, quote: str, firm: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Say what a finding rests on."""
    open_home(quiet=True)
    from amends.flows.recovery.answering import rest_on
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        one = recovery_called(recovery)
        rest_on(
            SYSTEM, one, point_called(one, issue), kind=kind, about=about, label=label, quote=quote, by=None, now=now()
        )
        told.show(one, found, now=now(), as_json=as_json)


@evidence_group.command("drop")
@click.argument("recovery")
@click.argument("evidence", type=click.UUID)
@shared
def drop_command(recovery: str, evidence: uuid.UUID, firm: str | None, *, as_json: bool) -> None:
    """Take a piece of evidence away."""
    _piece(recovery, evidence, firm, do="drop", as_json=as_json)


@evidence_group.command("shown")
@click.argument("recovery")
@click.argument("evidence", type=click.UUID)
@click.option("--not", "hidden", is_flag=True, help="They were not shown it.")
@shared
def shown_command(recovery: str, evidence: uuid.UUID, firm: str | None, *, hidden: bool, as_json: bool) -> None:
    """Say that the client was shown it, or was not."""
    _piece(recovery, evidence, firm, do="hide" if hidden else "show", as_json=as_json)


@recovery_command.command("hours")
@click.argument("recovery")
@click.option("--engagement", default=None, metavar="NAME", help="Else the recovery's own.")
@click.option("--from", "first", type=_DAY, default=None, metavar="DAY")
@click.option("--to", "last", type=_DAY, default=None, metavar="DAY")
@shared
def hours_command(
    recovery: str, engagement: str | None, first: datetime | None, last: datetime | None, firm: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """The time report of an engagement, or of some days of it: who, when, how long, on what."""
    open_home(quiet=True)
    from amends.insights.recovery.time_report import NoHours, name_of, time_report
    from amends.recovery.queries import find

    with in_firm(firm) as found:
        row = find(recovery_called(recovery))
        work = engagement_called(row.public_id, engagement) or (row.engagement.public_id if row.engagement else None)
        if work is None:
            raise NoHours("Say which engagement, with --engagement: this recovery names none.")
        report = time_report(
            row, engagement_id=work, first=first.date() if first else None, last=last.date() if last else None,
            today=now().astimezone(ZoneInfo(found.timezone)).date(),
        )  # fmt: skip
        if as_json:
            entries = [
                {"day": one.day.isoformat(), "person": name_of(one), "seconds": one.seconds, "what": one.description}
                for one in report.entries
            ]
            people = [{"person": name, "seconds": seconds} for name, seconds in report.people]
            click.echo(json.dumps(
                {"engagement": report.engagement.name, "seconds": report.seconds, "people": people, "entries": entries,
                 "cut": report.cut}, ensure_ascii=False,
            ))  # fmt: skip
            return
        for one in report.entries:
            click.echo(f"{one.day}  {one.seconds / 3600:6.2f} h  {shown(name_of(one))}  {shown(one.description)}")
        click.echo(f"{report.engagement.name}: {report.seconds / 3600:.2f} h")


def _piece(recovery: str, evidence: uuid.UUID, firm: str | None, *, do: str, as_json: bool) -> None:
    open_home(quiet=True)
    from amends.cli.named import NotFound
    from amends.flows.recovery import answering
    from amends.mail.queries import SYSTEM
    from amends.recovery.models import Evidence

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        try:
            if do == "drop":
                answering.drop(SYSTEM, about, evidence)
            else:
                answering.show(SYSTEM, about, evidence, shown=do == "show")
        except Evidence.DoesNotExist:
            raise NotFound(f"There is no evidence {evidence} in it: see `amends recovery show`.") from None
        told.show(about, found, now=now(), as_json=as_json)
