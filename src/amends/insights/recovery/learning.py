"""What the section *Learn* of a recovery shows: what it cost, whether the client says yes, the same cause elsewhere."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db.models import Q, Sum

from amends.clients.models import Engagement, TimeEntry
from amends.core.money import Money
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.insights.hiccups import Period
from amends.mail.queries import Reader, new_text_of, readable
from amends.recovery import giving, queries
from amends.recovery.models import Closing, Recovery, Remedy


@dataclass(frozen=True, slots=True)
class Hours:
    """Work on the engagement from the day on which it was opened until it was made good; `cost` None: not known."""

    seconds: int
    cost: Decimal | None
    currency: str

    @property
    def hours(self) -> float:
        """In hours."""
        return self.seconds / 3600


@dataclass(frozen=True, slots=True)
class Elsewhere:
    """The same cause at another client; of one that is closed to the reader, the title stays away."""

    recovery: Recovery
    open: bool


@dataclass(frozen=True, slots=True)
class Learning:
    """The section; `open` False: this reader may not read what the recovery is about, and all else is empty."""

    recovery: Recovery
    open: bool
    cost: list[Money] = field(default_factory=list)
    hours: Hours | None = None
    elsewhere: list[Elsewhere] = field(default_factory=list)
    said: str = ""  # what the client's yes rests on: the words of a message, or what was noted of a call

    @property
    def on_phone(self) -> bool:
        """Whether the client said yes on the phone."""
        return self.recovery.closing == Closing.YES and not self.recovery.closed_why.startswith("message ")

    @property
    def clients(self) -> int:
        """How many other clients had the same."""
        return len({each.recovery.client_id for each in self.elsewhere})


def learning_of(reader: Reader, recovery: Recovery, *, by: Member, now: datetime) -> Learning:
    """All of it for one member; as many queries whatever is stored."""
    if not queries.may_see(reader, recovery):
        return Learning(recovery, open=False)
    others = giving.same_cause(recovery, now=now)
    seen = queries.seen_whole(reader, others)
    return Learning(
        recovery,
        open=True,
        cost=giving.cost_of(Remedy.objects.filter(recovery=recovery)),
        hours=hours_of(recovery, firm_in_scope(), now=now, money=may(by.role, Right.SEE_MONEY)),
        elsewhere=[Elsewhere(each, each.pk in seen) for each in others],
        said=_said(reader, recovery),
    )


def hours_of(recovery: Recovery, firm: Firm, *, now: datetime, money: bool) -> Hours | None:
    """Work that was entered on its engagement meanwhile; None where there is none."""
    if recovery.engagement_id is None:
        return None
    zone = ZoneInfo(firm.timezone)
    first = recovery.opened_at.astimezone(zone).date()
    last = (recovery.made_good_at or recovery.closed_at or now).astimezone(zone).date()
    rows = TimeEntry.objects.filter(engagement=recovery.engagement, day__gte=first, day__lte=last)
    found = rows.aggregate(seconds=Sum("seconds"), cost=Sum("cost", filter=Q(currency__in=["", firm.currency])))
    if not found["seconds"]:
        return None
    return Hours(found["seconds"], found["cost"] if money else None, firm.currency)


def _said(reader: Reader, recovery: Recovery) -> str:
    if recovery.closing != Closing.YES:
        return ""
    how, _space, what = recovery.closed_why.partition(" ")
    if how != "message":
        return what
    found = readable(reader).select_related("body").filter(public_id=what).first()
    return new_text_of(found.body)[:300].strip() if found is not None else ""


def left_of(reader: Reader, engagement: Engagement, period: Period, *, zone: ZoneInfo) -> list[Elsewhere]:
    """Recoveries of an engagement that are open or unconfirmed, and those of its client that were opened in its time
    and name no engagement."""
    mine = Q(engagement=engagement)
    bounds = period.bounds(zone)
    if bounds is not None:
        end = bounds[1] + timedelta(days=1)
        mine |= Q(engagement=None, opened_at__gte=bounds[0], opened_at__lt=end)
    rows = Recovery.objects.filter(mine, client=engagement.client_id)
    rows = rows.filter(Q(closed_at=None) | Q(closing=Closing.UNCONFIRMED)).select_related("client", "owner")
    found = list(rows.order_by("opened_at", "pk")[:50])
    seen = queries.seen_whole(reader, found)
    return [Elsewhere(each, each.pk in seen) for each in found]


def due_asks(reader: Reader, member: Member, *, now: datetime) -> list[Elsewhere]:
    """Clients to be asked by now: those whose recoveries this member owns first, then the others."""
    rows = sorted(giving.to_ask(now=now)[:200], key=lambda each: (each.owner_id != member.pk, each.ask_at))
    seen = queries.seen_whole(reader, rows)
    return [Elsewhere(each, each.pk in seen) for each in rows]


@dataclass(frozen=True, slots=True)
class Waiting:
    """What *Today* says beside its list: requests for whoever decides, and clients of one's own to be asked."""

    approvals: int
    asks: int


def waiting_for(member: Member, *, now: datetime) -> Waiting:
    """What waits for this member."""
    decides = may(member.role, Right.DECIDE)
    asks = giving.to_ask(now=now).filter(Q(owner=member) | Q(owner=None)).count() if may(member.role, Right.ACT) else 0
    return Waiting(giving.approvals_waiting(besides=member) if decides else 0, asks)
