"""What was said of the firm in public, the newest first, with what it says of the firm as a whole."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from decimal import Decimal

from amends.goodwill.models import Review
from amends.goodwill.queries import manners
from amends.insights.goodwill.client import Moment, review_moment

PAGE = 50


@dataclass(frozen=True, slots=True)
class Reviews:
    """One page of them, and what all of them come to."""

    moments: list[Moment]
    more: bool
    total: int
    nobodys: int  # of no client yet
    average: Decimal | None  # of those with stars, to one decimal
    starred: int


def reviews_of_firm(*, page: int = 1, whose: str = "") -> Reviews:
    """Reviews that stand; with `whose` "nobody", those of no client yet."""
    rows = Review.objects.filter(removed_at=None)
    stars = Counter(number for number in rows.values_list("stars", flat=True) if number is not None)
    starred = sum(stars.values())
    total = sum((number * count for number, count in stars.items()), Decimal(0))
    nobodys = rows.filter(client=None).count()
    chosen = rows.filter(client=None) if whose == "nobody" else rows
    start = (page - 1) * PAGE
    found = list(chosen.select_related("client", "by").order_by("-said_on", "-pk")[start : start + PAGE + 1])
    low = manners().low_stars
    return Reviews(
        moments=[review_moment(row, low=low) for row in found[:PAGE]],
        more=len(found) > PAGE,
        total=rows.count(),
        nobodys=nobodys,
        average=(total / starred).quantize(Decimal("0.1")) if starred else None,
        starred=starred,
    )
