"""Reads of drafts and of the accounts they leave through."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import datetime

from django.conf import settings
from django.db.models import Case, IntegerField, Q, QuerySet, Value, When

from amends.clients.models import Client
from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.firm.rules import Right, may
from amends.mail.models import Account, Credential, Thread
from amends.outbox.models import Draft, Purpose, SmtpAccount, State
from amends.outbox.rules import LATELY

_LISTED = 200  # drafts on the page


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


def permitted_accounts(member: Member, *, shared: bool) -> list[Account]:
    """Mailboxes that were connected by a permission, which may send as well: this member's own, and with `shared` those
    that are nobody's."""
    whose = Q(mailbox__owner=member) | Q(mailbox__owner=None) if shared else Q(mailbox__owner=member)
    rows = Account.objects.filter(whose).exclude(credential=Credential.PASSWORD).select_related("mailbox")
    return [each for each in rows.order_by("pk") if each.credential in settings.MAIL_GRANTORS]


def can_send(member: Member) -> bool:
    """Whether there is an account that this member's mail can leave through."""
    return SmtpAccount.objects.filter(Q(member=None) | Q(member=member)).exists()


def listed(member: Member, *, now: datetime) -> list[Draft]:
    """What the page of the outbox shows this member, newest step first: what is open, and what ended lately."""
    rows = in_reach(member).exclude(~Q(author=member), state=State.DRAFT)
    rows = rows.exclude(state__in=[State.SENT, State.DROPPED], changed_at__lt=now - LATELY)
    rows = rows.exclude(state=State.SENT, purpose=Purpose.TEST).select_related(
        "author", "account", "thread", "client", "answers", "settled_by"
    )
    return list(rows.prefetch_related("recipients").order_by("-changed_at", "-pk")[:_LISTED])


def in_thread(thread: Thread, *, member: Member, also: Sequence[uuid.UUID] = ()) -> list[Draft]:
    """What is about to leave for a conversation, whoever wrote it; what this member began or has to settle there;
    and those `also` asked for that left."""
    open_now = Q(state__in=[State.QUEUED, State.SENDING]) | Q(public_id__in=also, state=State.SENT)
    own = Q(author=member, state__in=[State.DRAFT, State.HELD, State.FAILED, State.UNCLEAR])
    rows = Draft.objects.filter(open_now | own, thread=thread).select_related(
        "author", "account", "answers", "settled_by"
    )
    return list(rows.prefetch_related("recipients", "files").order_by("created_at", "pk"))


def to_settle(member: Member) -> int:
    """How many drafts wait for this member's decision."""
    return in_reach(member).filter(state__in=[State.FAILED, State.UNCLEAR, State.HELD]).count()


def last_test(account: SmtpAccount, *, by: Member) -> Draft | None:
    """The newest trial that this member made of an account, as it is set up now."""
    tests = Draft.objects.filter(author=by, account=account, purpose=Purpose.TEST, created_at__gte=account.changed_at)
    return tests.prefetch_related("recipients").order_by("-created_at").first()


def in_reach(member: Member) -> QuerySet[Draft]:
    """The drafts that this member may see the fate of and settle: their own, and all that the check holds where they
    may decide; an administrator's are all."""
    if may(member.role, Right.ADMINISTER):
        return Draft.objects.all()
    held = Q(state=State.HELD) if may(member.role, Right.DECIDE) else Q()
    return Draft.objects.filter(Q(author=member) | held)


def letters_to(client: Client, *, member: Member, also: Sequence[uuid.UUID] = ()) -> tuple[list[Draft], Draft | None]:
    """First messages of this member to a client: those that are on their way or wait for them, of those `also` asked
    for what left; and the one that was taken back last, to write on."""
    rows = Draft.objects.filter(purpose=Purpose.LETTER, client=client, author=member).exclude(
        Q(state=State.DROPPED) | Q(state=State.SENT) & ~Q(public_id__in=also)
    )
    found = list(
        rows.select_related("author", "account", "thread", "settled_by")
        .prefetch_related("recipients", "files").order_by("created_at", "pk")[:_LISTED]
    )  # fmt: skip
    begun = [draft for draft in found if draft.state == State.DRAFT]
    return [draft for draft in found if draft.state != State.DRAFT], begun[-1] if begun else None
