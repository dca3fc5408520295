"""Gestures, reviews, recommendations, guarantees and claims as lists, a page at a time, for programs."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet

from amends.clients.models import Client
from amends.core.money import Money
from amends.firm.models import Member
from amends.goodwill.models import Claim, Gesture, Guarantee, Referral, Review
from amends.goodwill.queries import manners
from amends.goodwill.rules import is_complaint
from amends.insights.goodwill.client import Seen, hidden_claims
from amends.insights.lists.paging import Key, Page, page_of
from amends.mail.privacy import Reader


@dataclass(frozen=True, slots=True)
class Shown:
    """A row as this reader may know it: what of money and words they see, None where they may not."""

    row: Any
    money: Money | None = None
    words: str | None = None
    complaint: bool = False


def gestures_page(by: Member | None, *, client: uuid.UUID | None, after: Key | None, limit: int) -> Page[Shown]:
    """The newest first; raises `Client.DoesNotExist` where there is no such client."""
    seen = Seen(by)
    page = page_of(_of(Gesture, client, "client", "by"), order=["-pk"], after=after, limit=limit)
    return page.mapped(lambda row: Shown(row, seen.money(row.cost, row.currency, whose=row.by_id)))


def one_gesture(by: Member | None, gesture_id: uuid.UUID) -> Shown:
    """Raises `Gesture.DoesNotExist`."""
    row = Gesture.objects.select_related("client", "by").get(public_id=gesture_id)
    return Shown(row, Seen(by).money(row.cost, row.currency, whose=row.by_id))


def reviews_page(*, client: uuid.UUID | None, after: Key | None, limit: int) -> Page[Shown]:
    """As `gestures_page`; those that were taken back are left out."""
    rows = _of(Review, client, "client").filter(removed_at=None)
    low = manners().low_stars
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    return page.mapped(lambda row: _review(row, low))


def one_review(review_id: uuid.UUID) -> Shown:
    """Raises `Review.DoesNotExist`."""
    return _review(Review.objects.select_related("client").get(public_id=review_id), manners().low_stars)


def _review(row: Review, low: int) -> Shown:
    return Shown(row, complaint=is_complaint(row.stars, row.complaint, low=low))


def referrals_page(by: Member | None, *, client: uuid.UUID | None, after: Key | None, limit: int) -> Page[Shown]:
    """As `reviews_page`."""
    seen = Seen(by)
    rows = _of(Referral, client, "client", "new_client").filter(removed_at=None)
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    return page.mapped(lambda row: Shown(row, seen.money(row.worth, row.currency)))


def guarantees_page(*, after: Key | None, limit: int) -> Page[Guarantee]:
    """The newest first."""
    rows = Guarantee.objects.select_related("engagement")
    return page_of(rows, order=["-pk"], after=after, limit=limit)


def claims_page(reader: Reader, *, client: uuid.UUID | None, after: Key | None, limit: int) -> Page[Shown]:
    """As `gestures_page`; words that rest on closed mail are left out."""
    page = page_of(_of(Claim, client, "client", "guarantee"), order=["-pk"], after=after, limit=limit)
    return Page(_claims(reader, page.items), page.next)


def one_claim(reader: Reader, claim_id: uuid.UUID) -> Shown:
    """Raises `Claim.DoesNotExist`."""
    return _claims(reader, [Claim.objects.select_related("client", "guarantee").get(public_id=claim_id)])[0]


def _claims(reader: Reader, rows: Sequence[Claim]) -> list[Shown]:
    hidden, seen = hidden_claims(reader, rows), Seen(reader.member)
    return [
        Shown(
            row, seen.money(row.cost, row.currency, whose=row.decided_by_id), None if row.pk in hidden else row.words
        )
        for row in rows
    ]  # fmt: skip


def _of(model: Any, client: uuid.UUID | None, *points: str) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.select_related(*points)
    return rows if client is None else rows.filter(client=Client.objects.get(public_id=client))
