"""What the page of a recovery shows, and the list of all of them."""

from __future__ import annotations

import re
import uuid
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from amends.clients.models import Client, Engagement
from amends.firm.models import Firm, Member
from amends.firm.queries import working_time
from amends.insights.recovery.earlier import LastTime, last_time
from amends.judgement import sentences
from amends.mail.models import Message
from amends.mail.queries import Reader, readable
from amends.recovery import queries
from amends.recovery.models import Evidence, Finding, Issue, Recovery, RecoveryStep, RecoveryThread, Stage
from amends.recovery.rules import STAGES, Hand, Missing, missing

_CUTS = 12  # places on offer
_CLAUSE = re.compile(r"[,;:–—]\s|\s(?=(?:and|but|nor|while|although|because)\b)", re.I)


@dataclass(frozen=True, slots=True)
class Gap:
    """Something that is still missing; `points` are the numbers of those that it is missing for, where it is that."""

    what: Missing
    points: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class StageShown:
    """One stage of the stepper: `state` is done, now or ahead; none is now where it is closed."""

    stage: Stage
    state: str
    gaps: tuple[Gap, ...]

    @property
    def key(self) -> str:
        return self.stage.value


@dataclass(frozen=True, slots=True)
class Cut:
    """A place at which a quote can be cut in two."""

    at: int
    before: str
    after: str


@dataclass(slots=True)
class Point:
    """One issue that stands, by its number on the page. `message` and `thread` are where its quote can be read."""

    number: int
    issue: Issue
    finding: Finding | None
    message: uuid.UUID | None = None
    thread: uuid.UUID | None = None
    who: str = ""
    merged: list[Issue] = field(default_factory=list)
    evidence: list[Evidence] = field(default_factory=list)
    last: LastTime = field(default_factory=LastTime)
    cuts: list[Cut] = field(default_factory=list)
    theirs: Finding | None = None  # what somebody else wrote meanwhile, where a page was not taken


@dataclass(frozen=True, slots=True)
class Conversation:
    """A conversation that a recovery is about, as this reader may name it."""

    thread: uuid.UUID
    subject: str
    last_at: datetime
    answering: uuid.UUID  # the newest message that they may read


@dataclass(slots=True)
class RecoveryPage:
    """All of one recovery. Where `whole` is False the reader knows no more than client, stage, owner and age."""

    recovery: Recovery
    whole: bool
    stages: list[StageShown]
    hands: list[Hand]
    replied_at: datetime | None
    points: list[Point] = field(default_factory=list)
    removed: list[Issue] = field(default_factory=list)
    threads: list[Conversation] = field(default_factory=list)
    path: list[RecoveryStep] = field(default_factory=list)
    engagements: list[Engagement] = field(default_factory=list)
    members: list[Member] = field(default_factory=list)

    @property
    def now(self) -> StageShown:
        """The stage that it is in, or was in when it was closed."""
        return self.stages[STAGES.index(self.recovery.stage)]

    @property
    def next(self) -> Stage | None:
        """The stage after this one."""
        place = STAGES.index(self.recovery.stage)
        return Stage(STAGES[place + 1]) if place + 1 < len(STAGES) else None


def recovery_page(reader: Reader, firm: Firm, recovery_id: uuid.UUID, *, now: datetime) -> RecoveryPage:
    """The page of one recovery; raises `Recovery.DoesNotExist`. The number of queries does not grow with its points."""
    recovery = queries.find(recovery_id)
    whole = queries.may_see(reader, recovery)
    state = queries.states([recovery])[recovery.pk]
    hands = queries.hands(
        recovery, given=queries.clocks(), working=working_time(firm), replied=state.replied_at, now=now
    )  # fmt: skip
    page = RecoveryPage(recovery, whole, _stages(recovery, state, whole=whole), hands, state.replied_at)
    page.members = list(Member.objects.filter(is_active=True).order_by("name", "email"))
    if whole:
        page.points, page.removed = _points(recovery)
        told = last_time(reader, recovery, [point.issue for point in page.points])
        for point in page.points:
            point.last = told.get(point.issue.pk, point.last)
        page.threads = conversations(reader, recovery)
        page.path = list(RecoveryStep.objects.filter(recovery=recovery).select_related("by").order_by("at", "pk"))
        page.engagements = list(Engagement.objects.filter(client=recovery.client).order_by("-starts_on", "name")[:100])
    return page


@dataclass(frozen=True, slots=True)
class Line:
    """One recovery of the list."""

    recovery: Recovery
    whole: bool
    gaps: tuple[Gap, ...]
    late: tuple[Hand, ...]
    points: int


def recovery_list(
    reader: Reader, firm: Firm, *, now: datetime, closed: bool = False, client: Client | None = None
) -> list[Line]:
    """Open recoveries, those with a clock that is over first, then the longest waiting; or the closed ones."""
    rows = queries.listed(closed=closed, client=client)
    seen, states, given = queries.seen_whole(reader, rows), queries.states(rows), queries.clocks()
    working, found = working_time(firm), []
    for recovery in rows:
        state = states[recovery.pk]
        hands = queries.hands(recovery, given=given, working=working, replied=state.replied_at, now=now)
        late = tuple(hand for hand in hands if hand.late and hand.met_at is None)
        whole = recovery.pk in seen
        gaps = _gaps(recovery.stage, state) if whole and not closed else ()
        found.append(Line(recovery, whole, gaps, late, state.facts.points))
    return sorted(found, key=lambda line: not line.late) if not closed else found


def conversations(reader: Reader, recovery: Recovery) -> list[Conversation]:
    """What it is about, the newest first, each by the newest message that this reader may read; two queries."""
    keys = list(RecoveryThread.objects.filter(recovery=recovery).values_list("thread_id", flat=True))
    rows = readable(reader).filter(thread__in=keys, kind="personal").order_by("thread", "-id")
    newest: dict[uuid.UUID, Message] = {}
    for message in rows.select_related("thread").only("id", "public_id", "subject", "sent_at", "thread__public_id"):
        newest.setdefault(message.thread.public_id, message)
    found = [Conversation(key, one.subject, one.sent_at, one.public_id) for key, one in newest.items()]
    return sorted(found, key=lambda one: one.last_at, reverse=True)


def _points(recovery: Recovery) -> tuple[list[Point], list[Issue]]:
    rows = list(
        Issue.objects.filter(recovery=recovery)
        .select_related("finding", "message__thread", "engagement", "recurs__recovery")
        .order_by("place", "pk")
    )
    merged: dict[int, list[Issue]] = defaultdict(list)
    for issue in rows:
        if issue.merged_into_id is not None:
            merged[issue.merged_into_id].append(issue)
    evidence: dict[int, list[Evidence]] = defaultdict(list)
    for one in Evidence.objects.filter(issue__recovery=recovery).order_by("at", "pk"):
        evidence[one.issue_id].append(one)
    standing = [issue for issue in rows if issue.merged_into_id is None and issue.removed_at is None]
    points = [
        _point(
            number, issue, merged[issue.pk], [each for one in [issue, *merged[issue.pk]] for each in evidence[one.pk]]
        )
        for number, issue in enumerate(standing, start=1)
    ]
    return points, [issue for issue in rows if issue.removed_at is not None]


def _point(number: int, issue: Issue, merged: list[Issue], evidence: list[Evidence]) -> Point:
    finding = getattr(issue, "finding", None)
    point = Point(number, issue, finding, merged=merged, evidence=evidence, cuts=cuts(issue.quote))
    if issue.message is not None:
        point.message, point.thread = issue.message.public_id, issue.message.thread.public_id
        point.who = issue.message.sender_name or issue.message.sender_email
    return point


def cuts(quote: str) -> list[Cut]:
    """Where a quote can be cut: between sentences; where it is one, before its clauses."""
    ends = [one.end for one in sentences.split(quote)][:-1]
    ends = ends or [found.end() for found in _CLAUSE.finditer(quote)]
    made = [Cut(at, quote[:at].strip(), quote[at:].strip()) for at in dict.fromkeys(ends)]
    return [one for one in made if one.before and one.after][:_CUTS]


def _stages(recovery: Recovery, state: queries.State, *, whole: bool) -> list[StageShown]:
    here = STAGES.index(recovery.stage)
    before = here if recovery.closed_at is None else here + 1
    found = []
    for place, stage in enumerate(STAGES):
        where = "done" if place < before else "now" if place == here else "ahead"
        found.append(StageShown(Stage(stage), where, _gaps(stage, state) if whole else ()))
    return found


def _gaps(stage: str, state: queries.State) -> tuple[Gap, ...]:
    return tuple(Gap(what, tuple(state.lacking.get(what, ()))) for what in missing(stage, state.facts))


def counted(lines: Sequence[Line]) -> tuple[int, int]:
    """How many of these nobody owns, and how many are late."""
    return sum(line.recovery.owner_id is None for line in lines), sum(bool(line.late) for line in lines)
