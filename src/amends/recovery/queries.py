"""Reads of recoveries: one, those that are open, what stands of their points, and what each still misses.

Whoever may not read the mail that a recovery rests on sees its client, stage, owner and age, and none of its words
(`seen_whole`).
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import F, Min, QuerySet

from amends.clients.models import Client
from amends.firm.rules import Right, may
from amends.judgement.working_time import WorkingTime
from amends.mail.models import Direction, Thread
from amends.mail.privacy import Reader, partly_hidden, readable
from amends.recovery.models import (
    Clocks,
    Evidence,
    EvidenceKind,
    Issue,
    Playbook,
    Recovery,
    RecoveryThread,
    Remedy,
    RemedyState,
    Responsibility,
    Stage,
)
from amends.recovery.rules import Clock, Facts, Hand, Missing, hand
from amends.recovery.shipped import Book, from_content, shipped

_LISTED = 300  # recoveries on one page
_KEY = 70  # characters of a failure mode's key


def find(recovery_id: uuid.UUID) -> Recovery:
    """One recovery with its client, engagement and people; raises `Recovery.DoesNotExist`."""
    rows = Recovery.objects.select_related("client", "engagement", "owner", "opened_by", "closed_by", "recurs")
    return rows.get(public_id=recovery_id)


def listed(*, closed: bool = False, client: Client | None = None) -> list[Recovery]:
    """Open recoveries, the longest waiting first; or the closed ones, the newest first."""
    rows = Recovery.objects.filter(closed_at__isnull=not closed).select_related("client", "owner")
    if client is not None:
        rows = rows.filter(client=client)
    return list(rows.order_by("-closed_at" if closed else "began_at", "pk")[:_LISTED])


def open_on(client: Client, threads: Iterable[Thread]) -> Recovery | None:
    """The open recovery of this client that is about one of these conversations."""
    rows = Recovery.objects.filter(client=client, closed_at=None, threads__thread__in=list(threads))
    return rows.select_related("client", "owner").order_by("opened_at", "pk").first()


def anything_open() -> bool:
    """Whether the firm in scope is putting anything right."""
    return Recovery.objects.filter(closed_at=None).exists()


def clocks() -> Clocks:
    """How quick the firm in scope means to be; as Amends ships it where nobody said."""
    return Clocks.objects.select_related("escalate_to").first() or Clocks()


def points(recovery: Recovery) -> list[Issue]:
    """The issues that stand, in their order, each with its finding where there is one."""
    return list(
        standing_points().filter(recovery=recovery).select_related("finding", "message", "engagement", "recurs")
    )


def standing_points() -> QuerySet[Issue]:
    """Issues that were neither merged into another nor removed."""
    return Issue.objects.filter(merged_into=None, removed_at=None).order_by("place", "pk")


def seen_whole(reader: Reader, recoveries: Sequence[Recovery]) -> set[int]:
    """The keys of those recoveries whose words this reader may read; a few queries where mailboxes are closed to them.

    That is: all of its conversations, and every message that its points and their evidence quote. Findings, briefs
    and notes are texts of our own, of which nobody can say which word came from which message.
    """
    keys = {one.pk for one in recoveries}
    if not reader.restricted:
        return keys
    if reader.doors.nothing:
        return set()
    seen = readable(reader)
    threads = list(RecoveryThread.objects.filter(recovery__in=keys).values_list("recovery_id", "thread_id"))
    closed = partly_hidden(reader, {thread for _recovery, thread in threads})
    quoted = Issue.objects.filter(recovery__in=keys, message__isnull=False).exclude(message__in=seen.values("pk"))
    rests = Evidence.objects.filter(issue__recovery__in=keys, about__isnull=False).filter(
        kind__in=[EvidenceKind.MESSAGE, EvidenceKind.ADVICE, EvidenceKind.DOCUMENT]
    )
    named: dict[uuid.UUID, set[int]] = defaultdict(set)
    for about, recovery in rests.values_list("about", "issue__recovery_id"):
        if about is not None:
            named[about].add(recovery)
    open_ones = set(seen.filter(public_id__in=list(named)).values_list("public_id", flat=True)) if named else set()
    hidden = {recovery for about, using in named.items() if about not in open_ones for recovery in using}
    hidden |= {recovery for recovery, thread in threads if thread in closed} | set(
        quoted.values_list("recovery_id", flat=True)
    )
    return keys - hidden


def may_see(reader: Reader, recovery: Recovery) -> bool:
    """Whether this reader may read the words of one recovery."""
    if reader.member is not None and not may(reader.member.role, Right.READ_MAIL):
        return False
    return bool(seen_whole(reader, [recovery]))


@dataclass(slots=True)
class State:
    """What is known of a recovery: its facts, which points (from 1) lack what, and when the first reply left."""

    facts: Facts = field(default_factory=Facts)
    lacking: dict[Missing, list[int]] = field(default_factory=dict)
    replied_at: datetime | None = None


def states(recoveries: Sequence[Recovery]) -> dict[int, State]:
    """What is known of these recoveries, by key; three queries, however many they are."""
    keys = [one.pk for one in recoveries]
    lacking = _lacking(keys)
    remedies: dict[int, list[str]] = defaultdict(list)
    for recovery, state in Remedy.objects.filter(recovery__in=keys).values_list("recovery_id", "state"):
        remedies[recovery].append(state)
    replies = first_replies([one for one in recoveries if one.replied_at is None])
    return {
        one.pk: _state(one, *lacking[one.pk], given=remedies[one.pk], replied=one.replied_at or replies.get(one.pk))
        for one in recoveries
    }


def first_replies(recoveries: Sequence[Recovery]) -> dict[int, datetime]:
    """When something of ours first left in the conversations of these recoveries after they were opened; one query."""
    rows = RecoveryThread.objects.filter(
        recovery__in=[one.pk for one in recoveries],
        thread__messages__direction=Direction.OUT,
        thread__messages__sent_at__gte=F("recovery__opened_at"),
    )
    found = rows.order_by().values("recovery_id").annotate(first=Min("thread__messages__sent_at"))
    return dict(found.values_list("recovery_id", "first")) if recoveries else {}


def _lacking(keys: Sequence[int]) -> dict[int, tuple[int, dict[Missing, list[int]]]]:
    """By recovery: how many points stand, and which of them lack what."""
    counts: dict[int, int] = defaultdict(int)
    found: dict[int, dict[Missing, list[int]]] = {key: defaultdict(list) for key in keys}
    rows = standing_points().filter(recovery__in=keys).values_list(
        "recovery_id", "quote", "finding__happened", "finding__responsibility", "finding__we_do", "finding__by_when"
    )  # fmt: skip
    for recovery, quote, happened, whose, we_do, by_when in rows:
        counts[recovery] += 1
        lacks = {
            Missing.QUOTES: not quote.strip(),
            Missing.FINDINGS: not happened,
            Missing.RESPONSIBILITY: whose in {None, Responsibility.UNKNOWN},
            Missing.ACTIONS: not we_do,
            Missing.DATES: bool(we_do) and by_when is None,
        }
        for what, so in lacks.items():
            if so:
                found[recovery][what].append(counts[recovery])
    return {key: (counts[key], dict(found[key])) for key in keys}


def _state(
    recovery: Recovery, points: int, lacking: dict[Missing, list[int]], *, given: Sequence[str],
    replied: datetime | None,
) -> State:  # fmt: skip
    count = {what: len(numbers) for what, numbers in lacking.items()}
    facts = Facts(
        owned=recovery.owner_id is not None,
        replied=replied is not None,
        points=points,
        without_quote=count.get(Missing.QUOTES, 0),
        wanted=bool(recovery.wanted),
        without_finding=count.get(Missing.FINDINGS, 0),
        unknown=count.get(Missing.RESPONSIBILITY, 0),
        without_action=count.get(Missing.ACTIONS, 0),
        without_date=count.get(Missing.DATES, 0),
        told=recovery.answered_at is not None,
        agreed=sum(state in {RemedyState.AGREED, RemedyState.DONE} for state in given),
        asked_for=sum(state == RemedyState.ASKED for state in given),
        undone=sum(state == RemedyState.AGREED for state in given),
        root_cause=bool(recovery.root_cause),
        failure_mode=bool(recovery.failure_mode),
        kept_word=recovery.kept_word is not None,
        asks=recovery.asks,
    )
    return State(facts, lacking, replied)


def hands(
    recovery: Recovery, *, given: Clocks, working: WorkingTime, replied: datetime | None, now: datetime
) -> list[Hand]:
    """The clocks of one recovery: until when each runs, and which are late."""
    ended = recovery.closed_at
    rows = (
        (Clock.OWN, given.to_own, recovery.owned_at),
        (Clock.REPLY, given.to_reply, replied),
        (Clock.ANSWER, given.to_answer, recovery.answered_at),
        (Clock.MAKE_GOOD, given.to_make_good, recovery.made_good_at),
    )
    return [
        hand(clock, until=working.add(recovery.began_at, hours), met_at=met or ended, now=now)
        for clock, hours, met in rows
    ]


def stage_now(recovery: Recovery) -> Stage:
    """Its stage as the word that pages show."""
    return Stage(recovery.stage)


def playbooks(*, retired: bool = False) -> list[Book]:
    """What the firm does when one of its failure modes strikes: its own newest editions over the shipped ones."""
    books = {book.mode: book for book in shipped()}
    newest: dict[str, Playbook] = {}
    for row in Playbook.objects.select_related("by").order_by("mode", "edition"):
        newest[row.mode] = row
    for mode, row in newest.items():
        books[mode] = from_content(
            row.content, mode=mode, trade=row.trade, name=row.name, edition=row.edition, retired=row.retired
        )
    found = [book for book in books.values() if retired or not book.retired]
    return sorted(found, key=lambda book: (book.trade, book.name.casefold()))


def playbook(mode: str) -> Book | None:
    """The one of a failure mode; None where there is none."""
    return next((book for book in playbooks(retired=True) if book.mode == mode), None)


def free_mode(wanted: str) -> str:
    """A key for a new playbook that no other has: two names may be written alike without their accents."""
    taken = {book.mode for book in playbooks(retired=True)} | {"new"}
    stem = wanted[:_KEY].strip("-") or "own"
    keys = (stem, *(f"{stem}-{number}" for number in range(2, len(taken) + 2)))
    return next(key for key in keys if key not in taken)


def mode_name(mode: str) -> str:
    """What a failure mode is called: by its playbook, or as somebody put it in their own words."""
    book = playbook(mode) if mode else None
    return book.name if book else mode


def editions(mode: str) -> list[Playbook]:
    """The editions that the firm wrote of one, the newest first."""
    return list(Playbook.objects.filter(mode=mode).select_related("by").order_by("-edition"))


def first_words_of(mode: str) -> str:
    """The first words of a failure mode's playbook; empty where it is not known yet."""
    book = playbook(mode) if mode else None
    return book.first_words if book else ""


def questions_of(mode: str) -> tuple[str, ...]:
    """What to ask, by the playbook of a failure mode."""
    book = playbook(mode) if mode else None
    return book.questions if book else ()
