"""What happens when a remedy is agreed: it is paid out of a budget, and promised; and when that is taken back."""

from __future__ import annotations

from datetime import datetime

from amends.core.money import Money
from amends.firm import budgets
from amends.firm.audit import note
from amends.firm.models import Member
from amends.flows.recovery import promising
from amends.recovery.actions import remedies as actions
from amends.recovery.models import Recovery, Remedy, RemedyState


def settle_agreed(remedy: Remedy, *, payer: Member, by: Member, now: datetime) -> None:
    """It is agreed: paid out of the budget of `payer`, promised with its date. Raises `Moved` and `NotEnough`."""
    actions.step(remedy, RemedyState.AGREED, now=now)
    budgets.take(payer, remedy.cost, about=remedy.public_id, now=now)
    Recovery.objects.filter(pk=remedy.recovery_id, agreed_at=None).update(agreed_at=now)
    _promise(remedy, by=by, now=now)
    noted("agreed", remedy, by=by, now=now)


def _promise(remedy: Remedy, *, by: Member, now: datetime) -> None:
    if remedy.due_on is None:
        return
    remedy.promise = promising.promise(
        remedy.what, recovery=remedy.recovery, owner=remedy.recovery.owner or by, due_on=remedy.due_on,
        about=remedy.public_id, by=by, now=now,
    )  # fmt: skip
    Remedy.objects.filter(pk=remedy.pk).update(promise=remedy.promise)


def unspend(remedy: Remedy, *, by: Member, now: datetime) -> None:
    """What it took from a budget goes back, and its promise is withdrawn."""
    budgets.give_back(remedy.public_id, now=now)
    promising.taken_back(remedy.promise, by=by, now=now)
    Remedy.objects.filter(pk=remedy.pk).update(promise=None)
    remedy.promise = None


def noted(did: str, remedy: Remedy, *, by: Member, now: datetime) -> None:
    """One line in the audit log."""
    detail = {"kind": remedy.kind, "cost": str(Money(remedy.cost, remedy.currency))}
    note(f"remedy.{did}", member=by, about=f"remedy {remedy.public_id}", detail=detail, now=now)
