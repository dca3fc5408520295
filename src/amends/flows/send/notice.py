"""What the firm itself writes: invitations, password resets, notices, and the test of an account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.firm.models import Member
from amends.outbox.actions.accounts import wake
from amends.outbox.actions.write import address_to, queue
from amends.outbox.compose import Person, one_line
from amends.outbox.models import Draft, Purpose, SmtpAccount
from amends.outbox.queries import account_for

_TEST = "This is a test of the mail server that you entered in Amends. It works: mail can leave.\n"


def send_notice(to: str, *, subject: str, text: str, purpose: str, by: Member | None, now: datetime) -> Draft:
    """Send one person a message that the firm writes: "invitation", "reset", "notice".

    It leaves through the firm's account, else through `by`'s own. It is no correspondence: once sent, its text is
    forgotten. Raises `NoSender` where no account is set up (offer what the mail would have said in another way) and
    `NoAddress` where `to` is none.
    """
    account = account_for(by, firm_first=True)
    return _send(to, account=account, subject=subject, text=text, purpose=Purpose(purpose), by=by, now=now)


def send_test(account: SmtpAccount, *, by: Member, now: datetime) -> Draft:
    """Send a member a message through this account, so that they see whether it works."""
    wake(account)
    return _send(by.email, account=account, subject="Mail from Amends arrives", text=_TEST, purpose=Purpose.TEST, by=by,
                 now=now)  # fmt: skip


def _send(
    to: str, *, account: SmtpAccount, subject: str, text: str, purpose: Purpose, by: Member | None, now: datetime
) -> Draft:
    with transaction.atomic():
        draft = Draft.objects.create(
            author=by, purpose=purpose, subject=one_line(subject)[:500], text=text, created_at=now, changed_at=now
        )
        address_to(draft, [("to", Person("", to))])
        queue(draft, account=account, now=now)
    return draft
