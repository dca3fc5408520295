"""Holding a call: beginning and ending it, taking notes from browsers, and what becomes of them afterwards."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm import audit
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.flows.recovery.mailing import Mailing, mail
from amends.flows.recovery.promising import promise
from amends.insights.recovery.brief_text import spoken
from amends.insights.recovery.call import Heard, heard_in, notes_of, one_call
from amends.insights.recovery.door import readable_recovery
from amends.mail.queries import Reader
from amends.outbox.models import Draft
from amends.recovery.actions import calls as do
from amends.recovery.models import Call, Note
from amends.signals.models import Origin


class NotThat(AmendsError):
    """What was asked of a note cannot be; the text says what is missing."""


@dataclass(frozen=True, slots=True)
class Told:
    """What a browser is told: which edition stands of what it sent (None: not taken), what others wrote, and the
    promises that were heard, by note."""

    standing: dict[uuid.UUID, int | None]
    notes: list[Note]
    heard: dict[uuid.UUID, list[Heard]]
    ended: bool


def begin(reader: Reader, recovery_id: uuid.UUID, *, by: Member, now: datetime) -> Call:
    """Begin a call, or take part in the one that is being held. Raises `Recovery.DoesNotExist`."""
    recovery = readable_recovery(reader, recovery_id)
    call = do.begin(recovery, by=by, now=now)
    if call.began_at == now:
        audit.note("call.begun", member=by, about=f"recovery {recovery.public_id}", now=now)
    return call


def take_notes(
    reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, written: Sequence[do.Written], *, firm: Firm,
    since: datetime | None, by: Member, now: datetime,
) -> Told:  # fmt: skip
    """Take editions of this author's notes, and tell what others wrote. Raises as `one_call`."""
    call = one_call(reader, recovery_id, call_id)
    standing = {each.public_id: do.write(call, each, author=by, now=now) for each in written}
    if written and call.ended_at is not None:
        do.sum_up(call, now=now)
    notes = notes_of(call, since=since)
    heard = {note.public_id: heard_in(note, firm=firm, at=now) for note in notes}
    return Told(standing, notes, {key: found for key, found in heard.items() if found}, call.ended_at is not None)


def end(reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, *, by: Member, now: datetime) -> Call:
    """End a call; ended before, nothing changes. Raises as `one_call`."""
    call = one_call(reader, recovery_id, call_id)
    if do.end(call, now=now):
        audit.note("call.ended", member=by, about=f"recovery {call.recovery.public_id}", now=now)
    return call


def to_issue(
    reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, note_id: uuid.UUID, text: str, *, by: Member,
    now: datetime,
) -> None:  # fmt: skip
    """Make a new point of what was noted as one. Raises `NotThat`, `Overtaken`, and as `one_call`."""
    note = _note(reader, recovery_id, call_id, note_id)
    if not text.strip():
        raise NotThat("A point needs their words: write down what they say is wrong.")
    do.to_issue(note, text.strip(), by=by, now=now)


def to_promise(
    reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, note_id: uuid.UUID, text: str, *, due_on: date | None,
    owner: uuid.UUID | None, by: Member, now: datetime,
) -> None:  # fmt: skip
    """Make a promise of what was noted. Raises `NotThat`, `Overtaken`, and as `one_call`."""
    note = _note(reader, recovery_id, call_id, note_id)
    plain = " ".join(text.split()).rstrip(".")
    if not plain:
        raise NotThat("A promise needs words: write what we do.")
    if due_on is None:
        raise NotThat("A promise needs a day: say by when.")
    if due_on < now.astimezone(ZoneInfo(firm_in_scope().timezone)).date():
        raise NotThat(f"{spoken(due_on)} is over: choose a day to come.")
    keeper = Member.objects.filter(public_id=owner, is_active=True).first() if owner else by
    if keeper is None:
        raise NotThat("Choose who keeps it: that person is not here any more.")
    with transaction.atomic():
        kept = do.promised(note, f"{plain}, by {spoken(due_on)}", by=by, now=now)
        promise(plain, recovery=note.call.recovery, owner=keeper, due_on=due_on, about=kept.public_id, by=by, now=now,
                origin=Origin.CALL_NOTE)  # fmt: skip


def take_wanted(reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, *, now: datetime) -> None:
    """Take the wanted outcome of a call as that of the recovery. Raises as `one_call`."""
    do.wanted(one_call(reader, recovery_id, call_id), now=now)


def send_summary(
    reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, mailing: Mailing, *, by: Member, now: datetime
) -> Draft:
    """Send a summary of a call to people of the client. Raises as `one_call` and `mailing.mail`."""
    call = one_call(reader, recovery_id, call_id)
    draft = mail(reader, call.recovery, mailing, by=by, now=now)
    do.summed_up_with(call, draft.public_id)
    return draft


def _note(reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, note_id: uuid.UUID) -> Note:
    call = one_call(reader, recovery_id, call_id)
    note = Note.objects.filter(call=call, public_id=note_id).select_related("issue").first()
    if note is None:
        raise NotThat("This note is not there any more: look at the page again.")
    note.call = call
    return note
