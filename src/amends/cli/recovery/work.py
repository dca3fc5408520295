"""Opening, listing, showing, owning and moving; conversations, the wanted outcome, ending and taking back."""

from __future__ import annotations

import json
import uuid

import click

from amends.cli.named import NotFound, client_called, doer, doing, member_called, recovery_called, shared
from amends.cli.recovery import told
from amends.cli.recovery.group import recovery_command
from amends.cli.start import in_firm, now, open_home

_STAGE = click.Choice(["own", "listen", "answer", "agree", "make_good", "learn"])


@recovery_command.command("list")
@click.option("--closed", is_flag=True, help="Those that are closed, instead of the open ones.")
@click.option("--client", default=None, metavar="NAME", help="Only those for this client.")
@shared
def list_command(client: str | None, firm: str | None, *, closed: bool, as_json: bool) -> None:
    """Show what is being put right."""
    open_home(quiet=True)
    from amends.insights.lists.recoveries import recovery_list_page
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about = client_called(client).public_id if client else None
        page = recovery_list_page(SYSTEM, closed=closed, client=about, after=None, limit=500)
        told.several(
            page.items, told.listed,
            lambda one: told.line(one.recovery, [name.replace("_", " ") for name in one.missing]), as_json=as_json,
            nothing="Nothing was closed yet." if closed else "Nothing is being put right just now.",
        )  # fmt: skip


@recovery_command.command("open")
@click.option("--client", "client", default=None, metavar="NAME", help="The client, by name or id.")
@click.option("--thread", "threads", multiple=True, type=click.UUID, help="A conversation, by its id (repeatable).")
@click.option("--title", default="", help="In a few words; else the first thing they say.")
@click.option("--owner", default=None, metavar="ADDRESS", help="Whose it is, by their e-mail address.")
@shared
def open_command(
    client: str | None, threads: tuple[uuid.UUID, ...], title: str, owner: str | None, firm: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Open a recovery, with what the client says is wrong as its points."""
    open_home(quiet=True)
    from amends.flows.recovery.opening import AlreadyOpen, Asked, open_recovery
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        named = client_called(client).public_id if client else None
        asked = Asked(client=named, threads=threads, title=title, owner=member_called(owner) if owner else None)
        try:
            made = open_recovery(SYSTEM, asked, by=None, now=now())
        except AlreadyOpen as error:
            raise NotFound(f"A recovery for this conversation is open already: {error.id}.") from None
        told.show(made.public_id, found, now=now(), as_json=as_json)


@recovery_command.command("show")
@click.argument("recovery")
@shared
def show_command(recovery: str, firm: str | None, *, as_json: bool) -> None:
    """Show one recovery: what is missing, its points, what was found, what happened last time."""
    open_home(quiet=True)
    with in_firm(firm) as found:
        told.show(recovery_called(recovery), found, now=now(), as_json=as_json)


@recovery_command.command("own")
@click.argument("recovery")
@click.option("--to", "to", required=True, metavar="ADDRESS", help="Who owns it, by their e-mail address.")
@shared
def own_command(recovery: str, to: str, firm: str | None, *, as_json: bool) -> None:
    """Say who owns a recovery."""
    open_home(quiet=True)
    from amends.flows.recovery.owning import take
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        take(SYSTEM, about, to=member_called(to).public_id, by=None, now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("first-words")
@click.argument("recovery")
@doing
def first_words_command(recovery: str, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Print a first reply to write on: their feeling in their words, what is next, and when. Nothing is sent."""
    open_home(quiet=True)
    from amends.flows.recovery.owning import of_thread
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        words = of_thread(SYSTEM, recovery_called(recovery), by=doer(who), now=now())
    click.echo(json.dumps({"text": words}, ensure_ascii=False) if as_json else words)


@recovery_command.command("replied")
@click.argument("recovery")
@shared
def replied_command(recovery: str, firm: str | None, *, as_json: bool) -> None:
    """Note that they were answered past Amends, from another mail program or by telephone: its clock stops."""
    open_home(quiet=True)
    from amends.flows.recovery.owning import replied
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        replied(SYSTEM, about, by=None, now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("listen")
@click.argument("recovery")
@click.option("--thread", "threads", multiple=True, required=True, type=click.UUID, help="A conversation (repeatable).")
@shared
def listen_command(
    recovery: str, threads: tuple[uuid.UUID, ...], firm: str | None, *, as_json: bool
) -> None:  # fmt: skip
    """Take further conversations of its client in, with what they say is wrong there."""
    open_home(quiet=True)
    from amends.flows.recovery.opening import take_in
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        take_in(SYSTEM, about, threads, by=None, now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("want")
@click.argument("recovery")
@click.argument("words")
@shared
def want_command(recovery: str, words: str, firm: str | None, *, as_json: bool) -> None:
    """Record what would put it right, in the client's words."""
    open_home(quiet=True)
    from amends.flows.recovery.programs import want
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        want(SYSTEM, about, words, version=None, now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("step")
@click.argument("recovery")
@click.argument("stage", type=_STAGE)
@click.option("--why", default="", help="Why it goes back; not needed to go on.")
@shared
def step_command(recovery: str, stage: str, why: str, firm: str | None, *, as_json: bool) -> None:
    """Go on to a stage, or back to one."""
    open_home(quiet=True)
    from amends.flows.recovery.stages import step
    from amends.mail.queries import SYSTEM
    from amends.recovery.queries import find

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        step(SYSTEM, about, before=find(about).stage, after=stage, why=why, by=None, now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("close")
@click.argument("recovery")
@click.option("--with", "how", required=True, type=click.Choice(["yes", "unconfirmed", "mistaken"]))
@click.option("--message", type=click.UUID, default=None, help="The message in which they say yes.")
@click.option("--phone", default="", metavar="WORDS", help="Who said yes, and when, on the telephone.")
@click.option("--why", default="", help="Why it was opened by mistake, or is left unconfirmed.")
@doing
def close_command(
    recovery: str, how: str, message: uuid.UUID | None, phone: str, why: str, firm: str | None, who: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """End a recovery: with the client's yes, unconfirmed after two asks, or as opened by mistake."""
    open_home(quiet=True)
    from amends.flows.recovery.programs import close
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        close(SYSTEM, about, how=how, message=message, phone=phone, why=why, by=doer(who), now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("reopen")
@click.argument("recovery", type=click.UUID)
@click.option("--why", default="", help="Why it was not over.")
@doing
def reopen_command(recovery: uuid.UUID, why: str, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Open a recovery again that was closed."""
    open_home(quiet=True)
    from amends.flows.recovery.programs import reopen
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(str(recovery))
        reopen(SYSTEM, about, why=why, by=doer(who), now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("undo")
@click.argument("recovery")
@click.argument("undo")
@shared
def undo_command(recovery: str, undo: str, firm: str | None, *, as_json: bool) -> None:
    """Take back what was done to a point: UNDO is what `--json` gave as `undo`, for a quarter of an hour."""
    open_home(quiet=True)
    from amends.flows.recovery.points import undo as take_back
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        take_back(SYSTEM, about, undo)
        told.show(about, found, now=now(), as_json=as_json)
