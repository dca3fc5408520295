"""What was learned, asking the client, the same cause at others, and the playbooks of failure modes."""

from __future__ import annotations

import json
from typing import TextIO

import click

from amends.cli import sending
from amends.cli.named import NotFound, client_called, doer, doing, recovery_called, shared
from amends.cli.recovery import told
from amends.cli.recovery.group import recovery_command
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home


@recovery_command.command("learn")
@click.argument("recovery")
@click.option("--cause", default=None, help="What was really behind it.")
@click.option("--mode", default=None, help="How we failed: a failure mode of `playbooks`, or a word of your own.")
@click.option("--kept-word", type=click.Choice(["yes", "no"]), default=None, help="Did we keep our word?")
@doing
def learn_command(
    recovery: str, cause: str | None, mode: str | None, kept_word: str | None, firm: str | None, who: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Keep what was learned; what is left out stays as it is."""
    open_home(quiet=True)
    from amends.flows.recovery.programs import learn
    from amends.mail.queries import SYSTEM

    with in_firm(firm) as found:
        about = recovery_called(recovery)
        kept = None if kept_word is None else kept_word == "yes"
        learn(SYSTEM, about, root_cause=cause, failure_mode=mode, kept_word=kept, version=None, by=doer(who), now=now())
        told.show(about, found, now=now(), as_json=as_json)


@recovery_command.command("ask")
@click.argument("recovery")
@click.option("--send", is_flag=True, help="Ask now; else the question is put among the drafts of whoever asks.")
@click.option("--text", type=click.File(), default=None, help="The words, from a file or -; else those prepared.")
@sending.seen_option
@doing
def ask_command(
    recovery: str, text: TextIO | None, firm: str | None, who: str | None, *, send: bool, seen: bool,
    as_json: bool,
) -> None:  # fmt: skip
    """Ask the client whether it is right now. Only their yes closes it."""
    open_home(quiet=True)
    from amends.flows.recovery import asking
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about, by, at = recovery_called(recovery), doer(who), now()
        words = text.read() if text else None
        if send:
            draft = sending.send(
                lambda marks: asking.send_ask(SYSTEM, about, words, seen=marks, by=by, now=at), seen=seen
            )
        else:
            draft = asking.prepare_ask(SYSTEM, about, by=by, now=at)
    sending.told(draft, as_json=as_json)


@recovery_command.command("asks")
@doing
def asks_command(firm: str | None, who: str | None, *, as_json: bool) -> None:
    """Whom to ask by now whether it is right again."""
    open_home(quiet=True)
    from amends.insights.recovery.learning import due_asks
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        rows = [one.recovery for one in due_asks(SYSTEM, doer(who), now=now())]
        told.several(
            rows,
            lambda row: {"id": str(row.public_id), "client": row.client.name, "ask_at": told.moment(row.ask_at)},
            lambda row: f"{row.public_id}  {shown(row.client.name)}: ask since {row.ask_at:%Y-%m-%d}",
            as_json=as_json, nothing="Nobody is to be asked just now.",
        )  # fmt: skip


@recovery_command.command("answers")
@click.argument("recovery")
@shared
def answers_command(recovery: str, firm: str | None, *, as_json: bool) -> None:
    """What the client wrote since it was made good: one of these may hold their yes."""
    open_home(quiet=True)
    from amends.flows.recovery.asking import answers_of
    from amends.mail.queries import SYSTEM, new_text_of
    from amends.recovery.queries import find

    with in_firm(firm):
        rows = answers_of(SYSTEM, find(recovery_called(recovery)))
        told.several(
            rows,
            lambda one: {"message": str(one.public_id), "at": one.sent_at.isoformat(), "text": new_text_of(one.body)},
            lambda one: f"{one.public_id}  {one.sent_at:%Y-%m-%d}  {shown(new_text_of(one.body))[:90]}",
            as_json=as_json, nothing="They wrote nothing since.",
        )  # fmt: skip


@recovery_command.command("disclose")
@click.argument("recovery")
@click.option("--client", "clients", multiple=True, metavar="NAME", help="Only to this client (repeatable).")
@doing
def disclose_command(
    recovery: str, clients: tuple[str, ...], firm: str | None, who: str | None, *, as_json: bool
) -> None:
    """Prepare a disclosure to each client that had the same cause in the last year, as drafts. Nothing is sent."""
    open_home(quiet=True)
    from amends.flows.recovery.disclosing import disclose
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        chosen = [client_called(one).public_id for one in clients]
        drafts, without = disclose(SYSTEM, recovery_called(recovery), chosen, by=doer(who), now=now())
        names = [draft.client.name if draft.client else "" for draft in drafts]
    if as_json:
        items = [{"draft": str(draft.public_id), "client": name} for draft, name in zip(drafts, names, strict=True)]
        click.echo(json.dumps({"drafts": items, "without": without}, ensure_ascii=False))
        return
    for name in names:
        click.echo(f"Prepared for {shown(name)}. Read it, and send it from the outbox.")
    for name in without:
        click.echo(f"There is no conversation with {shown(name)}: tell them by telephone.")


@recovery_command.command("failing")
@click.argument("recovery")
@click.option("--set", "mode", default=None, metavar="MODE", help="A failure mode, words of your own, or empty.")
@doing
def failing_command(recovery: str, mode: str | None, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """How we failed: what was said, what their words sound like, and what may be chosen."""
    open_home(quiet=True)
    from amends.flows.recovery.failing import fail_as
    from amends.insights.recovery.failing import failing_for
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        about = recovery_called(recovery)
        if mode is not None:
            fail_as(SYSTEM, about, mode, version=None, by=doer(who), now=now())
        row, found = failing_for(SYSTEM, about)
    offered = [book for _trade, books in found.trades for book in books]
    if as_json:
        guesses = [book.mode for book in found.guesses]
        modes = [{"mode": one.mode, "trade": one.trade, "name": one.name} for one in offered]
        said = {"mode": found.mode, "name": found.name, "guesses": guesses, "offered": modes, "own": found.own}
        click.echo(json.dumps({**said, "version": row.version}, ensure_ascii=False))
        return
    click.echo(f"How we failed: {shown(found.name)}" if found.mode else "How we failed is not said yet.")
    if not found.mode and found.guesses:
        click.echo(f"It sounds like: {', '.join(one.mode for one in found.guesses)}")
    for one in offered:
        click.echo(f"{one.mode:40} {one.trade}: {shown(one.name)}")
    for words in found.own:
        click.echo(f"{shown(words):40} in your own words, of another recovery")


@recovery_command.command("playbooks")
@click.argument("mode", required=False)
@shared
def playbooks_command(mode: str | None, firm: str | None, *, as_json: bool) -> None:
    """The failure modes that are known, or all of one: first words, questions, remedies, what never to say."""
    open_home(quiet=True)
    from amends.recovery.queries import playbook, playbooks

    with in_firm(firm):
        if mode is None:
            books = playbooks()
        else:
            found = playbook(mode)
            if found is None:
                raise NotFound(f"There is no playbook {mode!r}: `amends recovery playbooks` lists them.")
            books = [found]
    if as_json:
        rows = [{"mode": one.mode, "trade": one.trade, "name": one.name, "edition": one.edition, **one.content}
                for one in books]  # fmt: skip
        click.echo(json.dumps({"items": rows} if mode is None else rows[0], ensure_ascii=False))
        return
    for one in books:
        click.echo(f"{one.mode:40} {one.trade}: {shown(one.name)}")
        if mode is not None:
            parts = [one.fails, one.first_words, *one.questions]
            parts += [f"{each.kind}: {each.what} ({each.cost})" for each in one.remedies]
            parts += [f"never: {each}" for each in one.never]
            for part in parts:
                click.echo(f"  {shown(part)}")
