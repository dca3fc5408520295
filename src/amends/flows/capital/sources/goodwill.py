"""What was given and earned beyond the contract, as events: gestures, reviews, referrals, renewals, claims, returns."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import date, datetime
from zoneinfo import ZoneInfo

from amends.capital.rules import Event
from amends.firm.queries import firm_in_scope
from amends.goodwill import queries
from amends.goodwill.models import Claim, ClaimState, Gesture, GestureState, Referral, Renewal, Review
from amends.goodwill.rules import is_complaint, is_praise


def of_gestures(ids: Collection[int]) -> list[Event]:
    """Of these gestures (primary keys): done, or not (any more). What was booked for something else is told there."""
    return [_gesture(row) for row in Gesture.objects.filter(pk__in=ids, about=None)]


def of_reviews(ids: Collection[int]) -> list[Event]:
    """Of these reviews (primary keys): good, bad, or neither (any more). One of nobody known is in no account."""
    return list(_reviews(Review.objects.filter(pk__in=ids).exclude(client=None)))


def of_referrals(ids: Collection[int]) -> list[Event]:
    """Of these referrals (primary keys): told, or taken back."""
    return list(_referrals(Referral.objects.filter(pk__in=ids)))


def of_renewals(ids: Collection[int]) -> list[Event]:
    """Of these renewals (primary keys): told, or taken back."""
    return list(_renewals(Renewal.objects.filter(pk__in=ids)))


def of_claims(ids: Collection[int]) -> list[Event]:
    """Of these claims (primary keys): honoured, refused, or neither (any more)."""
    return [event for row in Claim.objects.filter(pk__in=ids) for event in _claim(row)]


def of_returns(clients: Collection[int]) -> list[Event]:
    """Of each engagement of these clients (primary keys): whether they came back with it after a closed one."""
    zone = _zone()
    return [
        Event(
            f"engagement:{one.engagement.public_id}:returned", "returned", one.engagement.client_id,
            _noon(one.began_on, zone), ("engagement", one.engagement.public_id), engagement=one.engagement.pk,
            withdrawn=not one.returned,
        )
        for one in queries.beginnings(clients)
    ]  # fmt: skip


def of_clients(clients: Collection[int]) -> list[Event]:
    """Everything of these clients that stands."""
    found: list[Event] = [
        _gesture(row) for row in Gesture.objects.filter(client__in=clients, state=GestureState.DONE, about=None)
    ]
    found += _reviews(Review.objects.filter(client__in=clients, removed_at=None))
    found += _referrals(Referral.objects.filter(client__in=clients, removed_at=None))
    found += _renewals(Renewal.objects.filter(client__in=clients, removed_at=None))
    found += [event for row in Claim.objects.filter(client__in=clients) for event in _claim(row)]
    found += of_returns(clients)
    return [event for event in found if not event.withdrawn]


def _gesture(row: Gesture) -> Event:
    return Event(
        f"gesture:{row.public_id}:done", "gesture", row.client_id, row.done_at or row.changed_at,
        ("gesture", row.public_id), engagement=row.engagement_id, withdrawn=row.state != GestureState.DONE,
    )  # fmt: skip


def _reviews(rows: Iterable[Review]) -> Iterable[Event]:
    zone, low = _zone(), queries.manners().low_stars
    for row in rows:
        if row.client_id is None:
            continue
        bad = is_complaint(row.stars, row.complaint, low=low)
        for kind, true in (("review_bad", bad), ("review_good", not bad and is_praise(row.stars, row.complaint))):
            yield Event(
                f"review:{row.public_id}:{kind.removeprefix('review_')}", kind, row.client_id,
                _noon(row.said_on, zone), ("review", row.public_id), withdrawn=not true or row.removed_at is not None,
            )  # fmt: skip


def _referrals(rows: Iterable[Referral]) -> Iterable[Event]:
    zone = _zone()
    for row in rows:
        yield Event(
            f"referral:{row.public_id}:in", "referral_in", row.client_id, _noon(row.said_on, zone),
            ("referral", row.public_id), withdrawn=row.removed_at is not None,
        )  # fmt: skip


def _renewals(rows: Iterable[Renewal]) -> Iterable[Event]:
    zone = _zone()
    for row in rows:
        yield Event(
            f"renewal:{row.public_id}", "renewal", row.client_id, _noon(row.renewed_on, zone),
            ("renewal", row.public_id), engagement=row.engagement_id, withdrawn=row.removed_at is not None,
        )  # fmt: skip


def _claim(row: Claim) -> list[Event]:
    honoured = row.state in {ClaimState.HONOURED, ClaimState.MADE_GOOD}
    return [
        Event(
            f"claim:{row.public_id}:{kind.removeprefix('claim_')}", kind, row.client_id,
            row.decided_at or row.changed_at, ("claim", row.public_id), engagement=row.engagement_id,
            cause=row.failure_mode, withdrawn=not true,
        )
        for kind, true in (("claim_honoured", honoured), ("claim_refused", row.state == ClaimState.REFUSED))
    ]  # fmt: skip


def _zone() -> ZoneInfo:
    return ZoneInfo(firm_in_scope().timezone)


def _noon(day: date, zone: ZoneInfo) -> datetime:
    return datetime(day.year, day.month, day.day, 12, tzinfo=zone)
