"""Forgetting on request: gates and clearances of a client, what rests on mail that goes, words that name somebody."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from amends.boundaries.models import (
    ClearanceCheck,
    ClearanceEvidence,
    Gate,
    GateEvidence,
    GateQuestion,
    Publication,
    StartingList,
)
from amends.clients.models import Client
from amends.firm.words import holding

_TEXTS: dict[Any, tuple[str, ...]] = {
    Gate: ("industry", "why"),
    GateEvidence: ("quote", "words"),
    GateQuestion: ("question", "why", "answer", "told_by"),
    Publication: ("what", "where", "text"),
    ClearanceCheck: ("name", "why", "source", "reason"),
    ClearanceEvidence: ("words",),
}


def forget_evidence(messages: Collection[uuid.UUID]) -> None:
    """Take away what rests on these messages (public ids), before they go. What was settled stays settled."""
    with transaction.atomic():
        GateEvidence.objects.filter(about__in=messages).delete()
        ClearanceEvidence.objects.filter(about__in=messages).delete()


def forget_gates(client: Client) -> None:
    """Take away the gates and clearances of a client and of those merged into it."""
    whose = Q(engagement__client=client) | Q(engagement__client__merged_into=client)
    with transaction.atomic():
        Gate.objects.filter(whose).delete()
        Publication.objects.filter(whose).delete()


def forget_words(words: Collection[str]) -> None:
    """Empty every text that holds one of `words`; editions of lists that hold one go."""
    with transaction.atomic():
        for model, columns in _TEXTS.items():
            for column in columns:
                model.objects.filter(holding(words, text=[column])).update(**{column: ""})
        StartingList.objects.filter(holding(words, text=["name"], data=["content"])).delete()
