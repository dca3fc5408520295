"""What everybody may give clients alone: by role, and where a person differs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from amends.core.errors import AmendsError
from amends.core.money import Money, parse
from amends.firm import budgets
from amends.firm.allowances import Sum, set_member, set_role
from amends.firm.budgets import GIVING, KINDS, Limit, Purse
from amends.firm.models import Budget, Member, Period, Role
from amends.firm.rules import Right
from amends.recovery.models import RemedyKind
from amends.web.guard import needs, network_address
from amends.web.http import clock, firm_of, member_of

_ANY = {"any", "all", "∞"}


@dataclass(frozen=True, slots=True)
class Cell:
    """One limit of a role as a field."""

    kind: str
    label: str
    value: str


@dataclass(frozen=True, slots=True)
class RoleForm:
    """One role: its limits and its budget as fields, and what Amends suggests where the budget is left empty."""

    role: str
    label: str
    cells: list[Cell]
    budget: str
    period: str
    usual: Money | None


@dataclass(frozen=True, slots=True)
class PersonForm:
    """One person: where they differ from their role, and how their budget stands."""

    member: Member
    limit: str
    budget: str
    period: str
    purse: Purse
    left: Money | None


@needs(Right.ADMINISTER)
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Authority and budgets of all roles, and of people."""
    return _page(request)


@needs(Right.ADMINISTER)
@require_POST
def role(request: HttpRequest, role: str) -> HttpResponse:
    """Set what people of one role may give alone."""
    if role not in GIVING:
        raise Http404
    given, currency = request.POST, firm_of(request).currency
    try:
        limits = {kind: _limit(given.get(f"most-{kind}", ""), currency) for kind in KINDS}
        set_role(
            role, limits=limits, budget=_sum(given, currency), by=member_of(request), now=clock(),
            address=network_address(request),
        )  # fmt: skip
    except AmendsError as error:
        return _page(request, typed=given, at=role, problem=str(error))
    messages.success(request, _("Saved."))
    return redirect("budgets")


@needs(Right.ADMINISTER)
@require_POST
def person(request: HttpRequest, member_id: uuid.UUID) -> HttpResponse:
    """Set where one person differs from their role."""
    try:
        member = Member.objects.get(public_id=member_id)
    except Member.DoesNotExist as error:
        raise Http404 from error
    given, currency = request.POST, firm_of(request).currency
    try:
        own = given.get("limit", "").strip()
        limit = parse(own, currency).amount if own else None
        set_member(
            member, limit=limit, budget=_sum(given, currency), by=member_of(request), now=clock(),
            address=network_address(request),
        )  # fmt: skip
    except AmendsError as error:
        return _page(request, typed=given, at=str(member_id), problem=str(error))
    messages.success(request, _("Saved."))
    return redirect("budgets")


def _limit(text: str, currency: str) -> Limit:
    """An amount, "any", or nothing at all. Raises `BadAmount`."""
    if not text.strip():
        return Limit(alone=False)
    if text.strip().lower() in _ANY:
        return Limit(alone=True)
    return Limit(alone=True, most=parse(text, currency).units)


def _sum(given: QueryDict, currency: str) -> Sum | None:
    """A budget, or None where it is left empty. Raises `BadAmount`."""
    if not given.get("budget", "").strip():
        return None
    period = given.get("period", "")
    return Sum(
        parse(given.get("budget", ""), currency).units, Period(period if period in Period.values else Period.QUARTER)
    )


def _page(request: HttpRequest, *, typed: QueryDict | None = None, at: str = "", problem: str = "") -> HttpResponse:
    """The page, with what was typed for one role or person (`at`) where it was not taken."""
    firm = firm_of(request)
    rows = list(Budget.objects.all())
    of_role = {row.role: row for row in rows if row.member_id is None}
    of_member = {row.member_id: row for row in rows if row.member_id is not None}
    people = list(Member.objects.filter(is_active=True, role__in=GIVING).order_by("name", "pk"))
    purses = budgets.purses(people, firm, now=clock())
    roles = [_role(name, of_role.get(name), firm.currency, typed if name == at else None) for name in GIVING]
    persons = [
        _person(one, of_member.get(one.pk), purses[one.pk], firm.currency, typed if str(one.public_id) == at else None)
        for one in people
    ]
    context = {"roles": roles, "people": persons, "periods": Period.choices, "problem": problem, "at": at}
    return render(request, "settings/budgets.html", context, status=422 if problem else 200)


def _role(name: Role, row: Budget | None, currency: str, typed: QueryDict | None) -> RoleForm:
    _kinds, usual, period = budgets.DEFAULTS[name]
    limits = budgets.limits_of_role(name)
    return RoleForm(
        role=name.value,
        label=str(name.label),
        cells=[
            Cell(
                kind.value, str(kind.label), typed.get(f"most-{kind}", "") if typed else _shown(limits[kind], currency)
            )
            for kind in RemedyKind
        ],
        budget=typed.get("budget", "") if typed else _amount(row, currency),
        period=typed.get("period", "") if typed else (row.period if row else period),
        usual=Money(usual, currency) if usual is not None else None,
    )


def _person(member: Member, row: Budget | None, purse: Purse, currency: str, typed: QueryDict | None) -> PersonForm:
    return PersonForm(
        member=member,
        limit=typed.get("limit", "") if typed else _plain(member.authority),
        budget=typed.get("budget", "") if typed else _amount(row, currency),
        period=typed.get("period", "") if typed else (row.period if row else purse.period),
        purse=purse,
        left=Money(purse.left, currency) if purse.left is not None else None,
    )


def _shown(limit: Limit, currency: str) -> str:
    if not limit.alone:
        return ""
    return "any" if limit.most is None else _plain(Money(limit.most, currency).amount)


def _amount(row: Budget | None, currency: str) -> str:
    return _plain(Money(row.amount, currency).amount) if row else ""


def _plain(amount: Decimal | None) -> str:
    """As it can be typed again: 500, 12.50."""
    if amount is None:
        return ""
    return str(amount.quantize(Decimal(1))) if amount == amount.to_integral_value() else f"{amount:.2f}"
