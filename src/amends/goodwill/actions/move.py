"""What was given to a client goes with it where it becomes a part of another."""

from __future__ import annotations

from typing import Any

from amends.clients.models import Client
from amends.goodwill.models import Ask, Claim, Gesture, Referral, Renewal, Review

_THEIRS: tuple[Any, ...] = (Gesture, Review, Referral, Renewal, Ask, Claim)


def move_goodwill(source: Client, target: Client) -> None:
    """From now on it is all of `target`; whom a client recommended us to is theirs too."""
    for model in _THEIRS:
        model.objects.filter(client=source).update(client=target)
    Referral.objects.filter(new_client=source).update(new_client=target)
