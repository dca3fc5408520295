"""What a brief says, as plain data: it writes itself from issues, findings, evidence and remedies.

The team's version holds everything, with a talk track; the client's holds no internals: nothing of how to say the hard
part, no guess, no evidence but what is meant to be shown, no remedy that still waits for an approval.
"""

from __future__ import annotations

import hashlib
import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from zoneinfo import ZoneInfo

from amends.clients.models import Contact
from amends.firm.queries import firm_in_scope
from amends.mail.privacy import with_subject
from amends.mail.queries import Reader
from amends.recovery import queries
from amends.recovery.models import (
    BriefFor,
    Evidence,
    EvidenceKind,
    Finding,
    Issue,
    Recovery,
    Remedy,
    RemedyState,
    Responsibility,
    Sureness,
)

_STANDS = (RemedyState.OFFERED, RemedyState.ASKED, RemedyState.AGREED, RemedyState.DONE)
_UNSAID = frozenset({RemedyState.ASKED})  # nobody may offer yet what waits for an approval


@dataclass(frozen=True, slots=True)
class Proof:
    """Something that a finding rests on, as one line; `shown`: the client may see it."""

    kind: str
    said: str
    shown: bool


@dataclass(frozen=True, slots=True)
class Given:
    """A remedy; `state` is one of `RemedyState`."""

    kind: str
    what: str
    state: str
    due_on: date | None
    goodwill: bool


@dataclass(frozen=True, slots=True)
class Point:
    """One issue and what we say to it. Texts are as people wrote them; `sure` and `responsibility` are codes."""

    number: int
    quote: str
    words: str
    said_by: str
    said_on: date
    feeling: str
    earlier: str  # the words of the issue that it repeats
    earlier_on: date | None
    happened: str = ""
    why: str = ""
    responsibility: str = Responsibility.UNKNOWN
    sure: str = Sureness.GUESS
    we_do: str = ""
    by_when: date | None = None
    hard_part: str = ""
    proofs: tuple[Proof, ...] = ()
    given: tuple[Given, ...] = ()


@dataclass(frozen=True, slots=True)
class Content:
    """A whole brief. `person` is whom the client speaks through; `as_of` the day of the last change to what it says."""

    whom: str
    firm: str
    client: str
    person: str
    engagement: str
    title: str
    owner: str
    as_of: date
    wanted: str
    points: tuple[Point, ...]
    given: tuple[Given, ...] = ()  # for no point alone
    first_words: tuple[str, ...] = ()
    questions: tuple[str, ...] = ()
    never: tuple[str, ...] = ()

    @property
    def mark(self) -> str:
        """What it was written from, as a hash: whether findings have moved on is told by it."""
        plain = asdict(self)
        del plain["as_of"]
        return hashlib.sha256(json.dumps(plain, sort_keys=True, default=str).encode()).hexdigest()


def content_of(reader: Reader, recovery: Recovery, whom: str) -> Content:
    """What the brief of a recovery says to the client or to the team. As many queries however many points it has.

    `reader` must be one who may read it (`door.readable_recovery`).
    """
    full = _everything(reader, recovery)
    return for_client(full) if whom == BriefFor.CLIENT else full


def for_client(full: Content) -> Content:
    """The same without what is the team's own. Pure."""
    return replace(
        full, whom=BriefFor.CLIENT, title="", owner="", first_words=(), questions=(), never=(),
        given=_offered(full.given), points=tuple(_plainly(point) for point in full.points),
    )  # fmt: skip


def _plainly(point: Point) -> Point:
    """One point as the client may read it: a guess is none of what happened, and blames nobody."""
    kept = replace(
        point, words="" if point.quote else point.words, feeling="", earlier="", earlier_on=None, hard_part="",
        proofs=tuple(proof for proof in point.proofs if proof.shown), given=_offered(point.given),
    )  # fmt: skip
    if point.sure == Sureness.GUESS:
        return replace(kept, happened="", why="", responsibility=Responsibility.UNKNOWN, proofs=())
    return kept


def _offered(given: Iterable[Given]) -> tuple[Given, ...]:
    return tuple(each for each in given if each.state not in _UNSAID)


def _everything(reader: Reader, recovery: Recovery) -> Content:
    firm = firm_in_scope()
    zone = ZoneInfo(firm.timezone)
    issues = list(
        Issue.objects.filter(recovery=recovery, merged_into=None, removed_at=None)
        .select_related("finding", "message", "recurs")
        .order_by("place", "pk")
    )
    remedies = list(Remedy.objects.filter(recovery=recovery, state__in=_STANDS).order_by("at", "pk"))
    evidence = list(Evidence.objects.filter(issue__in=issues).order_by("at", "pk"))
    proofs = _proofs(reader, evidence, zone)
    given = defaultdict(list)
    for remedy in remedies:
        made = Given(remedy.kind, remedy.what, remedy.state, remedy.due_on, remedy.goodwill)
        given[remedy.issue_id if remedy.issue_id in {issue.pk for issue in issues} else None].append(made)
    book = queries.playbook(recovery.failure_mode) if recovery.failure_mode else None
    findings = [issue.finding for issue in issues if hasattr(issue, "finding")]
    moments = [recovery.opened_at, *(each.at for each in issues), *(each.at for each in findings)]
    moments += [*(each.at for each in evidence), *(each.changed_at for each in remedies)]
    return Content(
        whom=BriefFor.TEAM, firm=firm.name, client=recovery.client.name, person=_person(recovery, issues),
        engagement=recovery.engagement.name if recovery.engagement else "", title=recovery.title,
        owner=recovery.owner.name if recovery.owner else "", as_of=max(moments).astimezone(zone).date(),
        wanted=recovery.wanted, given=tuple(given[None]),
        points=tuple(
            _point(number, issue, tuple(proofs[issue.pk]), tuple(given[issue.pk]), zone)
            for number, issue in enumerate(issues, start=1)
        ),
        first_words=(book.first_words,) if book and book.first_words else (),
        questions=book.questions if book else (), never=book.never if book else (),
    )  # fmt: skip


def _point(number: int, issue: Issue, proofs: tuple[Proof, ...], given: tuple[Given, ...], zone: ZoneInfo) -> Point:
    sender = issue.message.sender_name or issue.message.sender_email if issue.message else ""
    known: Finding | None = getattr(issue, "finding", None)
    point = Point(
        number=number, quote=issue.quote, words=issue.words, said_by=sender,
        said_on=issue.said_at.astimezone(zone).date(), feeling=issue.feeling,
        earlier=issue.recurs.quote if issue.recurs else "",
        earlier_on=issue.recurs.said_at.astimezone(zone).date() if issue.recurs else None, proofs=proofs, given=given,
    )  # fmt: skip
    if known is None:
        return point
    return replace(
        point, happened=known.happened, why=known.why, responsibility=known.responsibility, sure=known.sure,
        we_do=known.we_do, by_when=known.by_when, hard_part=known.hard_part,
    )  # fmt: skip


def _proofs(reader: Reader, evidence: Sequence[Evidence], zone: ZoneInfo) -> dict[int, list[Proof]]:
    """By issue, what it rests on; a message that the reader may not so much as know of by subject is named by kind."""
    asked = [each.about for each in evidence if each.kind in {EvidenceKind.MESSAGE, EvidenceKind.ADVICE} and each.about]
    rows = with_subject(reader).filter(public_id__in=asked).values_list("public_id", "subject", "sent_at")
    messages = {key: f"{subject or 'message'}, {_day(at, zone)}" for key, subject, at in rows}
    found: dict[int, list[Proof]] = defaultdict(list)
    for each in evidence:
        named = each.label or (messages.get(each.about, "") if each.about else "")
        quoted = f"“{each.quote.strip()}”" if each.quote.strip() else ""
        said = ": ".join(part for part in (named, quoted) if part)
        found[each.issue_id].append(Proof(each.kind, said, each.shown))
    return found


def _day(at: datetime, zone: ZoneInfo) -> str:
    return f"{at.astimezone(zone):%-d %B %Y}"


def _person(recovery: Recovery, issues: Sequence[Issue]) -> str:
    """Whose words these are: who wrote most of the points, else whom we hear from most."""
    names = [issue.message.sender_name for issue in issues if issue.message and issue.message.sender_name]
    if names:
        return max(dict.fromkeys(names), key=names.count)
    contact = Contact.objects.filter(client=recovery.client).exclude(name="").order_by("-received", "pk").first()
    return str(contact.name) if contact else ""
