"""What the pages of a call show: the points to talk about, everybody's notes, and the promises that stand in them."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope, working_time
from amends.insights.recovery.brief import Point, content_of
from amends.insights.recovery.brief_text import spoken
from amends.insights.recovery.door import readable_recovery
from amends.judgement import due
from amends.judgement.promises import find_promises
from amends.judgement.working_time import WorkingTime
from amends.mail.queries import Reader
from amends.outbox.models import Draft
from amends.recovery.models import BriefFor, Call, Issue, Note, Recovery

_OVERLAP = timedelta(seconds=20)  # what is told twice is known by its edition


@dataclass(frozen=True, slots=True)
class Heard:
    """A promise in a note: its words, and the day that they mean; None where they name none."""

    quote: str
    deed: str  # its words without those that say by when
    day: date | None
    said: str  # the day as people say it


@dataclass(frozen=True, slots=True)
class Candidate:
    """A promise that somebody may confirm."""

    note: Note
    heard: Heard


@dataclass(frozen=True, slots=True)
class CallPage:
    """A call that is being held: each point with its issue, oldest first, and whom the client speaks through."""

    recovery: Recovery
    call: Call
    points: list[tuple[Issue, Point]]
    person: str
    hints: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AfterCall:
    """What a call left: notes by point (None: at large), new points, promises heard and made."""

    recovery: Recovery
    call: Call
    groups: list[tuple[Issue | None, list[Note]]]
    new_points: list[Note]
    candidates: list[Candidate]
    promised: list[Note]
    person: str
    draft: Draft | None

    @property
    def wanted_differs(self) -> bool:
        """Whether the client asked for something else than what is known."""
        return bool(self.call.wanted) and self.call.wanted != self.recovery.wanted


def calls_of(reader: Reader, recovery_id: uuid.UUID) -> tuple[Recovery, list[Call]]:
    """A recovery and its calls, newest first. Raises `Recovery.DoesNotExist`."""
    recovery = readable_recovery(reader, recovery_id)
    return recovery, list(Call.objects.filter(recovery=recovery).select_related("by").order_by("-began_at", "-pk"))


def one_call(reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID) -> Call:
    """One call with its recovery. Raises `Recovery.DoesNotExist` and `Call.DoesNotExist`."""
    recovery = readable_recovery(reader, recovery_id)
    found = Call.objects.select_related("by").get(recovery=recovery, public_id=call_id)
    found.recovery = recovery
    return found


def call_page(reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID) -> CallPage:
    """The page of a call. Raises as `one_call`."""
    call = one_call(reader, recovery_id, call_id)
    content = content_of(reader, call.recovery, BriefFor.TEAM)
    issues = Issue.objects.filter(recovery=call.recovery, merged_into=None, removed_at=None).order_by("place", "pk")
    return CallPage(
        recovery=call.recovery, call=call, points=list(zip(issues, content.points, strict=False)),
        person=content.person, hints=content.first_words,
    )  # fmt: skip


def notes_of(call: Call, *, since: datetime | None = None) -> list[Note]:
    """Everybody's notes of a call, oldest first; with `since` those that changed lately."""
    rows = Note.objects.filter(call=call).select_related("author", "issue").order_by("at", "pk")
    return list(rows.filter(at__gte=since - _OVERLAP) if since else rows)


def heard_in(note: Note, *, firm: Firm, at: datetime) -> list[Heard]:
    """The promises in one note, dates understood as said at `at` in the firm's zone."""
    return heard(note.text, kind=note.kind, at=at, working=working_time(firm))


def heard(text: str, *, kind: str, at: datetime, working: WorkingTime) -> list[Heard]:
    """Pure: the promises of the firm in the text of a note. What is written as a promise is one."""
    here = at.astimezone(ZoneInfo(working.timezone))

    if kind == "promise":
        return [_heard(text.strip(), here, working)] if text.strip() else []
    if kind not in {"note", "wanted", "point"}:
        return []
    found = find_promises(text, writer="firm")
    return [_heard(one.quote, here, working) for one in found if one.by == "firm" and not one.negative]


def after_call(reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID) -> AfterCall:
    """What a call left. Raises as `one_call`."""
    call = one_call(reader, recovery_id, call_id)
    firm, notes = firm_in_scope(), [note for note in notes_of(call) if note.text.strip()]
    made = [note for note in notes if note.kind == "promised"]
    plain = [note for note in notes if note.kind == "note"]
    issues = Issue.objects.filter(pk__in={note.issue_id for note in plain}).order_by("place", "pk")
    groups: list[tuple[Issue | None, list[Note]]] = [(None, [note for note in plain if note.issue_id is None])]
    groups += [(issue, [note for note in plain if note.issue_id == issue.pk]) for issue in issues]
    draft = Draft.objects.filter(public_id=call.summary_draft).first() if call.summary_draft else None
    return AfterCall(
        recovery=call.recovery, call=call, groups=[group for group in groups if group[1]],
        new_points=[note for note in notes if note.kind == "point"],
        candidates=_candidates(notes, made, firm=firm, at=call.began_at), promised=made,
        person=content_of(reader, call.recovery, BriefFor.TEAM).person, draft=draft,
    )  # fmt: skip


def summary_of(after: AfterCall) -> str:
    """The words of a summary mail: what was promised, what they want, what was new; never a note as it stands."""
    first = after.person.split()[0] if after.person else "all"
    parts = [
        f"Dear {first},",
        "thank you for the call. This is what I took with me; please tell me where I heard it wrong.",
    ]
    if after.call.wanted:
        parts.append(f"What you would like:\n{_listed([after.call.wanted])}")
    if after.promised:
        parts.append(f"What we do, and by when:\n{_listed(note.text for note in after.promised)}")
    if after.new_points:
        parts.append(f"What you told us beyond the points that we had:\n{_listed(n.text for n in after.new_points)}")
    return "\n\n".join(parts) + "\n"


def members() -> list[Member]:
    """Who may own a promise."""
    return list(Member.objects.filter(is_active=True).order_by("name", "email"))


def _candidates(notes: Sequence[Note], made: Sequence[Note], *, firm: Firm, at: datetime) -> list[Candidate]:
    """What reads like a promise and is none yet."""
    working = working_time(firm)
    known = [" ".join(note.text.split()).casefold() for note in made]
    found = []
    for note in notes:
        for one in heard(note.text, kind=note.kind, at=at, working=working):
            words = " ".join(one.deed.split()).casefold().rstrip(".")
            if not any(words in each for each in known):
                found.append(Candidate(note, one))
    return found


def _heard(quote: str, at: datetime, working: WorkingTime) -> Heard:
    when = due.due(quote, at=at, working=working)
    if when is None or when.at is None or when.ambiguous:  # 04/05 is asked for once more rather than guessed
        return Heard(quote, quote, None, "")
    day = working.local_day(when.at)
    deed = f"{quote[: when.start].rstrip(' ,')}{quote[when.end :]}".strip(" ,.;")
    return Heard(quote, deed or quote, day, spoken(day))


def _listed(texts: Iterable[str]) -> str:
    return "\n".join(f"- {' '.join(text.split())}" for text in texts)
