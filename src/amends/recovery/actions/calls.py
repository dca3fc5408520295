"""Writing down a call: when it began and ended, and every note of every author by its edition."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.recovery.models import Call, Issue, Note, Recovery

KINDS = frozenset({"note", "point", "promise", "wanted", "before", "after", "feeling"})
"""What an author writes in a call; "before", "after" and "feeling" are moods. "promised" is what became a promise."""
LONGEST = 20_000
MOST = 2_000  # notes of one call
_LAST = 10**9  # editions


class Overtaken(AmendsError):
    """Somebody else did it a moment before; nothing was changed."""


@dataclass(frozen=True, slots=True)
class Written:
    """One edition of a note as its author's browser sent it."""

    public_id: uuid.UUID
    kind: str
    text: str
    edition: int
    issue: uuid.UUID | None = None


def begin(recovery: Recovery, *, by: Member, now: datetime) -> Call:
    """The call that is being held, or a new one: whoever comes second takes part in the first one's."""
    with transaction.atomic():
        Recovery.objects.select_for_update().get(pk=recovery.pk)
        held = Call.objects.filter(recovery=recovery, ended_at=None).order_by("-began_at").first()
        return held or Call.objects.create(recovery=recovery, began_at=now, by=by)


def write(call: Call, written: Written, *, author: Member, now: datetime) -> int | None:
    """Take one edition of a note; returns the edition that stands then, None for what cannot be taken.

    What comes late or twice changes nothing, and nobody writes into another author's note. A call that has ended takes
    what was written while it was held: nothing is lost with a network.
    """
    fits = written.kind in KINDS and len(written.text) <= LONGEST and 0 < written.edition < _LAST
    if not fits:
        return None
    own = Note.objects.filter(public_id=written.public_id, call=call, author=author)
    newer = {"text": written.text, "edition": written.edition, "at": now}
    if own.filter(edition__lt=written.edition).update(**newer):
        return written.edition
    standing = own.values_list("edition", flat=True).first()
    if standing is not None:
        return standing
    if Note.objects.filter(call=call).count() >= MOST:
        return None
    issue = Issue.objects.filter(public_id=written.issue, recovery=call.recovery_id).first() if written.issue else None
    try:
        with transaction.atomic():
            Note.objects.create(
                public_id=written.public_id, call=call, issue=issue, author=author, kind=written.kind, **newer
            )
    except IntegrityError:  # the same edition came in twice at once; or the id is somebody else's
        own.filter(edition__lt=written.edition).update(**newer)
        return own.values_list("edition", flat=True).first()
    return written.edition


def end(call: Call, *, now: datetime) -> bool:
    """End a call, once; with it the client has been answered, and the wanted outcome is known if it was not."""
    with transaction.atomic():
        ended = bool(Call.objects.filter(pk=call.pk, ended_at=None).update(ended_at=now))
        Recovery.objects.filter(pk=call.recovery_id, answered_at=None).update(answered_at=now)
        sum_up(call, now=now)
    return ended


def sum_up(call: Call, *, now: datetime) -> None:
    """Bring the call's moods and wanted outcome in line with its notes; those of whoever began it come first."""
    said: dict[str, str] = {}
    notes = Note.objects.filter(call=call, kind__in=["wanted", "before", "after", "feeling"]).exclude(text="")
    for note in sorted(notes, key=lambda note: (note.author_id == call.by_id, note.at)):
        said[note.kind] = note.text.strip()
    Call.objects.filter(pk=call.pk).update(
        mood_before=_mood(said.get("before")), mood_after=_mood(said.get("after")),
        mood_words=said.get("feeling", "")[:300], wanted=said.get("wanted", ""),
    )  # fmt: skip
    if said.get("wanted"):
        Recovery.objects.filter(pk=call.recovery_id, wanted="").update(
            wanted=said["wanted"], wanted_at=now, version=F("version") + 1
        )


def to_issue(note: Note, text: str, *, by: Member, now: datetime) -> Issue:
    """Make a new point of a note, at the end of the list. Raises `Overtaken` where it is one already."""
    call = note.call
    with transaction.atomic():
        Recovery.objects.select_for_update().get(pk=call.recovery_id)
        last = Issue.objects.filter(recovery=call.recovery_id).aggregate(most=Max("place"))["most"] or 0
        made = Issue.objects.create(
            recovery_id=call.recovery_id, place=last + 1, quote=text, said_at=call.began_at, by=by, at=now
        )
        if not Note.objects.filter(pk=note.pk, kind="point", issue=None).update(issue=made):
            raise Overtaken("This is a point already.")
    return made


def promised(note: Note, text: str, *, by: Member, now: datetime) -> Note:
    """Keep what became a promise, beside the note that it stands in. Raises `Overtaken` where it did already."""
    if note.kind == "promised":
        raise Overtaken("This is a promise already.")
    if note.kind == "promise":
        if not Note.objects.filter(pk=note.pk, kind="promise").update(kind="promised", text=text):
            raise Overtaken("This is a promise already.")
        note.refresh_from_db()
        return note
    key = uuid.uuid5(note.public_id, text)  # the same words out of the same note once
    if Note.objects.filter(public_id=key).exists():
        raise Overtaken("This is a promise already.")
    return Note.objects.create(
        public_id=key, call=note.call, issue=note.issue, author=by, kind="promised", text=text, edition=1, at=now
    )


def wanted(call: Call, *, now: datetime) -> None:
    """Take what the client said in this call as the wanted outcome of the recovery."""
    Recovery.objects.filter(pk=call.recovery_id).update(wanted=call.wanted, wanted_at=now, version=F("version") + 1)


def summed_up_with(call: Call, draft: uuid.UUID) -> None:
    """Remember with which draft the summary went out."""
    Call.objects.filter(pk=call.pk).update(summary_draft=draft)


def _mood(text: str | None) -> int | None:
    return int(text) if text in {"1", "2", "3", "4", "5"} else None
