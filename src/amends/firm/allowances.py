"""Saying what people may give alone: by role, and where somebody differs from their role. Each change is noted."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from amends.core.errors import AmendsError
from amends.core.money import Money
from amends.firm.audit import note
from amends.firm.budgets import GIVING, KINDS, Limit
from amends.firm.models import Allowance, Budget, Member, Period
from amends.firm.queries import firm_in_scope


class NotForThem(AmendsError):
    """This role gives nothing, so there is nothing to set."""


@dataclass(frozen=True, slots=True)
class Sum:
    """A budget: so much in each period."""

    amount: int
    period: Period


def set_role(
    role: str, *, limits: Mapping[str, Limit], budget: Sum | None, by: Member | None, now: datetime,
    address: str | None = None,
) -> None:  # fmt: skip
    """Set what people of this role may give alone at once, and in a period; `budget` None is what Amends suggests."""
    if role not in GIVING:
        raise NotForThem("Finance viewers look on and give nothing: choose another role.")
    with transaction.atomic():
        Allowance.objects.filter(role=role).delete()
        Allowance.objects.bulk_create(
            Allowance(role=role, kind=kind, most=limits[kind].most)
            for kind in KINDS
            if kind in limits and limits[kind].alone
        )
        if not any(limit.alone for limit in limits.values()):  # said, and not a role that nobody spoke of
            Allowance.objects.create(role=role, kind=NOTHING, most=0)
        _set_budget(budget, role=role, member=None)
        said = {kind: _shown(limits[kind]) for kind in KINDS if kind in limits}
        note("budget.role_set", member=by, about=role, detail={**said, **_of(budget)}, now=now, address=address)


NOTHING = "nothing"
"""The kind of the one row of a role that gives nothing alone."""


def set_member(
    member: Member, *, limit: Decimal | None, budget: Sum | None, by: Member | None, now: datetime,
    address: str | None = None,
) -> None:  # fmt: skip
    """Set where a person differs from their role: the most at once, and their budget; None is the role's."""
    if member.role not in GIVING:
        raise NotForThem("Finance viewers look on and give nothing: give them another role first.")
    with transaction.atomic():
        Member.objects.filter(pk=member.pk).update(authority=limit)
        _set_budget(budget, role="", member=member)
        said = {"at_once": "as their role" if limit is None else str(limit), **_of(budget)}
        note("budget.member_set", member=by, about=member.email, detail=said, now=now, address=address)
    member.authority = limit


def _set_budget(budget: Sum | None, *, role: str, member: Member | None) -> None:
    whose: dict[str, Any] = {"member": member} if member is not None else {"member": None, "role": role}
    if budget is None:
        Budget.objects.filter(**whose).delete()
    else:
        Budget.objects.update_or_create(**whose, defaults={"amount": budget.amount, "period": budget.period})


def _shown(limit: Limit) -> str:
    if not limit.alone:
        return "not alone"
    return "any" if limit.most is None else str(Money(limit.most, firm_in_scope().currency))


def _of(budget: Sum | None) -> dict[str, str]:
    if budget is None:
        return {"budget": "as before anybody set it"}
    return {"budget": f"{Money(budget.amount, firm_in_scope().currency)} {budget.period.label}"}
