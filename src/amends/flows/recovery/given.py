"""What programs and the command line do with remedies and with calls, by their ids."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.flows.recovery import calls, remedies
from amends.flows.recovery.calls import NotThat
from amends.flows.recovery.programs import SayMore
from amends.flows.recovery.reading import day_of
from amends.insights.recovery.call import one_call
from amends.mail.queries import Reader
from amends.recovery.actions.calls import KINDS, Written
from amends.recovery.models import Issue, Note, Remedy
from amends.recovery.queries import may_see

_MOODS = ("before", "after")
_BEFORE = {"agreed": "offered", "done": "agreed", "withdrawn": "offered"}


def on_remedy(
    reader: Reader, remedy_id: uuid.UUID, *, do: str, recovery_id: uuid.UUID | None = None, due: str = "",
    because: str = "", by: Member, now: datetime,
) -> Remedy:  # fmt: skip
    """The client takes it, it is done, it is withdrawn, or the last step was a slip.

    Raises `Remedy.DoesNotExist`, also where the reader may not read its recovery, `SayMore`, and as
    `flows.recovery.remedies` does.
    """
    remedy = one_remedy(reader, remedy_id, recovery_id=recovery_id)
    about = remedy.recovery.public_id
    if (due or because) and do != "agree":
        raise SayMore(f"`due` and `because` go with `agree` alone, not with `{do}`.")
    match do:
        case "agree":
            return remedies.agree(reader, about, remedy_id, due=due, because=because, by=by, now=now)
        case "done":
            return remedies.done(reader, about, remedy_id, by=by, now=now)
        case "withdraw":
            return remedies.withdraw(reader, about, remedy_id, by=by, now=now)
        case "undo":
            back = _BEFORE.get(remedy.state, "")
            return remedies.undo(reader, about, remedy_id, before=remedy.state, back_to=back, by=by, now=now)
    raise SayMore(f"“{do}” is nothing that can be done with a remedy: agree, done, withdraw, undo.")


def one_remedy(reader: Reader, remedy_id: uuid.UUID, *, recovery_id: uuid.UUID | None = None) -> Remedy:
    """A remedy whose recovery this reader may read. Raises `Remedy.DoesNotExist`."""
    rows = Remedy.objects.select_related("recovery__client", "by", "issue")
    rows = rows.filter(recovery__public_id=recovery_id) if recovery_id else rows
    remedy = rows.get(public_id=remedy_id)
    if not may_see(reader, remedy.recovery):
        raise Remedy.DoesNotExist
    return remedy


@dataclass(frozen=True, slots=True)
class Noted:
    """A note as a program gives it: whoever writes on gives its `note_id`, and the next edition."""

    text: str
    kind: str = "note"
    issue: uuid.UUID | None = None
    note_id: uuid.UUID | None = None
    edition: int = 1


def take_note(
    reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, noted: Noted, *, key: uuid.UUID, firm: Firm,
    by: Member, now: datetime,
) -> Note:  # fmt: skip
    """Write down one note of a call; `key` is its id where it is a new one.

    Raises `NotThat` where it cannot be taken, `Issue.DoesNotExist`, and as `one_call`.
    """
    call = one_call(reader, recovery_id, call_id)
    if noted.kind not in KINDS:
        raise NotThat(f"“{noted.kind}” is no kind of note: {', '.join(sorted(KINDS))}.")
    if noted.kind in _MOODS and noted.text.strip() not in {"1", "2", "3", "4", "5"}:
        raise NotThat("A mood is a number from 1 (furious) to 5 (warm).")
    if not noted.text.strip():
        raise NotThat("There is nothing in the note: write what was said.")
    if noted.issue is not None and not Issue.objects.filter(recovery=call.recovery, public_id=noted.issue).exists():
        raise Issue.DoesNotExist
    number = noted.note_id or key
    written = Written(number, noted.kind, noted.text.replace("\x00", ""), noted.edition, noted.issue)
    told = calls.take_notes(reader, recovery_id, call_id, [written], firm=firm, since=None, by=by, now=now)
    standing = told.standing[number]
    if standing is None:
        raise NotThat("That note cannot be taken: it is too long, or somebody else’s.")
    if standing != noted.edition:
        raise NotThat(f"Edition {standing} of that note stands already: send {standing + 1}.")
    return next(each for each in told.notes if each.public_id == number)


def make_of_note(
    reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID, note_id: uuid.UUID, *, do: str, text: str = "",
    due: str = "", owner: uuid.UUID | None = None, by: Member, now: datetime,
) -> None:  # fmt: skip
    """Make a promise of a note, by a day in words, or a point; without `text` in the words of the note.

    Raises `Note.DoesNotExist`, `SayMore`, `BadRemedy` for a day that is none, and as `calls.to_promise`, `to_issue`.
    """
    note = Note.objects.get(call=one_call(reader, recovery_id, call_id), public_id=note_id)
    words = text.strip() or note.text
    if do == "promise":
        day = day_of(due, firm_in_scope(), now=now)
        calls.to_promise(reader, recovery_id, call_id, note_id, words, due_on=day, owner=owner, by=by, now=now)
    elif due or owner is not None:
        raise SayMore("`due` and `owner` go with a promise alone.")
    elif note.kind != "point":
        raise NotThat("That note was not taken as a new point: add a point to the recovery instead.")
    else:
        calls.to_issue(reader, recovery_id, call_id, note_id, words, by=by, now=now)
