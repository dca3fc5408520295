"""Reads of drafts and of the accounts they leave through."""

from __future__ import annotations

from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.outbox.models import Draft, SmtpAccount


class NoSender(AmendsError):
    """There is no account to send with. Set up, the same call works."""

    def __init__(self) -> None:
        super().__init__(
            "Nothing can be sent yet: an administrator enters the firm's mail server in Settings, Sending."
        )


def firm_account() -> SmtpAccount | None:
    """The account of the firm in scope."""
    return SmtpAccount.objects.filter(member=None).first()


def own_account(member: Member) -> SmtpAccount | None:
    """The account of one member."""
    return SmtpAccount.objects.filter(member=member).first()


def account_for(member: Member | None, *, firm_first: bool = False) -> SmtpAccount:
    """Their own account, else the firm's; the other way round where the firm speaks. Raises `NoSender`."""
    own = Q(member=member) if member is not None else Q(pk=None)
    first = Q(member__isnull=True) if firm_first else Q(member__isnull=False)
    order = Case(When(first, then=Value(0)), default=Value(1), output_field=IntegerField())
    found = SmtpAccount.objects.filter(Q(member=None) | own).order_by(order).first()
    if found is None:
        raise NoSender
    return found


def in_reach(member: Member) -> QuerySet[Draft]:
    """The drafts that this member may see the fate of and settle: their own; an administrator's are all."""
    if may(member.role, Right.ADMINISTER):
        return Draft.objects.all()
    return Draft.objects.filter(author=member)
