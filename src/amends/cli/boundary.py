"""`amends boundary`: what the firm does and doesn't, and requests for more than agreed."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import NotFound, client_called, doer, doing, shared
from amends.cli.recovery import told
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.boundaries.models import ScopeAnswer, Service

_HOW = click.Choice(["well", "sometimes", "not"])
_KIND = click.Choice(["inside", "absorbed", "offered", "referred"])


@click.group("boundary")
def boundary_command() -> None:
    """What the firm does and doesn't, and how requests for more than agreed are answered."""


@boundary_command.command("list")
@shared
def list_command(firm: str | None, *, as_json: bool) -> None:
    """Kinds of work, what is done well first."""
    open_home(quiet=True)
    from amends.boundaries.queries.limits import services

    with in_firm(firm):
        told.several(services(), _service, _line, as_json=as_json, nothing="Nothing is said yet.")


@boundary_command.command("add")
@click.argument("name")
@click.argument("how", type=_HOW)
@click.option("--sentence", default="", help="A sentence to say it by.")
@click.option("--supplier", "suppliers", multiple=True, type=click.UUID, help="Who does it instead; may be repeated.")
@doing
def add_command(
    name: str, how: str, sentence: str, suppliers: tuple[uuid.UUID, ...], firm: str | None, who: str | None, *,
    as_json: bool,
) -> None:  # fmt: skip
    """Say of a kind of work whether the firm does it: well, sometimes, not."""
    open_home(quiet=True)
    from amends.boundaries.actions.limits import ServiceTyped, add_service

    with in_firm(firm):
        made = add_service(ServiceTyped(name, how, sentence, suppliers), by=doer(who), now=now())
        click.echo(json.dumps(_service(made), ensure_ascii=False) if as_json else _line(made))


@boundary_command.command("answers")
@click.argument("client")
@shared
def answers_command(client: str, firm: str | None, *, as_json: bool) -> None:
    """How a client's requests for more were answered; CLIENT is a name or an id."""
    open_home(quiet=True)
    from amends.boundaries.queries.answers import absorbed, of_client

    with in_firm(firm):
        rows = of_client(client_called(client))
        done = absorbed(rows)
        told.several(
            list(rows), _answer, _answer_line, as_json=as_json, nothing="No request of theirs was answered yet.",
            absorbed={"times": done.times, "minutes": done.minutes, "costs": [str(one.amount) for one in done.costs]},
        )  # fmt: skip


@boundary_command.command("answer")
@click.argument("client")
@click.argument("kind", type=_KIND)
@click.argument("words", default="")
@click.option("--message", type=click.UUID, default=None, help="The message with the request.")
@click.option("--engagement", type=click.UUID, default=None, help="On which engagement.")
@click.option("--hours", default="", help="Of work, where it is done all the same.")
@click.option("--cost", default="", metavar="AMOUNT", help="What that costs us.")
@click.option("--price", default="", metavar="AMOUNT", help="What it is offered for.")
@click.option("--supplier", type=click.UUID, default=None, help="Who is better suited.")
@doing
def answer_command(
    client: str, kind: str, words: str, message: uuid.UUID | None, firm: str | None, who: str | None, *, as_json: bool,
    **typed: Any,
) -> None:  # fmt: skip
    """Answer a request of CLIENT's for more than agreed; what is said to them is prepared as a draft."""
    open_home(quiet=True)
    from amends.flows.boundaries import scope
    from amends.mail.models import Message
    from amends.mail.queries import Reader

    with in_firm(firm):
        by, whose = doer(who), client_called(client)
        try:
            done = scope.answer(
                Reader(by), scope.Typed(kind, words, **typed), message=message, client=whose.public_id, by=by, now=now()
            )
        except Message.DoesNotExist:
            raise NotFound(f"There is no message {message} that {by.name} may read.") from None
        click.echo(json.dumps(_answer(done.answer), ensure_ascii=False) if as_json else _answer_line(done.answer))


@boundary_command.command("undo")
@click.argument("answer", type=click.UUID)
@doing
def undo_command(answer: uuid.UUID, firm: str | None, who: str | None, *, as_json: bool) -> None:
    """It was not answered so after all."""
    open_home(quiet=True)
    from amends.boundaries.models import ScopeAnswer
    from amends.flows.boundaries import scope
    from amends.mail.queries import SYSTEM

    with in_firm(firm):
        try:
            done = scope.take_back(SYSTEM, answer, by=doer(who), now=now())
        except ScopeAnswer.DoesNotExist:
            raise NotFound(f"There is no answer {answer}: see `amends boundary answers CLIENT`.") from None
        click.echo(json.dumps(_answer(done), ensure_ascii=False) if as_json else "Taken back.")


def _service(row: Service) -> dict[str, Any]:
    return {
        "id": str(row.public_id), "name": row.name, "how": row.how, "sentence": row.sentence,
        "suppliers": [one.supplier.name for one in row.done_by.all()],
    }  # fmt: skip


def _line(row: Service) -> str:
    said = f": {shown(row.sentence)}" if row.sentence else ""
    return f"{row.how:10} {shown(row.name)}{said}"


def _answer(row: ScopeAnswer) -> dict[str, Any]:
    return {
        "id": str(row.public_id), "kind": row.kind, "client": row.client.name, "words": row.words,
        "minutes": row.minutes, "cost": row.cost_shown or None, "price": row.price_shown or None,
        "message": str(row.message) if row.message else None, "draft": str(row.draft) if row.draft else None,
        "at": row.at.isoformat(),
    }  # fmt: skip


def _answer_line(row: ScopeAnswer) -> str:
    parts = (f"{row.minutes} min" if row.minutes else "", row.cost_shown, row.price_shown)
    more = ", ".join(each for each in parts if each)
    return f"{row.public_id}  {row.at:%Y-%m-%d}  {row.kind}: {shown(row.words)}{f' ({more})' if more else ''}"
