"""Guarantees of the firm: their claims, how many of each kind of work, and causes that many share.

"90 of the first 100 pairs of boots were returned": where claims share a cause, it is the cause that wants mending.
"""

from __future__ import annotations

import uuid
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Q, QuerySet

from amends.clients.models import Engagement
from amends.core.money import Money
from amends.firm import budgets
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.goodwill.models import Claim, ClaimState, Guarantee
from amends.goodwill.rules import shares_a_cause
from amends.insights.goodwill.client import Seen, hidden_claims
from amends.mail.privacy import Reader, readable
from amends.recovery.queries import mode_name

_LISTED = 200


@dataclass(frozen=True, slots=True)
class Term:
    """A guarantee with how many claims it has and how many of them wait."""

    guarantee: Guarantee
    claims: int
    waiting: int
    most: Money | None


@dataclass(frozen=True, slots=True)
class Rate:
    """Of one kind of work: how many engagements there were, and on how many somebody claimed."""

    kind: str  # "" where nobody said
    engagements: int
    claimed: int
    claims: int

    @property
    def share(self) -> float:
        """Of the engagements, those on which somebody claimed."""
        return self.claimed / self.engagements if self.engagements else 0.0


@dataclass(frozen=True, slots=True)
class Shared:
    """A cause that many claims have: of so many whose cause is known."""

    mode: str
    name: str
    claims: int
    of: int
    mended: int

    @property
    def unmended(self) -> int:
        """Of these, how many have a cause that nobody said was mended."""
        return self.claims - self.mended


@dataclass(frozen=True, slots=True)
class Told:
    """A claim as this reader may know it."""

    claim: Claim
    words: str
    hidden: bool
    cause: str
    cost: Money | None


@dataclass(frozen=True, slots=True)
class Guarantees:
    """The page of the firm."""

    terms: list[Term]
    ended: list[Term]
    waiting: list[Told]
    decided: list[Told]
    rates: list[Rate]
    shared: list[Shared]
    without: int  # claims on no engagement: they are in no rate


def guarantees_of(reader: Reader, *, by: Member | None, now: datetime) -> Guarantees:
    """Everything that the firm guarantees; `by` None sees all money."""
    seen = Seen(by)
    rows = Guarantee.objects.select_related("engagement__client").annotate(
        total=Count("claims"), waiting=Count("claims", filter=Q(claims__state=ClaimState.OPEN))
    )
    terms = [
        Term(row, row.total, row.waiting, Money(row.most, row.currency) if row.most is not None else None)
        for row in rows.order_by("name", "pk")
    ]
    claims = list(
        Claim.objects.select_related("guarantee", "client", "engagement", "decided_by").order_by("-claimed_on", "-pk")[
            :_LISTED
        ]
    )
    told = told_of(reader, claims, seen)
    return Guarantees(
        terms=[one for one in terms if not over(one.guarantee, now)],
        ended=[one for one in terms if over(one.guarantee, now)],
        waiting=[one for one in told if one.claim.state == ClaimState.OPEN],
        decided=[one for one in told if one.claim.state != ClaimState.OPEN],
        rates=rates(),
        shared=shared_causes(),
        without=_claims().filter(engagement=None).count(),
    )


def over(guarantee: Guarantee, now: datetime) -> bool:
    """Whether it is given no longer."""
    return guarantee.ended_at is not None or (guarantee.until is not None and guarantee.until < now.date())


def told_of(reader: Reader, claims: Sequence[Claim], seen: Seen) -> list[Told]:
    """Claims as this reader may know them, in their order."""
    hidden = hidden_claims(reader, claims)
    names = {mode: mode_name(mode) for mode in {one.failure_mode for one in claims if one.failure_mode}}
    return [
        Told(
            one, "" if one.pk in hidden else one.words, one.pk in hidden, names.get(one.failure_mode, ""),
            seen.money(one.cost, one.currency, whose=one.decided_by_id),
        )
        for one in claims
    ]  # fmt: skip


def _claims() -> QuerySet[Claim]:
    """Those that were not taken back."""
    return Claim.objects.exclude(state=ClaimState.WITHDRAWN)


def rates() -> list[Rate]:
    """By kind of work, the highest rate first: of its engagements, on how many somebody claimed."""
    there: Counter[str] = Counter(Engagement.objects.values_list("kind", flat=True))
    claims: Counter[str] = Counter()
    claimed: dict[str, set[int]] = defaultdict(set)
    for kind, engagement in _claims().exclude(engagement=None).values_list("engagement__kind", "engagement"):
        claims[kind] += 1
        claimed[kind].add(engagement)
    made = [Rate(kind, count, len(claimed[kind]), claims[kind]) for kind, count in there.items()]
    return sorted(made, key=lambda one: (-one.share, -one.engagements, one.kind))


def shared_causes() -> list[Shared]:
    """Causes that so many claims have that they are no accident any more, the most frequent first."""
    known: Counter[str] = Counter()
    mended: Counter[str] = Counter()
    for mode, at in _claims().exclude(failure_mode="").values_list("failure_mode", "mended_at"):
        known[mode] += 1
        mended[mode] += at is not None
    total = sum(known.values())
    return [
        Shared(mode, mode_name(mode), count, total, mended[mode])
        for mode, count in known.most_common()
        if shares_a_cause(count, total)
    ]


@dataclass(frozen=True, slots=True)
class Page:
    """One claim as a page shows it. `thread` is the conversation that it rests on, where the reader may read that."""

    told: Told
    thread: uuid.UUID | None
    most: Money | None  # what the reader may give at once; None: any amount, or nothing alone
    alone: bool
    left: Money | None  # of their budget; None: not bounded
    others: int  # other claims with its cause


def claim_page(reader: Reader, claim_id: uuid.UUID, *, by: Member | None, now: datetime) -> Page:
    """One claim. Raises `Claim.DoesNotExist`."""
    rows = Claim.objects.select_related("guarantee", "client", "engagement", "decided_by", "by")
    claim = rows.get(public_id=claim_id)
    [told] = told_of(reader, [claim], Seen(by))
    shown = readable(reader).select_related("thread")
    message = shown.filter(public_id=claim.evidence).first() if claim.evidence else None
    firm = firm_in_scope()
    limit = budgets.limit_of(by, claim.guarantee.kind) if by else budgets.Limit(alone=True)
    left = budgets.purse_of(by, now=now).left if by else None
    same = _claims().filter(failure_mode=claim.failure_mode).exclude(pk=claim.pk) if claim.failure_mode else None
    return Page(
        told=told,
        thread=message.thread.public_id if message is not None else None,
        most=Money(limit.most, firm.currency) if limit.most is not None else None,
        alone=limit.alone,
        left=Money(left, firm.currency) if left is not None else None,
        others=same.count() if same is not None else 0,
    )
