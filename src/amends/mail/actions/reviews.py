"""Reviews as messages: what was said of the firm in public has evidence like all else, bytes first.

A review is a small message of our making with the words as they were said, in the mailbox *Reviews* that all
read. Its kind is `review`: nothing judges it, counts it as correspondence, or expects an answer by mail. Whose it is, a
person says, and no placing by domain overrules that.
"""

from __future__ import annotations

import uuid
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from pathlib import Path

from amends.clients.models import Client
from amends.mail.actions.store import Stored, store
from amends.mail.digest import digest
from amends.mail.models import Direction, Mailbox, Message, Thread, Visibility
from amends.mail.parsing import Kind
from amends.mail.sources import Item

MAILBOX = "Reviews"
_SENDER = "said@review.invalid"  # RFC 2606: an address that nobody can have


def keep_review(
    review_id: uuid.UUID, *, client: Client, who: str, subject: str, text: str, at: datetime, now: datetime
) -> Message:
    """Store a review, once; the same again returns the message that is there, as this client's."""
    name = f"{review_id}@review.invalid"
    read = digest(
        Item(Path(MAILBOX), 0, 0, f"review {review_id}", data=_bytes(name, who, subject, text, at)), now=now
    )  # fmt: skip
    mailbox, _new = Mailbox.objects.get_or_create(
        address=MAILBOX, defaults={"created_at": now, "visibility": Visibility.ALL}
    )

    def settle(_stored: Stored) -> None:
        rows = Message.objects.filter(fingerprint=read.fingerprint)
        rows.update(kind=Kind.REVIEW, kind_reason="", direction=Direction.IN, client=client, judged=1)
        Thread.objects.filter(pk__in=rows.values("thread")).update(client=client)

    store([read], mailbox=mailbox, now=now, then=settle)
    return Message.objects.select_related("thread").get(fingerprint=read.fingerprint)


def take_review_back(message_id: uuid.UUID) -> None:
    """It is no client's any more: nothing of any client shows it."""
    rows = Message.objects.filter(public_id=message_id, kind=Kind.REVIEW)
    Thread.objects.filter(pk__in=rows.values("thread")).update(client=None)
    rows.update(client=None)


def _bytes(name: str, who: str, subject: str, text: str, at: datetime) -> bytes:
    made = EmailMessage(policy=SMTP)
    made["From"] = Address(who, addr_spec=_SENDER)
    made["Subject"] = subject
    made["Date"] = at
    made["Message-ID"] = f"<{name}>"
    made["Auto-Submitted"] = "auto-generated"  # read anew elsewhere, it is not taken for a letter
    made["X-Amends-Channel"] = "review"
    made.set_content(text)
    return bytes(made)
