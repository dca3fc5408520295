"""What an export holds of goodwill: gestures, results, guarantees, claims, and when favours are asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from amends.flows.keep.export.tables import Table, by_key
from amends.flows.keep.export.tables import public_id as _id
from amends.goodwill.models import Ask, Claim, Gesture, Guarantee, Manners, Referral, Renewal, Review
from amends.goodwill.queries import manners

_PLAIN: dict[str, tuple[Any, tuple[str, ...], tuple[str, ...], str]] = {
    "gestures": (
        Gesture, ("client", "engagement", "by"),
        ("what", "why", "cost", "currency", "planned_for", "state", "at", "changed_at", "done_at", "came_of",
         "about_kind", "about", "version"),
        "the extra mile: what was done for whom, what it cost in the smallest unit of a currency, what came of it",
    ),
    "reviews": (
        Review, ("client", "gesture", "by"),
        ("place", "link", "said_on", "author", "stars", "words", "complaint", "message", "answered_at", "at",
         "removed_at"),
        "what was said of the firm in public",
    ),
    "referrals": (
        Referral, ("client", "new_client", "gesture", "by"),
        ("who", "whom", "said_on", "words", "became", "worth", "currency", "at", "version", "removed_at"),
        "who recommended the firm to whom, and what it became",
    ),
    "renewals": (
        Renewal, ("client", "engagement", "gesture", "by"),
        ("renewed_on", "next_on", "value", "currency", "was_on", "was_value", "at", "removed_at"),
        "engagements that were renewed, and their values before and after",
    ),
    "favours": (
        Ask, ("client", "by"), ("favour", "link", "draft", "at"), "who was asked for a review or a recommendation",
    ),
    "guarantees": (
        Guarantee, ("engagement", "by"),
        ("name", "words", "kind", "most", "currency", "until", "at", "changed_at", "ended_at", "version"),
        "what the firm stands by",
    ),
    "claims": (
        Claim, ("guarantee", "client", "engagement", "decided_by", "by"),
        ("who", "claimed_on", "words", "evidence", "state", "kind", "gives", "cost", "currency", "decided_at", "why",
         "made_good_at", "failure_mode", "mended", "mended_at", "at", "changed_at", "version"),
        "claims on guarantees, what was decided and given, and whether the cause is mended",
    ),
}  # fmt: skip


def _rows(model: Any, points: tuple[str, ...], names: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for row in by_key(model.objects.select_related(*points)):
        yield {
            "id": _id(row), **{point: _id(getattr(row, point)) for point in points},
            **{name: getattr(row, name) for name in names},
        }  # fmt: skip


def _table(name: str) -> Table:
    model, points, names, says = _PLAIN[name]
    return Table(name, says, lambda: _rows(model, points, names), ("id", *points, *names))


def goodwill_settings() -> dict[str, Any]:
    """How long clients are left in peace, and from how many stars on a review is a complaint."""
    row = manners()
    names = ("after_ask_days", "after_recovery_days", "low_stars", "review_link")
    return {name: getattr(row, name) for name in names}


EARNED = tuple(map(_table, _PLAIN))
ON_GOODWILL = {Ask, Claim, Gesture, Guarantee, Manners, Referral, Renewal, Review}
