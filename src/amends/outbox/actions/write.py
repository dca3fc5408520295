"""From what somebody wrote to a queued draft: recorded, with the exact bytes, before anything is sent."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm import audit
from amends.firm.queries import firm_in_scope
from amends.firm.secrets import seal
from amends.outbox.compose import MAX_FILES, File, Letter, Person, address, compose, one_line
from amends.outbox.models import Composed, Draft, DraftFile, Recipient, SmtpAccount, State
from amends.outbox.rules import CORRESPONDENCE, SECRETS

MOST_RECIPIENTS = 100
SEALED_FOR = "outbox"


class NotReady(AmendsError):
    """The draft cannot leave as it is; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Chain:
    """What a message answers: Message-IDs without brackets, oldest first, and the words to stand below."""

    in_reply_to: str = ""
    references: Sequence[str] = ()
    quoted: str = ""


NO_CHAIN = Chain()


def address_to(draft: Draft, people: Sequence[tuple[str, Person]]) -> None:
    """Set whom a draft goes to, as (role, person); whoever stands twice counts once. Raises `NoAddress`, `NotReady`."""
    rows: dict[str, Recipient] = {}
    for role, person in people:
        email = address(person.email)
        rows.setdefault(email, Recipient(draft=draft, role=role, name=one_line(person.name)[:200], email=email))
    if not rows:
        raise NotReady("Nobody would get it: enter at least one address.")
    if len(rows) > MOST_RECIPIENTS:
        message = f"{len(rows)} people are too many for one message: send to {MOST_RECIPIENTS} at most."
        raise NotReady(message)
    Recipient.objects.filter(draft=draft).delete()
    Recipient.objects.bulk_create(rows.values())


def attach(draft: Draft, files: Sequence[File], *, kept: Sequence[int] = ()) -> None:
    """Give a draft these files, beside those of its own that are `kept` by key. Raises `NotReady`."""
    DraftFile.objects.filter(draft=draft).exclude(pk__in=kept).delete()
    for file in files:
        DraftFile.objects.create(
            draft=draft, name=one_line(file.name)[:200] or "file", content_type=file.content_type[:100],
            size=len(file.data), data=file.data,
        )  # fmt: skip
    size = sum(DraftFile.objects.filter(draft=draft).values_list("size", flat=True))
    if size > MAX_FILES:
        most = MAX_FILES >> 20
        message = f"The files have {size / (1 << 20):.1f} MB together: send {most} MB at most, or a link to them."
        raise NotReady(message)


def queue(
    draft: Draft,
    *,
    account: SmtpAccount,
    now: datetime,
    delay: timedelta = timedelta(),
    chain: Chain = NO_CHAIN,
    held: bool = False,
) -> bool:
    """Fix a draft's bytes and let it leave after `delay`, or, `held`, when somebody lets it go; False where somebody
    queued or dropped it before."""
    with transaction.atomic():
        draft.own_id = draft.own_id or f"{uuid7().hex}@{account.from_address.rpartition('@')[2]}"
        data = _bytes_of(draft, account, chain, now)
        sealed = draft.purpose in SECRETS
        stored = seal(data.decode("ascii"), purpose=SEALED_FOR).encode("ascii") if sealed else data
        leaves = now + delay
        waits = {"state": State.HELD} if held else {"state": State.QUEUED, "not_before": leaves, "next_try_at": leaves}
        done = Draft.objects.filter(pk=draft.pk, state=State.DRAFT).update(
            account=account, from_address=account.from_address, own_id=draft.own_id, queued_at=now, changed_at=now,
            attempts=0, problem="", text="" if sealed else draft.text, **waits,
        )  # fmt: skip
        if not done:
            return False
        Composed.objects.filter(draft=draft).delete()
        Composed.objects.create(draft=draft, data=stored, sealed=sealed)
        audit.note(
            "draft.held" if held else "draft.queued", member=draft.author, who=audit.JOB,
            about=f"draft {draft.public_id}", now=now,
            detail={"purpose": draft.purpose, "recipients": draft.recipients.count()},
        )  # fmt: skip
    draft.refresh_from_db()
    return True


def _bytes_of(draft: Draft, account: SmtpAccount, chain: Chain, now: datetime) -> bytes:
    firm = firm_in_scope()
    people: dict[str, list[Person]] = {"to": [], "cc": [], "bcc": []}
    for row in draft.recipients.order_by("pk"):
        people[row.role].append(Person(row.name, row.email))
    name = account.from_name or (draft.author.name if account.member_id and draft.author else firm.name)
    parts = [draft.text.rstrip()]
    if account.signature.strip() and draft.purpose in CORRESPONDENCE:
        parts.append(f"-- \n{account.signature.strip()}")
    if chain.quoted:
        parts.append(chain.quoted)
    return compose(
        Letter(
            sender=Person(name, account.from_address), to=people["to"], cc=people["cc"], subject=draft.subject,
            text="\n\n".join(parts), own_id=draft.own_id, at=now.astimezone(ZoneInfo(firm.timezone)),
            in_reply_to=chain.in_reply_to, references=chain.references, automatic=draft.purpose not in CORRESPONDENCE,
            files=[File(file.name, file.content_type, bytes(file.data)) for file in draft.files.order_by("pk")],
        )
    )  # fmt: skip
