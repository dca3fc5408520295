"""Forgetting on request: answers that rest on mail which goes, and words in which somebody is named."""

from __future__ import annotations

import uuid
from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from amends.boundaries.models import HandoverItem, Parting, ReferralOut, ScopeAnswer, Service, Supplier, WorkScope
from amends.clients.models import Client
from amends.firm.words import holding

_TEXTS: dict[Any, tuple[str, ...]] = {
    Service: ("sentence",),
    Supplier: ("contact", "email", "phone", "does", "experience"),
    WorkScope: ("inside", "outside"),
    ScopeAnswer: ("words",),
    ReferralOut: ("what", "helped_words"),
    Parting: ("reasons", "why_they_left", "invoice"),
}


def forget_requests(messages: Collection[uuid.UUID], promises: Collection[uuid.UUID]) -> None:
    """Before these messages and promises (public ids) go: answers keep how and when, and lose their words; what was
    handed over for a promise goes."""
    with transaction.atomic():
        rows = ScopeAnswer.objects.filter(message__in=messages)
        keys = list(rows.values_list("pk", flat=True))
        ReferralOut.objects.filter(answer__in=keys).update(what="", helped_words="")
        rows.update(message=None, words="")
        HandoverItem.objects.filter(promise__in=promises).delete()


def forget_client(client: Client) -> None:
    """Take away what a client asked for, where it was sent, how it ended, and the scope of its engagements."""
    with transaction.atomic():
        for model in (ReferralOut, ScopeAnswer, Parting):
            model.objects.filter(Q(client=client) | Q(client__merged_into=client)).delete()
        whose = Q(engagement__client=client) | Q(engagement__client__merged_into=client)
        WorkScope.objects.filter(whose).delete()


def forget_words(words: Collection[str]) -> None:
    """Empty every text that holds one of `words`; a supplier or a kind of work that is called so goes."""
    with transaction.atomic():
        Supplier.objects.filter(holding(words, text=["name"])).delete()
        Service.objects.filter(holding(words, text=["name"])).delete()
        HandoverItem.objects.filter(holding(words, text=["what"])).delete()
        for model, columns in _TEXTS.items():
            for column in columns:
                model.objects.filter(holding(words, text=[column])).update(**{column: ""})
