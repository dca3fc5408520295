"""What was given to one client beyond the contract and what came back, in one line of time.

What a claim says are words of the client's: where it rests on mail that the reader may not read, or the reader reads
no mail at all, they are left out. What something cost or is worth is for whoever may see money; what one spent oneself,
one knows.
"""

from __future__ import annotations

import uuid
from collections.abc import Collection, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.clients.models import Client, Engagement, Standing
from amends.core.money import Money
from amends.firm import budgets
from amends.firm.models import Firm, Member
from amends.firm.rules import Right, may
from amends.goodwill.models import Claim, Gesture, GestureState, Guarantee, Referral, Renewal, Review
from amends.goodwill.queries import beginnings, guarantees_for, manners, theirs
from amends.goodwill.rules import is_complaint, is_praise
from amends.insights.goodwill.asking import Leave, asks_left, leave_of
from amends.mail.privacy import Reader, readable

_LISTED = 200  # rows of a kind that one page tells of
_OTHERS = 500


@dataclass(frozen=True, slots=True)
class Came:
    """One thing that came of a gesture, or could have."""

    kind: str  # review, referral, renewal
    public_id: uuid.UUID
    on: date
    said: str
    chosen: bool = False


@dataclass(frozen=True, slots=True)
class Moment:
    """One thing in the line of time: `row` is a row of the kind's model. `money` None: none, or not to be seen."""

    on: date
    kind: str  # gesture, review, referral, renewal, returned, claim, ask
    row: Any
    money: Money | None = None
    tone: str = ""  # of a review: good, bad, or neither
    words: str = ""
    hidden: bool = False  # its words rest on mail that the reader may not read
    came: list[Came] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where it stands on the page."""
        return f"{self.kind}-{self.row.public_id}"


@dataclass(frozen=True, slots=True)
class Goodwill:
    """The page of one client."""

    client: Client
    planned: list[Moment]
    moments: list[Moment]  # the newest first
    results: list[Came]
    engagements: list[Engagement]
    guarantees: list[Guarantee]
    others: list[Client]  # who may have become a client by their recommendation
    leave: Leave  # whether they may be asked for a favour now
    given: Money | None  # what gestures and claims cost this year; None: not to be seen
    most: Money | None  # what the reader may give at once; None: any amount, or nothing alone
    alone: bool
    left: Money | None  # of their budget; None: not bounded


def goodwill_of(reader: Reader, firm: Firm, client_id: uuid.UUID, *, by: Member | None, now: datetime) -> Goodwill:
    """All of one client, for a page or a list. Raises `Client.DoesNotExist`."""
    client = Client.objects.select_related("merged_into").get(public_id=client_id)
    today = now.astimezone(ZoneInfo(firm.timezone)).date()
    moments = moments_of(reader, firm, client, by=by)
    planned = [one for one in moments if one.kind == "gesture" and one.row.state == GestureState.PLANNED]
    happened = [one for one in moments if one not in planned]
    limit = budgets.limit_of(by, "gesture") if by else budgets.Limit(alone=True)
    left = budgets.purse_of(by, now=now).left if by else None
    return Goodwill(
        client=client,
        planned=sorted(planned, key=lambda one: (one.row.planned_for or date.max, one.row.at)),
        moments=sorted(happened, key=lambda one: (one.on, one.row.pk), reverse=True),
        results=[_came(one) for one in happened if one.kind in {"review", "referral", "renewal"}],
        engagements=list(Engagement.objects.filter(client=client).order_by("closed_at", "name")),
        guarantees=guarantees_for(client, today=today),
        others=_others(client) if any(one.kind == "referral" for one in moments) else [],
        leave=leave_of(client, now=now),
        given=_given(happened, firm, today) if by is None or may(by.role, Right.SEE_MONEY) else None,
        most=Money(limit.most, firm.currency) if limit.most is not None else None,
        alone=limit.alone,
        left=Money(left, firm.currency) if left is not None else None,
    )


def _others(client: Client) -> list[Client]:
    rows = Client.objects.filter(merged_into=None, standing=Standing.CLIENT).exclude(pk=client.pk)
    return list(rows.only("pk", "firm_id", "public_id", "name").order_by("name")[:_OTHERS])


def moments_of(reader: Reader, firm: Firm, client: Client, *, by: Member | None) -> list[Moment]:
    """Everything that was given to this client and came back; `by` None sees all money."""
    zone = ZoneInfo(firm.timezone)
    seen = Seen(by)
    return [
        *_gestures(client, seen, zone),
        *_reviews(client),
        *_referrals(client, seen),
        *_renewals(client, seen),
        *_returns(client),
        *_claims(reader, client, seen),
        *(Moment(one.at.astimezone(zone).date(), "ask", one) for one in asks_left(client)),
    ]


@dataclass(frozen=True, slots=True)
class Seen:
    """What of money this member sees; None sees all."""

    by: Member | None

    def money(self, units: int | None, currency: str, *, whose: int | None = None) -> Money | None:
        """An amount; `whose` is the key of whoever spent it."""
        allowed = self.by is None or may(self.by.role, Right.SEE_MONEY) or (whose is not None and whose == self.by.pk)
        return Money(units, currency) if units and allowed else None


def _gestures(client: Client, seen: Seen, zone: ZoneInfo) -> Iterator[Moment]:
    rows = Gesture.objects.filter(theirs(client)).select_related("engagement", "by").order_by("-at")
    found = list(rows[:_LISTED])
    came = came_of(found)
    for row in found:
        at = row.done_at or row.changed_at
        money = seen.money(row.cost, row.currency, whose=row.by_id)
        yield Moment(at.astimezone(zone).date(), "gesture", row, money, came=came.get(row.pk, []))


def came_of(gestures: Collection[Gesture]) -> dict[int, list[Came]]:
    """What came of each of these gestures, by its key."""
    found: dict[int, list[Came]] = {}
    for kind, model, day in (("review", Review, "said_on"), ("referral", Referral, "said_on"),
                             ("renewal", Renewal, "renewed_on")):  # fmt: skip
        rows: Any = model.objects.filter(gesture__in=gestures, removed_at=None)
        rows = rows.select_related("engagement") if kind == "renewal" else rows
        for row in rows.order_by(day, "pk"):
            found.setdefault(row.gesture_id, []).append(_came(Moment(getattr(row, day), kind, row)))
    return found


def _came(moment: Moment) -> Came:
    row = moment.row
    match moment.kind:
        case "review":
            said = row.place
        case "referral":
            said = row.whom
        case _:
            said = row.engagement.name
    return Came(moment.kind, row.public_id, moment.on, said, row.gesture_id is not None)


def _reviews(client: Client) -> Iterator[Moment]:
    low = manners().low_stars
    rows = Review.objects.filter(theirs(client), removed_at=None).select_related("by").order_by("-said_on")
    for row in rows[:_LISTED]:
        yield review_moment(row, low=low)


def review_moment(row: Review, *, low: int) -> Moment:
    """A review as a moment, with how it speaks of the firm."""
    tone = "bad" if is_complaint(row.stars, row.complaint, low=low) else ""
    tone = tone or ("good" if is_praise(row.stars, row.complaint) else "")
    return Moment(row.said_on, "review", row, tone=tone, words=row.words)


def _referrals(client: Client, seen: Seen) -> Iterator[Moment]:
    rows = Referral.objects.filter(theirs(client), removed_at=None).select_related("new_client", "by")
    for row in rows.order_by("-said_on")[:_LISTED]:
        yield Moment(row.said_on, "referral", row, seen.money(row.worth, row.currency), words=row.words)


def _renewals(client: Client, seen: Seen) -> Iterator[Moment]:
    rows = Renewal.objects.filter(theirs(client), removed_at=None).select_related("engagement", "by")
    for row in rows.order_by("-renewed_on")[:_LISTED]:
        yield Moment(row.renewed_on, "renewal", row, seen.money(row.value, row.currency))


def _returns(client: Client) -> Iterator[Moment]:
    for one in beginnings([client.pk]):
        if one.returned:
            yield Moment(one.began_on, "returned", one.engagement)


def _claims(reader: Reader, client: Client, seen: Seen) -> Iterator[Moment]:
    rows = Claim.objects.filter(theirs(client)).select_related("guarantee", "engagement", "decided_by", "by")
    found = list(rows.order_by("-claimed_on")[:_LISTED])
    hidden = hidden_claims(reader, found)
    for row in found:
        shut = row.pk in hidden
        money = seen.money(row.cost, row.currency, whose=row.decided_by_id)
        yield Moment(row.claimed_on, "claim", row, money, words="" if shut else row.words, hidden=shut)


def hidden_claims(reader: Reader, claims: Collection[Claim]) -> set[int]:
    """The keys of those whose words this reader may not read."""
    if not reader.restricted:
        return set()
    if reader.doors.nothing:
        return {one.pk for one in claims}
    resting = {one.evidence for one in claims if one.evidence is not None}
    shown = (
        set(readable(reader).filter(public_id__in=resting).values_list("public_id", flat=True)) if resting else set()
    )
    return {one.pk for one in claims if one.evidence is not None and one.evidence not in shown}


def _given(moments: Collection[Moment], firm: Firm, today: date) -> Money:
    """What was given since the year began, in the firm's currency."""
    units = sum(
        one.row.cost
        for one in moments
        if one.on.year == today.year and one.row.__class__ in {Gesture, Claim} and one.row.currency == firm.currency
        and one.row.state in {"done", "honoured", "made_good"}
    )  # fmt: skip
    return Money(units, firm.currency)
