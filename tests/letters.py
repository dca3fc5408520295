"""Letters for tests: written in one line, as bytes, and brought in through the same code as any mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING

from amends.mail.digest import Digest, digest
from amends.mail.sources import Item

if TYPE_CHECKING:
    from amends.mail.actions.store import Stored
    from amends.mail.models import Mailbox, Message

OURS = "Ada Moss <ada@studio.example>"
THEIRS = "Petra Hartwell <petra@hartwell.example>"


def letter(
    text: str = "Dear Ada,\n\nplease see the plan for the week.\n",
    *,
    at: datetime,
    sender: str = THEIRS,
    to: str = OURS,
    cc: str = "",
    subject: str = "The brochure",
    message_id: str = "",
    references: Sequence[str] = (),
    headers: dict[str, str] | None = None,
    encoding: str = "8bit",
) -> bytes:
    """One plain message. `message_id` and `references` go without angle brackets."""
    made = EmailMessage()
    made["From"], made["To"] = sender, to
    if cc:
        made["Cc"] = cc
    made["Subject"], made["Date"] = subject, format_datetime(at)
    if message_id:
        made["Message-ID"] = f"<{message_id}>"
    if references:
        made["In-Reply-To"] = f"<{references[-1]}>"
        made["References"] = " ".join(f"<{one}>" for one in references)
    for name, value in (headers or {}).items():
        made[name] = value
    made.set_content(text, cte=encoding)
    return made.as_bytes()


def digests(letters: Iterable[bytes], *, now: datetime) -> list[Digest]:
    """What a reader makes of these messages."""
    return [
        digest(Item(Path("letters"), 0, len(data), f"letter {number}", data=data), now=now)
        for number, data in enumerate(letters, start=1)
    ]


def mailbox(*, now: datetime, address: str = "ada@studio.example") -> Mailbox:
    """A mailbox of the firm in scope."""
    from amends.mail.models import Mailbox

    return Mailbox.objects.get_or_create(address=address, defaults={"created_at": now})[0]


def bring(*letters: bytes, now: datetime, address: str = "ada@studio.example", batch: int = 50) -> Stored:
    """Store letters in the firm in scope, in batches; nothing is judged yet."""
    from amends.mail.actions.store import Stored, store

    total, read = Stored(), digests(letters, now=now)
    for at in range(0, len(read), batch):
        part = store(read[at : at + batch], mailbox=mailbox(now=now, address=address), now=now)
        total.imported += part.imported
        total.duplicates += part.duplicates
        total.skipped += part.skipped
        total.set_aside += part.set_aside
    return total


def judged(*letters: bytes, now: datetime) -> Stored:
    """Store letters and judge them, as an import does."""
    from amends.flows.judge import judge_new

    stored = bring(*letters, now=now)
    judge_new(now=now)
    return stored


def stored(message_id: str) -> Message:
    """The one stored message with this Message-ID."""
    from amends.mail.models import Message

    return Message.objects.get(message_id=message_id)


def days(number: float) -> timedelta:
    """So many days."""
    return timedelta(days=number)
