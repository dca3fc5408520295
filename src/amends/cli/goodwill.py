"""`amends gesture`, `amends review`, `amends claim`: the extra mile, what comes back, and what was guaranteed."""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import Any

import click

from amends.cli.named import client_called, doer, doing, shared
from amends.cli.recovery import told
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

_ATTENTION = 1  # exit code: done, and something was set aside


@click.group("gesture")
def gesture_command() -> None:
    """Plan gestures, do them, and say what came of them."""


@click.group("review")
def review_command() -> None:
    """Write down what is said of the firm in public."""


@click.group("claim")
def claim_command() -> None:
    """Claims on guarantees: record them, decide them, make them good."""


@gesture_command.command("list")
@click.argument("client")
@shared
def gestures_command(client: str, firm: str | None, *, as_json: bool) -> None:
    """What was planned and done for a client."""
    _list("gesture", client, firm, as_json=as_json, nothing="Nothing is planned, and nothing was done yet.")


@gesture_command.command("plan")
@click.argument("client")
@click.argument("what")
@click.option("--cost", default="", metavar="AMOUNT", help="What it costs us, in the firm's currency.")
@click.option("--on", "planned_for", default="", metavar="DAY", help="When: 2026-03-20.")
@click.option("--why", default="", help="Why.")
@doing
def plan_command(client: str, firm: str | None, who: str | None, *, as_json: bool, **said: str) -> None:
    """Plan one; its cost is set aside out of one's budget."""
    open_home(quiet=True)
    from amends.flows.goodwill import programs

    with in_firm(firm):
        made = programs.plan(client_called(client).public_id, said, by=doer(who), now=now())
        _print("gesture", made.public_id, as_json=as_json)


@gesture_command.command("do")
@click.argument("gesture", type=click.UUID)
@click.argument("do", type=click.Choice(["done", "drop", "undo", "came"]))
@click.option("--on", default="", metavar="DAY", help="On which day; empty: today.")
@click.option("--cost", default="", metavar="AMOUNT", help="What it cost in the end.")
@click.option("--words", default="", help="What came of it.")
@doing
def do_command(gesture: uuid.UUID, firm: str | None, who: str | None, *, as_json: bool, **said: Any) -> None:
    """It is done, dropped, followed by what came of it, or the last step was a slip."""
    open_home(quiet=True)
    from amends.flows.goodwill import programs

    with in_firm(firm):
        _there("gesture", gesture)
        programs.on_gesture(gesture, {**said, "version": 0}, by=doer(who), now=now())
        _print("gesture", gesture, as_json=as_json)


@review_command.command("list")
@click.argument("client")
@shared
def reviews_command(client: str, firm: str | None, *, as_json: bool) -> None:
    """What a client said of the firm in public."""
    _list("review", client, firm, as_json=as_json, nothing="Nothing was said in public yet.")


@review_command.command("add")
@click.argument("place")
@click.option("--client", default="", help="Whose it is, by name or id.")
@click.option("--on", default="", metavar="DAY", help="When: 2026-03-20; empty: today.")
@click.option("--stars", default="", help="1 to 5, in halves.")
@click.option("--words", default="", help="What they say, as they say it.")
@click.option("--author", default="", help="Who.")
@click.option("--link", default="", help="Where it stands on the web.")
@click.option("--complaint", type=click.Choice(["yes", "no"]), default=None, help="Where its stars do not say so.")
@doing
def add_command(client: str, complaint: str | None, firm: str | None, who: str | None, *, as_json: bool, **said: Any
                ) -> None:  # fmt: skip
    """Write one down; the same again changes nothing."""
    open_home(quiet=True)
    from amends.flows.goodwill import programs

    with in_firm(firm):
        whose = client_called(client).public_id if client else None
        given = {**said, "client": whose, "complaint": complaint or ""}
        _print("review", programs.add_review(given, by=doer(who), now=now()).public_id, as_json=as_json)


@review_command.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--place", default="", help="Where they stand, where no column says so.")
@shared
def import_command(file: Path, place: str, firm: str | None, *, as_json: bool) -> None:
    """Bring a CSV file of reviews in; the same file twice changes nothing."""
    open_home(quiet=True)
    from amends.flows.goodwill.review_files import LARGEST, take_reviews

    with file.open("rb") as opened:
        data = opened.read(LARGEST + 1)
    with in_firm(firm):
        taken = take_reviews(data, place=place, by=None, now=now())
    if as_json:
        click.echo(json.dumps(taken.as_json(), ensure_ascii=False))
    else:
        click.echo(f"{taken.seen} rows: {taken.imported} written down, {taken.duplicates} known already.")
        for each in taken.set_aside:
            click.echo(f"  {each['source']}: {shown(each['reason'])}")
    if taken.set_aside:
        click.get_current_context().exit(_ATTENTION)


@claim_command.command("list")
@click.argument("client")
@shared
def claims_command(client: str, firm: str | None, *, as_json: bool) -> None:
    """What a client claimed."""
    _list("claim", client, firm, as_json=as_json, nothing="Nothing was claimed yet.")


@claim_command.command("record")
@click.argument("client")
@click.argument("guarantee")
@click.argument("words")
@click.option("--by", "claimant", default="", help="Who of them.")
@click.option("--on", default="", metavar="DAY", help="When; empty: today.")
@doing
def record_command(client: str, guarantee: str, words: str, claimant: str, on: str, firm: str | None,
                   who: str | None, *, as_json: bool) -> None:  # fmt: skip
    """Record that a client invokes a guarantee (its name or id)."""
    open_home(quiet=True)
    from amends.flows.goodwill import programs
    from amends.insights.goodwill.named import guarantee_called
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        said = {"guarantee": guarantee_called(guarantee), "words": words, "who": claimant, "on": on}
        made = programs.record(SYSTEM, client_called(client).public_id, said, by=doer(who), now=now())
        _print("claim", made.public_id, as_json=as_json)


@claim_command.command("decide")
@click.argument("claim", type=click.UUID)
@click.argument("do", type=click.Choice(["honour", "refuse", "withdraw", "made_good", "undo", "learn"]))
@click.option("--gives", default="", help="What they get.")
@click.option("--cost", default="", metavar="AMOUNT", help="What it costs us.")
@click.option("--kind", default=None, help="Where it is not what the guarantee gives.")
@click.option("--why", default="", help="Why.")
@click.option("--cause", default="", help="With learn: how it failed.")
@click.option("--mended", default="", help="With learn: what was done about it.")
@doing
def decide_command(claim: uuid.UUID, firm: str | None, who: str | None, *, as_json: bool, **said: Any) -> None:
    """Honour it, refuse it, make it good, or say its cause and what was done about it."""
    open_home(quiet=True)
    from amends.flows.goodwill import programs

    with in_firm(firm):
        _there("claim", claim)
        programs.on_claim(claim, {**said, "version": 0}, by=doer(who), now=now())
        _print("claim", claim, as_json=as_json)


def _list(kind: str, client: str, firm: str | None, *, as_json: bool, nothing: str) -> None:
    open_home(quiet=True)
    from amends.insights.goodwill.named import rows_of

    with in_firm(firm):
        rows = rows_of(kind, client_called(client))
        told.several(rows, _item, _line, as_json=as_json, nothing=nothing)


def _there(kind: str, row_id: uuid.UUID) -> Any:
    from amends.insights.goodwill.named import row_called

    return row_called(kind, row_id)


def _print(kind: str, row_id: uuid.UUID, *, as_json: bool) -> None:
    row = _there(kind, row_id)
    click.echo(json.dumps(_item(row), ensure_ascii=False) if as_json else _line(row))


def _item(row: Any) -> dict[str, Any]:
    from amends.insights.goodwill.named import plain

    return plain(row)


def _line(row: Any) -> str:
    said = _item(row)
    about = said.get("what") or said.get("words") or said.get("place") or ""
    state = said.get("state") or said.get("stars") or "said"
    cost = f", {said['cost']} {said['currency']}" if said.get("cost") else ""
    return f"{said['id']}  {state}{cost}: {shown(str(about))[:120]}"
