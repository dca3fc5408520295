"""What a finding may rest on: messages, documents, hours and advice that was overruled, suggested by engagement, dates
and words.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Max, Min, Q, Sum

from amends.boundaries.models import GateEvidence, GatePart
from amends.clients.models import Engagement, TimeEntry
from amends.firm.models import Firm
from amends.firm.queries import firm_in_scope
from amends.insights.recovery.door import readable_recovery
from amends.judgement import sentences
from amends.judgement.returning import content
from amends.mail.models import Direction, Message
from amends.mail.privacy import Reader, readable
from amends.mail.queries import new_text_of
from amends.mail.rules import first_order_at
from amends.recovery.models import Evidence, EvidenceKind, Issue

_BEFORE, _AFTER = timedelta(days=120), timedelta(days=21)
_LOOKED = 150  # messages around the day on which it was said
_OFFERED = 6
ADVISED = re.compile(
    r"\b(?:we|i)(?:['’]d| would| do| strongly|)? ?(?:recommend|advise|suggest|counsel|propose|warn)\w*\b"
    r"|\b(?:our|my) (?:advice|recommendation|suggestion)\b|\b(?:would|better|rather) (?:not|wait)\b"
    r"|\bwe (?:had|have) (?:advised|recommended|counselled|warned)\b|\bat (?:your|their) own risk\b",
    re.I,
)
_FIRST = 1000  # more words than a sentence shares
_KEEP_WORDS = 3  # of a point, its rarest, by length


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Something to pick: where it lies, what it says, and why it is offered."""

    kind: str
    about: uuid.UUID
    label: str
    quote: str
    at: datetime | None
    who: str
    words: str = ""
    thread: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Work:
    """The hours of one engagement around a point."""

    engagement: Engagement
    first: date
    last: date
    seconds: int

    @property
    def label(self) -> str:
        """How its days are kept with the evidence."""
        return f"{self.first.isoformat()}/{self.last.isoformat()}"


@dataclass(frozen=True, slots=True)
class Suggestions:
    """What could be picked for one point."""

    messages: list[Suggestion]
    advice: list[Suggestion]
    documents: list[Suggestion]
    hours: list[Work]


def suggestions(reader: Reader, firm: Firm, issue: Issue) -> Suggestions:
    """For one point, what it has already left out; a handful of queries, over mail around the day it was said."""
    taken = set(Evidence.objects.filter(issue=issue).values_list("kind", "about", "label"))
    wanted = set(content(issue.quote)) | set(content(issue.words))
    messages, advice, documents = [], [], []
    for message in _around(reader, issue):
        text = new_text_of(message.body)
        found = _best(text, wanted)
        if found and message.pk != issue.message_id:
            messages.append((len(found[1]), _of(message, EvidenceKind.MESSAGE, *found)))
        if message.direction == Direction.OUT:
            advice += [(len(said[1]), _of(message, EvidenceKind.ADVICE, *said)) for said in _advised(text, wanted)]
        documents += _documents(message, wanted)
    kept = _kept_at_gates(reader, issue)
    advice = kept + [one for one in advice if one[1].about not in {each.about for _rank, each in kept}]
    return Suggestions(
        _ranked(messages, taken), _ranked(advice, taken), _ranked(documents, taken), _hours(firm, issue, taken)
    )


def suggestions_for(reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID) -> Suggestions:
    """The same by ids. Raises `Recovery.DoesNotExist`, also where it is closed to them, and `Issue.DoesNotExist`."""
    recovery = readable_recovery(reader, recovery_id)
    issue = Issue.objects.select_related("engagement").get(recovery=recovery, public_id=issue_id)
    issue.recovery = recovery
    return suggestions(reader, firm_in_scope(), issue)


def _around(reader: Reader, issue: Issue) -> Sequence[Message]:
    """Mail with this client from before it was said until shortly after, nearest first; of its engagement's time."""
    first, last = issue.said_at - _BEFORE, issue.said_at + _AFTER
    work = issue.engagement
    if work is not None and work.starts_on is not None:
        began = datetime.combine(work.starts_on, datetime.min.time(), tzinfo=issue.said_at.tzinfo)
        first = max(began, issue.said_at - 3 * _BEFORE) if began < issue.said_at else first
    rows = readable(reader).filter(
        client=issue.recovery.client_id, kind="personal", id__gte=first_order_at(first), id__lt=first_order_at(last)
    )
    return list(rows.select_related("body", "thread").order_by("-id")[:_LOOKED])


def _best(text: str, wanted: set[str]) -> tuple[str, tuple[str, ...]] | None:
    """The sentence of a message that shares most with a point."""
    best: tuple[str, tuple[str, ...]] | None = None
    for one in sentences.split(text):
        both = tuple(dict.fromkeys(word for word in content(one.text) if word in wanted))
        if both and (best is None or len(both) > len(best[1])):
            best = (one.text.strip(), both)
    return best


def _advised(text: str, wanted: set[str]) -> list[tuple[str, tuple[str, ...]]]:
    """Sentences in which we counselled; those that share a word with the point, or any where it is of few words."""
    return [
        (one.text.strip(), tuple(dict.fromkeys(word for word in content(one.text) if word in wanted)))
        for one in sentences.split(text)
        if ADVISED.search(one.text)
    ]


def _kept_at_gates(reader: Reader, issue: Issue) -> list[tuple[int, Suggestion]]:
    """Advice of ours that somebody kept, before it mattered, at a readiness gate of this client: it stands first."""
    rows = GateEvidence.objects.filter(part=GatePart.ADVICE, removed_at=None, about__isnull=False)
    kept = dict(rows.filter(gate__engagement__client=issue.recovery.client_id).values_list("about", "quote"))
    letters = readable(reader).filter(public_id__in=list(kept)).select_related("thread")
    return [(_FIRST, _of(one, EvidenceKind.ADVICE, kept[one.public_id] or one.subject, ())) for one in letters]


def _documents(message: Message, wanted: set[str]) -> list[tuple[int, Suggestion]]:
    found = []
    for part in message.body.attachments:
        name = str(part.get("name") or "")
        if name and not part.get("inline"):
            both = tuple(word for word in content(re.sub(r"[\W_]+", " ", name)) if word in wanted)
            one = Suggestion(
                EvidenceKind.DOCUMENT, message.public_id, name[:300], "", message.sent_at,
                message.sender_name or message.sender_email, ", ".join(both), message.thread.public_id,
            )  # fmt: skip
            found.append((len(both), one))
    return found


def _of(message: Message, kind: str, quote: str, both: tuple[str, ...]) -> Suggestion:
    who = message.sender_name or message.sender_email
    return Suggestion(
        kind, message.public_id, "", quote[:1000], message.sent_at, who, ", ".join(both), message.thread.public_id
    )


def _ranked(rated: Sequence[tuple[int, Suggestion]], taken: set[tuple[str, uuid.UUID | None, str]]) -> list[Suggestion]:
    """Those that share most, the newest of equals first; what is picked already is left out."""
    there = [each for each in rated if (each[1].kind, each[1].about, each[1].label) not in taken]
    there.sort(key=lambda each: (-each[0], -(each[1].at.timestamp() if each[1].at else 0)))
    return [one for _shared, one in there[:_OFFERED]]


def _hours(firm: Firm, issue: Issue, taken: set[tuple[str, uuid.UUID | None, str]]) -> list[Work]:
    """Hours on the point's engagement, or on those of its client, in the weeks before it was said."""
    day = issue.said_at.astimezone(ZoneInfo(firm.timezone)).date()
    rows = TimeEntry.objects.filter(Q(engagement=issue.engagement) if issue.engagement else Q(
        engagement__client=issue.recovery.client_id
    ), day__gte=day - timedelta(days=92), day__lte=day + timedelta(days=14))  # fmt: skip
    sums = rows.order_by().values("engagement").annotate(first=Min("day"), last=Max("day"), total=Sum("seconds"))
    found = {one["engagement"]: one for one in sums.order_by("-total")[:4]}
    works = Engagement.objects.in_bulk(list(found))
    made = [Work(works[key], one["first"], one["last"], one["total"]) for key, one in found.items()]
    return [one for one in made if (EvidenceKind.TIME, one.engagement.public_id, one.label) not in taken]
