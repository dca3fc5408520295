"""`amends clearance`: what goes public for a client, and what is looked at before it does."""

from __future__ import annotations

import json
import uuid
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import NotFound, doer, doing, shared
from amends.cli.recovery import told
from amends.cli.recovery.told import moment
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.boundaries.models import ClearanceCheck
    from amends.boundaries.queries.clearance import Progress
    from amends.insights.clearance import ClearancePage, Looked

_ATTENTION = 1  # exit code: done, and it is not cleared
_STATES = click.Choice(["clear", "not-needed", "stopped", "open"])


@click.group("clearance")
def clearance_command() -> None:
    """Clearance before something goes public: names, marks, songs, claims, terms, embargo, consents.

    PUBLICATION is its id; CHECK the number of a check, as `amends clearance show` counts them.
    """


@clearance_command.command("list")
@click.option("--state", type=click.Choice(["open", "cleared", "published", "dropped"]), default="open")
@shared
def list_command(state: str, firm: str | None, *, as_json: bool) -> None:
    """What goes public, and how far its checks are."""
    open_home(quiet=True)
    from amends.boundaries.queries.clearance import publications

    with in_firm(firm):
        told.several(publications(state=state), _progress, _line, as_json=as_json, nothing="Nothing stands so.")


@clearance_command.command("show")
@click.argument("publication", type=click.UUID)
@shared
def show_command(publication: uuid.UUID, firm: str | None, *, as_json: bool) -> None:
    """One with its checks; ends with code 1 where it is to be cleared."""
    open_home(quiet=True)
    with in_firm(firm):
        _show(publication, as_json=as_json)


@clearance_command.command("new")
@click.argument("engagement", type=click.UUID)
@click.argument("what")
@click.option("--where", default="")
@click.option("--on", "goes_on", type=click.DateTime(["%Y-%m-%d"]), default=None, help="The day on which it goes out.")
@click.option("--kind", default=None, help="The checklist: pr, events, design …; else what fits the engagement.")
@doing
def new_command(
    engagement: uuid.UUID, what: str, where: str, goes_on: datetime | None, kind: str | None, firm: str | None,
    who: str | None, *, as_json: bool,
) -> None:  # fmt: skip
    """Write down what is to go public for an engagement."""
    open_home(quiet=True)
    from amends.clients.models import Engagement
    from amends.flows.boundaries import clearance as flow

    with in_firm(firm):
        work = Engagement.objects.select_related("client").filter(public_id=engagement).first()
        if work is None:
            raise NotFound(f"There is no engagement {engagement}: its id stands in the address of its page.")
        by = doer(who)
        values = {"what": what, "where": where, "goes_on": goes_on.date() if goes_on else None, "answers": by}
        chosen = flow.suggested(work) if kind is None else kind
        made = flow.announce(engagement, values, kind=chosen, by=by, now=now())
        _show(made.public_id, as_json=as_json)


@clearance_command.command("check")
@click.argument("publication", type=click.UUID)
@click.argument("check", type=click.IntRange(1))
@click.argument("state", type=_STATES)
@click.option("--reason", default="", help="Why it is not needed, or what stops it.")
@doing
def check_command(
    publication: uuid.UUID, check: int, state: str, reason: str, firm: str | None, who: str | None, *, as_json: bool
) -> None:
    """Say how a check stands."""
    open_home(quiet=True)
    from amends.flows.boundaries import clearance as flow

    with in_firm(firm):
        one = _numbered(publication, check)
        flow.settle(
            publication, one.public_id, state.replace("-", "_"), reason=reason, by=doer(who), now=now()
        )  # fmt: skip
        _show(publication, as_json=as_json)


@clearance_command.command("evidence")
@click.argument("publication", type=click.UUID)
@click.argument("check", type=click.IntRange(1))
@click.argument("kind", type=click.Choice(["link", "note", "document", "message"]))
@click.argument("words")
@doing
def evidence_command(
    publication: uuid.UUID, check: int, kind: str, words: str, firm: str | None, who: str | None, *, as_json: bool
) -> None:
    """Say what a check rests on: a link, a note, a document's name, or the id of a message."""
    open_home(quiet=True)
    from amends.flows.boundaries import clearance as flow
    from amends.mail.queries import Reader

    with in_firm(firm):
        one, by = _numbered(publication, check), doer(who)
        given: dict[str, Any] = {"words": words}
        if kind == "message":
            try:
                given = {"message": uuid.UUID(words)}
            except ValueError:
                raise NotFound("A message is named by its id.") from None
        flow.rest_on(Reader(by), publication, one.public_id, kind=kind, by=by, now=now(), **given)
        _show(publication, as_json=as_json)


def _moves(name: str, does: str, says: str) -> None:
    def move(publication: uuid.UUID, firm: str | None, who: str | None, *, as_json: bool) -> None:
        open_home(quiet=True)
        from amends.flows.boundaries import clearance as flow

        with in_firm(firm):
            _there(publication)
            getattr(flow, does)(publication, by=doer(who), now=now())
            _show(publication, as_json=as_json)

    move.__doc__ = says
    clearance_command.command(name)(click.argument("publication", type=click.UUID)(doing(move)))


_moves("publish", "publish", "It has gone public: cleared or not, that is written down.")
_moves("drop", "drop", "It does not go public.")
_moves("undo", "take_back", "That was a slip.")


def _there(publication: uuid.UUID) -> ClearancePage:
    from amends.boundaries.models import Publication
    from amends.insights.clearance import clearance_page
    from amends.mail.queries import SYSTEM

    try:
        return clearance_page(SYSTEM, publication)
    except Publication.DoesNotExist:
        raise NotFound(f"There is no publication {publication}: see `amends clearance list`.") from None


def _numbered(publication: uuid.UUID, number: int) -> ClearanceCheck:
    checks = _there(publication).checks
    if number > len(checks):
        raise NotFound(f"It has {len(checks)} checks: see `amends clearance show`.")
    return checks[number - 1].check


def _show(publication: uuid.UUID, *, as_json: bool) -> None:
    page = _there(publication)
    if as_json:
        told_ = {**_progress(page.progress), "looked_at": [_check(one) for one in page.checks]}
        click.echo(json.dumps(told_, ensure_ascii=False))
    else:
        click.echo(_line(page.progress))
        for number, one in enumerate(page.checks, start=1):
            reason = f": {shown(one.check.reason)}" if one.check.reason else ""
            click.echo(f"  {number}. {one.check.state.replace('_', ' '):10} {shown(one.check.name)}{reason}")
            for rest in one.rests:
                click.echo(f"       {rest.kind}: {shown(rest.words or rest.subject)}")
    if page.publication.state == "open":
        click.get_current_context().exit(_ATTENTION)


def _progress(one: Progress) -> dict[str, Any]:
    row = one.publication
    return {
        "id": str(row.public_id), "client": row.engagement.client.name, "engagement": str(row.engagement.public_id),
        "what": row.what, "where": row.where, "goes_on": row.goes_on.isoformat() if row.goes_on else None,
        "answers": row.answers.email if row.answers else None, "state": row.state, "checks": one.checks,
        "done": one.done, "stopped": one.stopped, "open_then": row.open_then, "settled_at": moment(row.settled_at),
    }  # fmt: skip


def _check(one: Looked) -> dict[str, Any]:
    row = one.check
    return {
        "id": str(row.public_id), "name": row.name, "why": row.why, "source": row.source, "state": row.state,
        "reason": row.reason, "owner": row.owner.email if row.owner else None,
        "by_when": row.by_when.isoformat() if row.by_when else None,
        "evidence": [
            {"id": str(rest.evidence), "kind": rest.kind, "words": rest.words,
             "message": str(rest.message) if rest.message else None}
            for rest in one.rests
        ],
    }  # fmt: skip


def _line(one: Progress) -> str:
    row = one.publication
    how = f"{one.done} of {one.checks} done" if row.state == "open" else row.state
    if row.open_then:
        how = f"published before it was cleared ({row.open_then} open)"
    stopped = f", {one.stopped} stopped" if one.stopped and row.state == "open" else ""
    day = f", {row.goes_on.isoformat()}" if row.goes_on else ""
    return f"{row.public_id}  {shown(row.engagement.client.name)}: {shown(row.what)}{day}: {how}{stopped}"
