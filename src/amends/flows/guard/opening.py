"""A message that somebody drops on the page of the check: judged whole, and laid out so that it can be written on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from amends.firm.models import Member
from amends.flows.guard.checking import Written, answered_ids, check_among
from amends.judgement.guard import Draft, Mailbox, Result
from amends.mail.answered import conversation_answered
from amends.mail.models import Message
from amends.mail.queries import Reader
from amends.outbox.compose import NoAddress, Person, address
from amends.outbox.recipients import Audience

_BELOW = 20_000  # characters of what stands below that are looked at again while somebody writes on


@dataclass(frozen=True, slots=True)
class Opened:
    """A message with what the check says of it. `written` is the same as `check_written` takes it; `answered` the
    stored message that it answers, where the reader may read that."""

    written: Written
    draft: Draft
    result: Result
    answered: Message | None


def open_message(reader: Reader, raw: bytes, *, by: Member | None, now: datetime) -> Opened:
    """Check a whole message (EML) beside the stored conversation that it answers. Nothing is kept."""
    conversation = conversation_answered(reader, answered_ids(raw))
    draft, result = check_among(reader, raw, conversation, by=by, now=now)
    answered = conversation[-1] if conversation else None
    written = Written(
        draft.new_text, Audience(_people(draft.to), _people(draft.cc), _people(draft.bcc)), subject=draft.subject,
        files=draft.attachments, answering=answered.public_id if answered else None,
        quoted="\n\n".join(draft.below)[:_BELOW], sender=draft.sender.email if draft.sender else "",
    )  # fmt: skip
    return Opened(written, draft, result, answered)


def _people(mailboxes: tuple[Mailbox, ...]) -> tuple[Person, ...]:
    found = []
    for each in mailboxes:
        try:
            found.append(Person(each.name, address(each.email)))
        except NoAddress:
            continue
    return tuple(found)
