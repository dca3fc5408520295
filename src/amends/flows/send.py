"""Sending: everything that leaves Amends goes through here, and through the outbox.

A call records a draft with its exact bytes and returns; the job runner sends it. So nothing waits for a mail server,
and nothing is lost or doubled when a process dies (`outbox.actions.deliver`).
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from amends.firm.models import Member
from amends.outbox.actions.write import address_to, queue
from amends.outbox.compose import NoAddress, Person, one_line
from amends.outbox.models import Draft, Purpose
from amends.outbox.queries import NoSender, account_for

__all__ = ["NoAddress", "NoSender", "send_notice"]


def send_notice(to: str, *, subject: str, text: str, purpose: str, by: Member | None, now: datetime) -> Draft:
    """Send one person a message that the firm writes: "invitation", "reset", "notice".

    It leaves through the firm's account, else through `by`'s own. It is no correspondence: once sent, its text is
    forgotten. Raises `NoSender` where no account is set up (offer what the mail would have said in another way) and
    `NoAddress` where `to` is none.
    """
    account = account_for(by, firm_first=True)
    with transaction.atomic():
        draft = Draft.objects.create(
            author=by, purpose=Purpose(purpose), subject=one_line(subject)[:500], text=text, created_at=now,
            changed_at=now,
        )  # fmt: skip
        address_to(draft, [("to", Person("", to))])
        queue(draft, account=account, now=now)
    return draft
