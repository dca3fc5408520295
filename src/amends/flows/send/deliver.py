"""What the job runner does with queued drafts: send each, and put what left with the mail."""

from __future__ import annotations

import tempfile
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import datetime
from pathlib import Path

from django.conf import settings

from amends.firm.scope import current_firm_id
from amends.firm.secrets import CannotUnseal
from amends.flows.live.opening import access_for
from amends.flows.receive import take_in
from amends.flows.tasks import judge_stored
from amends.mail.digest import STREAM_ABOVE, Digest, digest
from amends.mail.live import LiveTrouble
from amends.mail.models import Mailbox, Message
from amends.mail.sources import Item
from amends.outbox.actions import deliver
from amends.outbox.models import Draft
from amends.outbox.rules import CORRESPONDENCE
from amends.outbox.smtp import MaybeTaken, NotTaken, Patience, Withdrawn, hand_in
from amends.recovery.actions.briefs import told_by

_UNEXPECTED = "Something unexpected stopped this while it was leaving: it may have been sent."


def accounts_with_mail(*, now: datetime) -> list[int | None]:
    """The keys of accounts for which something is due; None stands for drafts whose account was removed."""
    return list(deliver.due(now).order_by().values_list("account", flat=True).distinct())


def send_next(
    account_id: int | None, *, sender: uuid.UUID, clock: Callable[[], datetime], patience: Patience | None = None
) -> bool:
    """Send one draft that is due for this account; False where there is none.

    The claim is committed before a byte is sent, and what came of it after; in between no transaction is open.
    """
    draft = deliver.claim(account_id, sender=sender, now=clock())
    if draft is None:
        return False
    try:
        server, envelope = deliver.addressed(draft)
        if draft.account is not None and draft.account.permission is not None:
            server = replace(server, token=access_for(draft.account.permission, server.host))
        answers = hand_in(
            server, envelope, go_ahead=lambda: deliver.hand_over(draft, sender=sender, now=clock()), patience=patience
        )
    except Withdrawn:
        return True
    except CannotUnseal as error:
        deliver.not_taken(draft, NotTaken(str(error), retry=False, account=True), sender=sender, now=clock())
    except LiveTrouble as error:
        deliver.not_taken(draft, NotTaken(str(error), retry=error.retry, account=True), sender=sender, now=clock())
    except NotTaken as error:
        deliver.not_taken(draft, error, sender=sender, now=clock())
    except MaybeTaken as error:
        deliver.maybe_taken(draft, error, sender=sender, now=clock())
    except Exception:
        deliver.maybe_taken(draft, MaybeTaken(_UNEXPECTED), sender=sender, now=clock())
        raise
    else:
        deliver.took(draft, answers, sender=sender, now=clock())
    file_sent(now=clock(), only=draft)
    return True


def alive(*, senders: Sequence[uuid.UUID], now: datetime) -> None:
    """Say that these senders are alive and have their drafts in hand."""
    deliver.beat(senders, now=now)


def file_sent(*, now: datetime, only: Draft | None = None) -> int:
    """Put what left with the mail: stored, threaded, and judged like any message. Killed, it is done again.

    The copy that comes back from the Sent folder is known by its fingerprint, whichever of the two comes first.
    """
    drafts, kept = deliver.to_file(only=only), False
    for draft in drafts:
        message = draft.message_id
        if draft.purpose in CORRESPONDENCE and message is None:
            data = deliver.bytes_of(draft)
            if data is None:  # another process files it
                continue
            message, kept = _store(draft, data, now), True
        told_by(draft.public_id, at=draft.sent_at or now)
        deliver.filed(draft, message_id=message, now=now)
    if kept:
        judge_stored.enqueue(firm_id=current_firm_id())
    return len(drafts)


def sweep(*, now: datetime, alone: bool = False) -> int:
    """Turn what a dead sender left into *unclear*, give up what waited too long, file what was not, forget the dropped.

    Returns how many drafts changed.
    """
    return deliver.sweep(now=now, alone=alone) + file_sent(now=now) + deliver.purge(now=now)


def _store(draft: Draft, data: bytes, now: datetime) -> int:
    """The key of the message that a sent draft becomes in the mailbox of its sender's address."""
    read = _digest(data, f"sent from Amends, draft {draft.public_id}", now)
    owner = draft.account.member if draft.account else None
    mailbox, _ = Mailbox.objects.get_or_create(address=draft.from_address, defaults={"created_at": now, "owner": owner})
    take_in([read], mailbox=mailbox, now=now)
    return Message.objects.values_list("pk", flat=True).get(fingerprint=read.fingerprint)


def _digest(data: bytes, source: str, now: datetime) -> Digest:
    if len(data) <= STREAM_ABOVE:
        return digest(Item(Path("outbox"), 0, len(data), source, data=data), now=now)
    settings.UPLOADS.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.NamedTemporaryFile(dir=settings.UPLOADS, prefix="sent-") as file:
        file.write(data)
        file.flush()
        return digest(Item(Path(file.name), 0, len(data), source, data=data), now=now)
