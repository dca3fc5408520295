"""Forgetting what was written to somebody, or of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.clients.models import Client
from amends.clients.rules import organisation
from amends.firm.words import holding
from amends.outbox.models import AvoidedWords, Draft, Reaction, Recipient, RuleExample, SmtpAccount, State

_OVER = (State.SENT, State.DROPPED)
_BATCH = 500


def drafts_of(client: Client | None, *, emails: Collection[str], organisations: Collection[str]) -> set[int]:
    """The keys of drafts that are placed with a client, or that go to one of these addresses or organisations."""
    found: set[int] = set()
    if client is not None:
        theirs = Q(client=client) | Q(client__merged_into=client)
        found.update(Draft.objects.filter(theirs).values_list("pk", flat=True))
    for draft, email in Recipient.objects.values_list("draft_id", "email").iterator():
        if email.lower() in emails or organisation(email.lower()) in organisations:
            found.add(draft)
    return found


def drafts_about(messages: Sequence[int]) -> set[int]:
    """The keys of drafts that answer one of these messages (keys), or that became one of them."""
    rows = Draft.objects.filter(Q(answers__in=messages) | Q(message__in=messages))
    return set(rows.values_list("pk", flat=True))


def drafts_that_name(words: Collection[str]) -> set[int]:
    """The keys of drafts that are over and done with, and hold one of these words."""
    return set(_naming(words).filter(state__in=_OVER).values_list("pk", flat=True))


def forget_drafts(keys: Collection[int], words: Collection[str]) -> int:
    """Take these drafts away, with their recipients, bytes and files; returns how many. What servers and people said
    of others loses words that name somebody, and what taught the check goes where it names them."""
    numbers, gone = sorted(keys), 0
    for at in range(0, len(numbers), _BATCH):
        gone += Draft.objects.filter(pk__in=numbers[at : at + _BATCH]).delete()[1].get(Draft._meta.label, 0)
    Draft.objects.filter(holding(words, text=["problem"])).update(problem="")
    Draft.objects.filter(holding(words, text=["decided_why"])).update(decided_why="")
    Reaction.objects.filter(holding(words, text=["why"])).update(why="")
    AvoidedWords.objects.filter(holding(words, text=["words", "instead"])).delete()
    RuleExample.objects.filter(holding(words, text=["text"])).delete()
    Recipient.objects.filter(holding(words, text=["answer"])).update(answer="")
    SmtpAccount.objects.filter(holding(words, text=["problem"])).update(problem="It did not work: try it again.")
    return gone


def _naming(words: Collection[str]) -> QuerySet[Draft]:
    named = Recipient.objects.filter(holding(words, text=["name", "email"]), draft=OuterRef("pk"))
    return Draft.objects.filter(Q(Exists(named)) | holding(words, text=["subject", "text"]))
