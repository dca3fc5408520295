"""Scope that was absorbed, and introductions that helped, as events."""

from __future__ import annotations

from collections.abc import Collection

from amends.boundaries.models import Helped, ReferralOut, ScopeAnswer, ScopeKind
from amends.capital.rules import Event


def of_answers(ids: Collection[int]) -> list[Event]:
    """Of these answers (primary keys): scope that was absorbed, or was not (any more)."""
    return [_absorbed(row) for row in ScopeAnswer.objects.filter(pk__in=ids)]


def of_referrals(ids: Collection[int]) -> list[Event]:
    """Of these introductions (primary keys): that they helped, or did not."""
    return [_helped(row) for row in ReferralOut.objects.filter(pk__in=ids).select_related("answer")]


def of_clients(clients: Collection[int]) -> list[Event]:
    """Everything of these clients that was absorbed, or helped."""
    absorbed = ScopeAnswer.objects.filter(client__in=clients, kind=ScopeKind.ABSORBED, undone_at=None)
    helped = ReferralOut.objects.filter(client__in=clients, helped=Helped.YES, undone_at=None)
    return [_absorbed(row) for row in absorbed] + [_helped(row) for row in helped.select_related("answer")]


def _absorbed(row: ScopeAnswer) -> Event:
    return Event(
        f"scope:{row.public_id}:absorbed", "scope_absorbed", row.client_id, row.at, ("scope_answer", row.public_id),
        engagement=row.engagement_id, withdrawn=row.kind != ScopeKind.ABSORBED or row.undone_at is not None,
    )  # fmt: skip


def _helped(row: ReferralOut) -> Event:
    return Event(
        f"referral:{row.public_id}:helped", "referral_out_helped", row.client_id, row.helped_at or row.at,
        ("referral_out", row.public_id), engagement=row.answer.engagement_id if row.answer else None,
        withdrawn=row.helped != Helped.YES or row.undone_at is not None,
    )  # fmt: skip
