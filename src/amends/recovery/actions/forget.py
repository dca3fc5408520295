"""Forgetting on request: what quotes mail that goes, and words in which somebody is named."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from django.db import transaction
from django.db.models import Q

from amends.clients.models import Client
from amends.firm.words import holding
from amends.mail.models import Message
from amends.recovery.models import (
    Approval,
    Brief,
    Call,
    DrillResult,
    Evidence,
    EvidenceKind,
    Finding,
    Issue,
    Note,
    Playbook,
    Recovery,
    RecoveryStep,
    Remedy,
)

_QUOTING = (EvidenceKind.MESSAGE, EvidenceKind.ADVICE, EvidenceKind.DOCUMENT)
_TEXTS: dict[Any, tuple[str, ...]] = {
    Recovery: ("title", "wanted", "root_cause", "failure_mode", "closed_why"),
    RecoveryStep: ("why",),
    Issue: ("quote", "words"),
    Finding: ("happened", "why", "we_do", "hard_part"),
    Evidence: ("quote",),
    Brief: ("text",),
    Call: ("mood_words", "wanted"),
    Note: ("text",),
    Remedy: ("what",),
    Approval: ("because", "why"),
}


def forget_quotes(messages: Collection[int]) -> None:
    """Take away what quotes these messages (keys), before they go: points keep their place and lose their words, with
    what was found about them; briefs and notes of their recoveries go too, for they may quote them as well."""
    ids = list(Message.objects.filter(pk__in=messages).values_list("public_id", flat=True))
    with transaction.atomic():
        Evidence.objects.filter(kind__in=_QUOTING, about__in=ids).delete()
        issues = Issue.objects.filter(message__in=messages)
        keys, touched = list(issues.values_list("pk", flat=True)), set(issues.values_list("recovery", flat=True))
        Finding.objects.filter(issue__in=keys).delete()
        Evidence.objects.filter(issue__in=keys).delete()
        issues.update(quote="", words="", start=None, end=None)
        Brief.objects.filter(recovery__in=touched).delete()
        Note.objects.filter(call__recovery__in=touched).update(text="")
        Call.objects.filter(recovery__in=touched).update(wanted="", mood_words="")
        Recovery.objects.filter(pk__in=touched).update(title="", wanted="", root_cause="", closed_why="")


def forget_recoveries(client: Client) -> None:
    """Take away all recoveries of a client and of those merged into it."""
    Recovery.objects.filter(Q(client=client) | Q(client__merged_into=client)).delete()


def forget_words(words: Collection[str]) -> None:
    """Empty every text that holds one of `words`: names and addresses of whom somebody wants forgotten."""
    with transaction.atomic():
        for model, columns in _TEXTS.items():
            for column in columns:
                model.objects.filter(holding(words, text=[column])).update(**{column: ""})
        Evidence.objects.filter(holding(words, text=["label"])).delete()
        DrillResult.objects.filter(holding(words, data=["turns"])).update(turns=[])
        Playbook.objects.filter(holding(words, text=["name"], data=["content"])).delete()
