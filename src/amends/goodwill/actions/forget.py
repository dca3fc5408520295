"""Forgetting on request: what a client was given goes with them, and words in which somebody is named are emptied."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from amends.clients.models import Client
from amends.firm.words import holding
from amends.goodwill.models import Ask, Claim, Gesture, Guarantee, Referral, Renewal, Review

_OF_CLIENTS: tuple[Any, ...] = (Claim, Review, Referral, Renewal, Ask, Gesture)
_TEXTS: dict[Any, tuple[str, ...]] = {
    Gesture: ("what", "why", "came_of"),
    Review: ("words", "author", "link", "place"),
    Referral: ("who", "whom", "words"),
    Guarantee: ("name", "words"),
    Claim: ("who", "words", "gives", "why", "failure_mode", "mended"),
    Ask: ("link",),
}


def forget_goodwill(client: Client) -> None:
    """Take away all that was given to a client and those merged into it, and all that came back."""
    theirs = Q(client=client) | Q(client__merged_into=client)
    for model in _OF_CLIENTS:
        model.objects.filter(theirs).delete()
    Guarantee.objects.filter(Q(engagement__client=client) | Q(engagement__client__merged_into=client)).delete()


def forget_evidence(messages: Collection[uuid.UUID]) -> None:
    """Messages (public ids) go: claims that rest on them lose their words, reviews that are kept in them go too."""
    Claim.objects.filter(evidence__in=messages).update(evidence=None, words="", who="")
    Review.objects.filter(message__in=messages).delete()


def forget_words(words: Collection[str]) -> None:
    """Empty every text that holds one of `words`: names and addresses of whom somebody wants forgotten."""
    with transaction.atomic():
        for model, columns in _TEXTS.items():
            for column in columns:
                model.objects.filter(holding(words, text=[column])).update(**{column: ""})


def reviews_by(names: Collection[str]) -> list[uuid.UUID]:
    """The messages (public ids) that keep reviews which one of these names wrote, or is named in."""
    rows = Review.objects.filter(holding(names, text=["author", "words"]), message__isnull=False)
    return [message for message in rows.values_list("message", flat=True) if message is not None]
