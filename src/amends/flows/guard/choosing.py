"""How a firm weighs the rules of the check, and what it adds to them."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm import audit
from amends.firm.models import Member
from amends.judgement.guard import FAMILIES, check, rules
from amends.judgement.guard.types import Context, Draft, Example, Settings
from amends.outbox.models import AvoidedWords, Choice, RuleChoice, RuleExample


class NoSuchRule(AmendsError):
    """What was named is no rule and no family."""


class NotAdded(AmendsError):
    """What was to be added cannot be; the text says why."""


def choose(name: str, choice: str, *, by: Member, now: datetime) -> None:
    """Weigh a rule or a family otherwise; "" goes back to how Amends weighs it. Raises `NoSuchRule`."""
    if name not in rules() and name not in FAMILIES:
        message = f"There is no rule or family {name!r}."
        raise NoSuchRule(message)
    if choice and choice not in Choice.values:
        message = f"{choice!r} is no weight: choose off, advice, warn or stop."
        raise NoSuchRule(message)
    with transaction.atomic():
        if choice:
            RuleChoice.objects.update_or_create(name=name, defaults={"choice": choice, "by": by, "changed_at": now})
        else:
            RuleChoice.objects.filter(name=name).delete()
        audit.note("check.weighed", member=by, about=name, now=now, detail={"choice": choice or "as Amends has it"})


def avoid(words: str, *, instead: str, choice: str, by: Member, now: datetime) -> AvoidedWords:
    """Add words that the firm keeps out of its mail, or say anew what stands for them. Raises `NotAdded`."""
    plain = " ".join(words.split())[:200]
    if not any(char.isalnum() for char in plain):
        raise NotAdded("Enter the words that should not leave the firm.")
    if choice not in {Choice.ADVICE, Choice.WARN, Choice.STOP}:
        raise NotAdded("Say how much they weigh: advice, warning or stop.")
    with transaction.atomic():
        row, new = AvoidedWords.objects.update_or_create(
            words=plain.casefold(),
            defaults={"instead": " ".join(instead.split())[:200], "choice": choice, "by": by, "at": now},
        )
        _note_words("added" if new else "changed", row, by=by, now=now)
    return row


def stop_avoiding(row_id: uuid.UUID, *, by: Member, now: datetime) -> None:
    """Take words off the list; nothing happens where they are not on it."""
    with transaction.atomic():
        row = AvoidedWords.objects.filter(public_id=row_id).first()
        if row is not None and AvoidedWords.objects.filter(pk=row.pk).delete()[0]:
            _note_words("removed", row, by=by, now=now)


def teach(rule: str, text: str, *, fires: bool, by: Member, now: datetime) -> RuleExample:
    """Keep a sentence on which a rule must fire, or must not. Raises `NoSuchRule`, `NotAdded`."""
    if rule not in rules():
        message = f"There is no rule {rule!r}."
        raise NoSuchRule(message)
    plain = " ".join(text.split())[:500]
    if len(plain.split()) < 2:
        raise NotAdded("Enter a whole sentence: one word says too little to learn from.")
    with transaction.atomic():
        row, new = RuleExample.objects.update_or_create(
            rule=rule, text=plain, defaults={"fires": fires, "by": by, "at": now}
        )
        _note_sentence("added" if new else "changed", row, by=by, now=now)
    return row


def forget_example(row_id: uuid.UUID, *, by: Member, now: datetime) -> None:
    """Take a sentence away; nothing happens where it is gone."""
    with transaction.atomic():
        row = RuleExample.objects.filter(public_id=row_id).first()
        if row is not None and RuleExample.objects.filter(pk=row.pk).delete()[0]:
            _note_sentence("removed", row, by=by, now=now)


def heeded(example: Example) -> bool:
    """Whether the check does as the example says, once it is kept; for the page to tell."""
    settings = Settings(only=frozenset({example.rule}), examples=(example,))
    found = check(Draft(example.text), Context(settings=settings)).findings
    return bool(found) == example.fires


def _note_words(did: str, row: AvoidedWords, *, by: Member, now: datetime) -> None:
    detail = {"instead": row.instead or "never", "weight": row.choice}
    audit.note(f"check.words_{did}", member=by, about=f"“{row.words}”", now=now, detail=detail)


def _note_sentence(did: str, row: RuleExample, *, by: Member, now: datetime) -> None:
    """Without the sentence, which may be somebody's mail."""
    detail = {"must": "speak up" if row.fires else "stay quiet"}
    audit.note(f"check.sentence_{did}", member=by, about=row.rule, now=now, detail=detail)
