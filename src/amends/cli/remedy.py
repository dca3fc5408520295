"""`amends remedy`: what is given, by whose authority, and requests to give more."""

from __future__ import annotations

import json
import uuid
from typing import TYPE_CHECKING, Any

import click

from amends.cli.named import NotFound, doer, doing, point_called, recovery_called, shared
from amends.cli.recovery import told
from amends.cli.recovery.told import moment
from amends.cli.shown import shown
from amends.cli.start import in_firm, now, open_home

if TYPE_CHECKING:
    from amends.firm.models import Member
    from amends.recovery.models import Approval, Remedy

_KINDS = click.Choice(["fix", "redo", "credit", "refund", "replacement", "gesture", "person"])
_ATTENTION = 1  # exit code: done, and it waits for somebody


@click.group("remedy")
def remedy_command() -> None:
    """Offer, agree and give remedies; ask for approval, and answer requests.

    RECOVERY is its id, or the name of a client that has one open. A command that ends with a request for approval
    ends with code 1: somebody has to answer it.
    """


@remedy_command.command("list")
@click.argument("recovery")
@shared
def list_command(recovery: str, firm: str | None, *, as_json: bool) -> None:
    """What was offered, agreed and done, and what it costs together."""
    open_home(quiet=True)
    from amends.recovery.giving import cost_of, remedies_of
    from amends.recovery.queries import find

    with in_firm(firm):
        rows = remedies_of(find(recovery_called(recovery)))
        costs = [f"{one.amount}" for one in cost_of(rows)]
        told.several(rows, _remedy, _line, as_json=as_json, nothing="Nothing is offered yet.", cost=costs)


@remedy_command.command("suggest")
@click.argument("recovery")
@shared
def suggest_command(recovery: str, firm: str | None, *, as_json: bool) -> None:
    """What the playbook of its failure mode offers, with typical costs."""
    open_home(quiet=True)
    from amends.recovery.giving import suggestions
    from amends.recovery.queries import find, playbook

    with in_firm(firm) as found:
        row = find(recovery_called(recovery))
        book = playbook(row.failure_mode) if row.failure_mode else None
        rows = suggestions(book, found.currency) if book else []
        told.several(
            rows,
            lambda one: {
                "kind": one.kind, "what": one.what, "cost": str(one.cost.amount), "currency": one.cost.currency,
            },
            lambda one: f"{one.kind:12} {one.cost}  {shown(one.what)}",
            as_json=as_json, nothing="Say how we failed first: amends recovery learn RECOVERY --mode MODE.",
        )  # fmt: skip


def _gives(name: str, says: str) -> None:
    def give(
        recovery: str, kind: str, what: str, firm: str | None, who: str | None, *, as_json: bool, issue: str | None,
        **typed: Any,
    ) -> None:  # fmt: skip
        open_home(quiet=True)
        from amends.flows.recovery import remedies
        from amends.mail.queries import SYSTEM

        with in_firm(firm):
            about = recovery_called(recovery)
            point = point_called(about, issue) if issue else None
            given = remedies.Typed(kind=kind, what=what, issue=point, **typed)
            deed = remedies.offer if name == "offer" else remedies.give
            made = deed(SYSTEM, about, given, by=doer(who), now=now())
            _show(made.public_id, as_json=as_json)

    give.__doc__ = says
    command: Any = doing(give)
    for option in (
        click.option("--because", default="", help="Why, for whoever approves it."),
        click.option("--issue", default=None, metavar="ISSUE", help="The point that it is for."),
        click.option("--goodwill", is_flag=True, help="Given although the fault was not ours."),
        click.option("--due", default="", metavar="DAY", help='By when: 2026-03-19, or "Thursday".'),
        click.option("--cost", default="", metavar="AMOUNT", help="What it costs us, in the firm's currency."),
        click.argument("what"),
        click.argument("kind", type=_KINDS),
        click.argument("recovery"),
    ):
        command = option(command)
    remedy_command.command(name)(command)


_gives("offer", "Write down what could be given; nothing is agreed or spent.")
_gives("give", "Agree a remedy: at once within one's authority and budget, else by asking for approval.")


def _acts(name: str, do: str, says: str, *options: Any) -> None:
    def act(remedy: uuid.UUID, firm: str | None, who: str | None, *, as_json: bool, **said: Any) -> None:
        open_home(quiet=True)
        from amends.flows.recovery.given import on_remedy
        from amends.mail.queries import SYSTEM

        with in_firm(firm):
            _there(remedy)
            on_remedy(SYSTEM, remedy, do=do, by=doer(who), now=now(), **said)
            _show(remedy, as_json=as_json)

    act.__doc__ = says
    command: Any = doing(act)
    for option in reversed(options):
        command = option(command)
    remedy_command.command(name)(click.argument("remedy", type=click.UUID)(command))


_acts(
    "agree", "agree", "The client takes what was offered: agreed at once, or approval is asked.",
    click.option("--due", default="", metavar="DAY", help="By when, where that was not said."),
    click.option("--because", default="", help="Why, for whoever approves it."),
)  # fmt: skip
_acts("do", "done", "It was given as agreed.")
_acts("withdraw", "withdraw", "Take it off the table; the budget gets back what it took.")
_acts("undo", "undo", "The last step was a slip.")


@remedy_command.command("approvals")
@click.option("--all", "everything", is_flag=True, help="Those that were answered, too.")
@shared
def approvals_command(firm: str | None, *, everything: bool, as_json: bool) -> None:
    """Requests to give more than somebody may alone."""
    open_home(quiet=True)
    from amends.recovery.giving import approvals

    with in_firm(firm):
        rows = approvals(open_only=not everything)
        told.several(rows, _approval, _request_line, as_json=as_json, nothing="Nobody waits for an approval.")


def _decides(name: str, says: str) -> None:
    def decide(approval: uuid.UUID, why: str, firm: str | None, who: str | None, *, as_json: bool) -> None:
        open_home(quiet=True)
        from amends.flows.recovery import approvals
        from amends.recovery.models import Approval

        with in_firm(firm):
            try:
                done = approvals.decide(approval, approve=name == "approve", why=why, by=doer(who), now=now())
            except Approval.DoesNotExist:
                raise NotFound(f"There is no request {approval}: see `amends remedy approvals`.") from None
            if as_json:
                click.echo(json.dumps(_approval(done), ensure_ascii=False))
            else:
                click.echo(_request_line(done))

    decide.__doc__ = says
    command = doing(click.option("--why", default="", help="Why; whoever asked is told.")(decide))
    remedy_command.command(name)(click.argument("approval", type=click.UUID)(command))


_decides("approve", "Approve a request: it is agreed, and paid out of the budget of whoever approves.")
_decides("refuse", "Do not approve a request, and say why.")


@remedy_command.command("budget")
@doing
def budget_command(firm: str | None, who: str | None, *, as_json: bool) -> None:
    """What one may give alone, what is left of the budget, and each line of it."""
    open_home(quiet=True)
    from amends.insights.recovery.giving import ledger

    with in_firm(firm):
        member = doer(who)
        found = ledger(member, now=now())
        limits = {line.kind: _limit(line.limit.alone, line.most) for line in found.lines}
        entries = [
            {"at": one.entry.at.isoformat(), "amount": str(one.amount.amount),
             "remedy": str(one.remedy.public_id) if one.remedy else None,
             "client": one.remedy.recovery.client.name if one.remedy else None}
            for one in found.entries
        ]  # fmt: skip
        if as_json:
            told = {
                "member": member.email, "alone": limits,
                "budget": str(found.budget.amount) if found.budget else None,
                "spent": str(found.spent.amount) if found.spent else None,
                "left": str(found.left.amount) if found.left else None, "entries": entries,
            }  # fmt: skip
            click.echo(json.dumps(told, ensure_ascii=False))
            return
        left = f"{found.left} left of {found.budget}" if found.budget else "the budget is not bounded"
        click.echo(f"{shown(member.name)}: {left}.")
        for kind, most in limits.items():
            click.echo(f"  {kind:12} {most}")
        for one in found.entries:
            client = one.remedy.recovery.client.name if one.remedy else ""
            click.echo(f"  {one.entry.at:%Y-%m-%d}  {one.amount}  {shown(client)}")


def _limit(alone: bool, most: object) -> str:
    return "with approval" if not alone else "any amount" if most is None else str(most)


def _there(remedy: uuid.UUID) -> Remedy:
    from amends.recovery.models import Remedy

    rows = Remedy.objects.select_related(
        "recovery__client", "by", "issue", "approval__asked_by", "approval__decided_by"
    )
    found = rows.filter(public_id=remedy).first()
    if found is None:
        raise NotFound(f"There is no remedy {remedy}: see `amends remedy list`.")
    return found


def _show(remedy: uuid.UUID, *, as_json: bool) -> None:
    """Print a remedy; ends with code 1 where it waits for an approval."""
    found = _there(remedy)
    if as_json:
        click.echo(json.dumps(_remedy(found), ensure_ascii=False))
    else:
        click.echo(_line(found))
    if found.state == "asked":
        click.get_current_context().exit(_ATTENTION)


def _remedy(one: Remedy) -> dict[str, Any]:
    from amends.core.money import Money

    request: Approval | None = getattr(one, "approval", None)
    return {
        "id": str(one.public_id), "recovery": str(one.recovery.public_id), "kind": one.kind, "what": one.what,
        "cost": str(Money(one.cost, one.currency).amount), "currency": one.currency, "goodwill": one.goodwill,
        "due_on": one.due_on.isoformat() if one.due_on else None, "state": one.state, "by": _who(one.by),
        "at": one.at.isoformat(), "changed_at": one.changed_at.isoformat(),
        "issue": str(one.issue.public_id) if one.issue else None, "promise": str(one.promise) if one.promise else None,
        "approval": _request(request) if request else None,
    }  # fmt: skip


def _request(one: Approval) -> dict[str, Any]:
    return {
        "id": str(one.public_id), "decision": one.decision, "asked_by": _who(one.asked_by),
        "asked_at": one.asked_at.isoformat(), "because": one.because, "decided_by": _who(one.decided_by),
        "decided_at": moment(one.decided_at), "why": one.why,
    }  # fmt: skip


def _approval(one: Approval) -> dict[str, Any]:
    from amends.core.money import Money

    remedy = one.remedy
    about = {
        "id": str(remedy.public_id), "recovery": str(remedy.recovery.public_id), "client": remedy.recovery.client.name,
        "kind": remedy.kind, "what": remedy.what, "cost": str(Money(remedy.cost, remedy.currency).amount),
        "currency": remedy.currency,
    }  # fmt: skip
    return {**_request(one), "remedy": about}


def _who(member: Member | None) -> str | None:
    return member.email if member else None


def _line(one: Remedy) -> str:
    from amends.core.money import Money

    due = f", by {one.due_on.isoformat()}" if one.due_on else ""
    state = one.get_state_display().lower()
    said = f"{one.public_id}  {state}: {one.kind}, {Money(one.cost, one.currency)}{due}: {shown(one.what)}"
    request: Approval | None = getattr(one, "approval", None)
    if request is not None and request.decision == "open":
        said += f"\n  waits for approval {request.public_id}"
    return said


def _request_line(one: Approval) -> str:
    from amends.core.money import Money

    remedy = one.remedy
    cost, client = Money(remedy.cost, remedy.currency), shown(remedy.recovery.client.name)
    asker = shown(one.asked_by.name) if one.asked_by else "somebody"
    said = one.get_decision_display().lower()
    return f"{one.public_id}  {said}: {cost} for {client}, asked by {asker}: {shown(remedy.what)}"
