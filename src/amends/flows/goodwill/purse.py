"""Paying what is given out of one's own budget, within one's own authority; above it, saying who may.

The same rules and the same ledger as for remedies (`firm.budgets`). There is no request for approval here: a partner,
or whoever else may give so much, records it themselves.
"""

from __future__ import annotations

import uuid
from datetime import datetime

from amends.core.errors import AmendsError
from amends.core.money import Money
from amends.firm import budgets
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may

_NAMED = 3  # people that a sentence names


class TooMuch(AmendsError):
    """More than this member may give alone; the text says who may."""


def pay(kind: str, cost: Money, *, about: uuid.UUID, by: Member, now: datetime) -> None:
    """Take what it costs out of the budget of `by`, in the transaction at hand. Raises `TooMuch`."""
    if cost.currency != firm_in_scope().currency:
        raise TooMuch("The firm counts in another currency now: drop this one and write it down anew.")
    limit = budgets.limit_of(by, kind)
    if not limit.covers(cost.units):
        most = "" if limit.most is None else f", which is {Money(limit.most, cost.currency)} at most"
        alone = f"{cost} is more than you may give alone{most}" if limit.alone else "You may not give this alone"
        raise TooMuch(f"{alone}: {_who_may(kind, cost, besides=by, now=now)}")
    try:
        budgets.take(by, cost.units, about=about, now=now)
    except budgets.NotEnough as error:
        until = f"{error.until:%-d %B}"
        raise TooMuch(
            f"Your budget has {error.left} left until {until}: {_who_may(kind, cost, besides=by, now=now)}"
        ) from error


def pay_back(about: uuid.UUID, *, now: datetime) -> None:
    """What was taken for this goes back into the budget that it came from."""
    budgets.give_back(about, now=now)


def _who_may(kind: str, cost: Money, *, besides: Member, now: datetime) -> str:
    people = [
        one
        for one in Member.objects.filter(is_active=True).exclude(pk=besides.pk).order_by("name", "pk")
        if may(one.role, Right.ACT) and budgets.limit_of(one, kind).covers(cost.units)
    ]
    firm = firm_in_scope()
    purses = budgets.purses(people, firm, now=now) if people else {}
    names = [one.name for one in people if purses[one.pk].covers(cost.units)]
    if not names:
        return "nobody else here may either, until an administrator raises it in Settings, Authority and budgets."
    more = "" if len(names) <= _NAMED else " or somebody else with that authority"
    return f"{' or '.join(names[:_NAMED])}{more} may, and records it then."
