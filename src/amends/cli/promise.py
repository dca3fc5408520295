"""`amends promise`: what was promised, by whom, by when; and what became of it."""

from __future__ import annotations

import json
import uuid
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from amends.cli.named import client_called, member_called
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.firm.models import Firm
    from amends.insights.promises import Shown

_STATES = ["candidate", "pending", "kept", "broken", "renegotiated", "withdrawn", "refused"]
F = TypeVar("F", bound=Callable[..., Any])


def _shared(command: F) -> F:
    """The options that all have."""
    command = click.option("--json", "as_json", is_flag=True, help="Print JSON, one object a line.")(command)
    return click.option("--firm", default=None, metavar="NAME", help="Which firm, where there are several.")(command)


@click.group("promise")
def promise_command() -> None:
    """What we, and our clients, said we would do: list it, confirm it, say what became of it."""


@promise_command.command("list")
@click.option("--client", default=None, metavar="NAME", help="Only those to and of this client.")
@click.option("--state", type=click.Choice(_STATES), default=None)
@click.option("--by", type=click.Choice(["firm", "client"]), default=None, help="Only the firm's, or the clients'.")
@click.option("--limit", default=50, show_default=True, type=click.IntRange(1, 10_000))
@_shared
def _list(
    client: str | None, state: str | None, by: str | None, limit: int, firm: str | None, *, as_json: bool
) -> None:
    """The latest made first; what was found and not confirmed is among them."""
    open_home(quiet=True)
    from amends.insights.lists.promises import promise_page
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = client_called(client).public_id if client else None
        page = promise_page(
            SYSTEM, found, now=now(), client=about, state=state or "", by=by or "", after=None, limit=limit
        )
        for one in page.items:
            _say(one, as_json=as_json)
        if not page.items and not as_json:
            click.echo("There are none.")


@promise_command.command("show")
@click.argument("promise", type=click.UUID)
@_shared
def _show(promise: uuid.UUID, firm: str | None, *, as_json: bool) -> None:
    """One promise, whatever became of it."""
    open_home(quiet=True)
    with in_firm(firm) as found:
        _told(found, promise, as_json=as_json)


@promise_command.command("add")
@click.argument("client")
@click.argument("text")
@click.option("--due", default="", metavar="WORDS", help='By when, in words: "Friday noon", "12 March".')
@click.option("--by", type=click.Choice(["firm", "client"]), default="firm", show_default=True)
@click.option("--owner", default=None, metavar="MEMBER", help="The e-mail address of who sees to it.")
@click.option("--recurs", type=click.Choice(["weekly", "monthly", "quarterly"]), default=None)
@_shared
def _add(
    client: str, text: str, due: str, by: str, owner: str | None, recurs: str | None, firm: str | None, *, as_json: bool
) -> None:
    """Write a promise down that no mail holds."""
    open_home(quiet=True)
    from amends.flows.promises import programs
    from amends.flows.promises.settle import Deed
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        who = member_called(owner).public_id if owner else None
        deed = Deed(SYSTEM, now())
        about = client_called(client).public_id
        made = programs.add(about, deed, by=by, text=text, due=due, owner=who, recurs=recurs or "")
        _told(found, made, as_json=as_json)


def _settles(name: str, says: str, *options: Callable[[Any], Any]) -> None:
    """One command for one decision."""

    def settle(promise: uuid.UUID, firm: str | None, *, as_json: bool, **given: Any) -> None:
        open_home(quiet=True)
        from amends.flows.promises import programs
        from amends.flows.promises.settle import Deed
        from amends.mail.queries import SYSTEM

        with in_firm(firm) as found:
            said = {key: value for key, value in given.items() if value is not None}
            if said.get("owner"):
                said["owner"] = member_called(said["owner"]).public_id
            elif "owner" in said:
                said = {**said, "owner": None, "no_owner": True}
            _there(promise)
            done = programs.settle(promise, Deed(SYSTEM, now()), do=name.replace("-", "_"), **said)
            if done is None:
                click.echo(json.dumps({"id": str(promise), "state": None}) if as_json else "It is gone.")
                return
            _told(found, done, as_json=as_json)

    settle.__doc__ = says
    command: Any = click.argument("promise", type=click.UUID)(_shared(settle))
    for option in reversed(options):
        command = option(command)
    promise_command.command(name)(command)


_WHY = click.option("--why", default=None, help="Why, for whoever asks later.")
_DUE = click.option("--due", default=None, metavar="WORDS", help='By when, in words: "Friday noon", "12 March".')
_TEXT = click.option("--text", default=None, help="What is promised, in better words.")
_EVIDENCE = click.option("--evidence", type=click.UUID, default=None, metavar="MESSAGE", help="What shows it.")
_AGREED = click.option("--agreed", type=click.Choice(["yes", "no"]), default=None, help="What the client says of it.")
_settles("confirm", "It is a promise, as it was found or as it is corrected here.", _TEXT, _DUE)
_settles(
    "correct", "It was read or written down wrongly.", _TEXT, _DUE,
    click.option("--owner", default=None, metavar="ADDRESS", help='Who sees to it; "" for nobody.'),
    click.option("--recurs", type=click.Choice(["", "weekly", "monthly", "quarterly"]), default=None),
)  # fmt: skip
_settles("refuse", "It is no promise.", _WHY)
_settles("keep", "It was kept.", _WHY, _EVIDENCE)
_settles("break", "It was not kept.", _WHY)
_settles("renegotiate", "It moves to another date; printed is the promise in its place.", _DUE, _WHY, _AGREED)
_settles("answered", "What the client says of the new date.", _AGREED, click.option("--words", default=None))
_settles("withdraw", "It holds no more.", _WHY)
_settles("not-it", "The message that was suggested does not show that it was kept.")
_settles("undo", "Take back the last step, within a minute of it.")


@promise_command.command("week")
@click.option("--by", type=click.Choice(["firm", "client"]), default=None, help="Only ours, or what we wait for.")
@_shared
def _week(by: str | None, firm: str | None, *, as_json: bool) -> None:
    """What is overdue, due on each working day ahead, later, without a day, and to be confirmed."""
    open_home(quiet=True)
    from amends.insights.promises import week
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        told = week(SYSTEM, found, now=now(), by=by or "")
    groups = [("overdue", told.overdue), *((day.day.isoformat(), day.promises) for day in told.days),
              ("later", told.later), ("undated", told.undated), ("to confirm", told.candidates)]  # fmt: skip
    if as_json:
        rows = {name.replace(" ", "_"): [_row(one) for one in ones] for name, ones in groups}
        days = {day.day.isoformat(): rows.pop(day.day.isoformat()) for day in told.days}
        click.echo(json.dumps({"as_of": told.as_of.isoformat(), **rows, "days": days}))
        return
    for name, ones in groups:
        if ones:
            click.echo(click.style(name, bold=True))
        for one in ones:
            _say(one, as_json=False)
    if not any(ones for _name, ones in groups):
        click.echo("Nothing is promised just now.")


def _there(promise: uuid.UUID) -> None:
    from amends.flows.promises.settle import PromiseRefused
    from amends.signals.models import Promise

    if not Promise.objects.filter(public_id=promise).exists():
        raise PromiseRefused(f"There is no promise {promise}: `amends promise list` shows their ids.")


def _told(firm: Firm, promise: uuid.UUID, *, as_json: bool) -> None:
    from amends.insights.promises import one_promise
    from amends.mail.queries import SYSTEM

    _there(promise)
    _say(one_promise(SYSTEM, firm, promise, now=now()), as_json=as_json)


def _say(one: Shown, *, as_json: bool) -> None:
    if as_json:
        click.echo(json.dumps(_row(one)))
        return
    who = f"{one.client_name} to us" if one.by == "client" else f"{one.owner_name or 'we'} to {one.client_name}"
    hour = " %H:%M" if one.due_exact else ""
    due = f"{one.due:%a %d %b %Y{hour}}" if one.due else "no date"
    state = "overdue" if one.overdue else one.state
    click.echo(f"{one.public_id}  {click.style(state, bold=True)}  {due}  {shown(who)}: {shown(one.text)}")


def _row(one: Shown) -> dict[str, Any]:
    """What scripts rely on."""
    return {
        "id": str(one.public_id), "state": one.state, "by": one.by, "client": one.client_name,
        "owner": one.owner_name or None, "text": one.text, "due": one.due.isoformat() if one.due else None,
        "due_exact": one.due_exact, "overdue": one.overdue, "no_hours": one.no_hours, "recurs": one.recurs or None,
        "made_at": one.made_at.isoformat(), "origin": one.origin, "quote": one.quote,
        "message": str(one.message) if one.message else None, "confidence": round(one.confidence, 3),
        "settled_at": one.settled_at.isoformat() if one.settled_at else None, "settled_why": one.settled_why,
        "evidence": str(one.evidence) if one.evidence else None,
        "replaces": str(one.replaces) if one.replaces else None, "agreed": one.agreed or None,
    }  # fmt: skip
