"""`amends recovery issue`: the points of a recovery, one deed a command."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import engagement_called, point_called, recovery_called, shared
from amends.cli.recovery import told
from amends.cli.recovery.group import recovery_command
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.firm.models import Firm
    from amends.recovery.actions.issues import Undo

_FEELING = click.Choice(
    ["", "anger", "frustration", "disappointment", "worry", "confusion", "gratitude", "joy", "neutral"]
)


@recovery_command.group("issue")
def issue_group() -> None:
    """Add, reword, merge, split, order, remove and bring back points; say which come back from before."""


@issue_group.command("add")
@click.argument("recovery")
@click.option("--quote", default="", help="What they said is wrong, in their words.")
@click.option("--words", default="", help="How we put it.")
@click.option("--feeling", type=_FEELING, default="")
@click.option("--said-on", default="", metavar="DAY", help="The day on which they said it, as 2026-03-14; else today.")
@click.option("--engagement", default=None, metavar="NAME")
@shared
def add_command(
    recovery: str, quote: str, words: str, feeling: str, said_on: str, engagement: str | None, firm: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Add a point that no message holds: what they said on the telephone, perhaps."""
    open_home(quiet=True)
    from amends.flows.recovery import points, programs
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about, at = recovery_called(recovery), now()
        undo = points.add(
            SYSTEM, about, quote=quote, words=words, feeling=feeling, said_at=programs.said_at(said_on, now=at),
            engagement=engagement_called(about, engagement), by=None, now=at,
        )  # fmt: skip
        _done(about, found, undo, as_json=as_json)


@issue_group.command("merge")
@click.argument("recovery")
@click.argument("issues", nargs=-1, required=True, metavar="ISSUE ISSUE…")
@shared
def merge_command(recovery: str, issues: tuple[str, ...], firm: str | None, *, as_json: bool) -> None:
    """Make points one: the first of them on the page stays."""
    open_home(quiet=True)
    from amends.flows.recovery import points
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        undo = points.merge(SYSTEM, about, [point_called(about, one) for one in issues], now=now())
        _done(about, found, undo, as_json=as_json)


def _deed(name: str, says: str, *options: Any) -> None:
    """One command for one deed on a point."""

    def on_issue(recovery: str, issue: str, firm: str | None, *, as_json: bool, **given: Any) -> None:
        open_home(quiet=True)
        from amends.flows.recovery import programs
        from amends.mail.queries import SYSTEM

        with in_firm(firm) as found:
            about = recovery_called(recovery)
            one = point_called(about, issue)
            if "engagement" in given:
                given["engagement"] = engagement_called(about, given["engagement"])
            deed = programs.OnIssue(do=name, **given)
            undo = programs.on_issue(SYSTEM, about, one, deed, by=None, now=now())
            _done(about, found, undo, as_json=as_json)

    on_issue.__doc__ = says
    command: Any = shared(on_issue)
    for option in reversed(options):
        command = option(command)
    command = click.argument("recovery")(click.argument("issue")(command))
    issue_group.command(name)(command)


_deed(
    "reword", "Say how we put it, how it was felt, and which engagement it is about.",
    click.option("--words", default=None, help="How we put it; their quote stays."),
    click.option("--feeling", type=_FEELING, default=None),
    click.option("--engagement", default=None, metavar="NAME"),
    click.option("--no-engagement", is_flag=True, help="It is about none."),
)  # fmt: skip
_deed(
    "split", "Cut a point in two: two things are wrong.",
    click.option("--at", type=int, required=True, help="After so many characters of the quote."),
)  # fmt: skip
_deed("part", "Let a point stand by itself again that was merged (by its id).")
_deed("remove", "Take a point off the page; it can be brought back.")
_deed("back", "Bring a removed point back (by its id).")
_deed("place", "Move a point to another place.", click.argument("number", type=int))
_deed("same", "Say that it is an earlier issue come back (EARLIER is the id that `show` gives).",
      click.argument("earlier", type=click.UUID))  # fmt: skip
_deed("other", "Say that it is no earlier issue come back.")


def _done(about: uuid.UUID, firm: Firm, undo: Undo, *, as_json: bool) -> None:
    from amends.flows.recovery.points import sealed

    told.show(about, firm, now=now(), as_json=as_json, undo=sealed(about, undo))
