"""A client's own words: what mail to them says instead of what, and what it never says."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from amends.clients.models import Client, GlossaryTerm
from amends.core.errors import AmendsError
from amends.firm import audit
from amends.firm.models import Member


class NotATerm(AmendsError):
    """What was given cannot stand in a glossary; the text says why."""


def add_term(client: Client, wrong: str, *, right: str, why: str, by: Member, now: datetime) -> GlossaryTerm:
    """Keep a term, or say anew what stands for one that is there. Raises `NotATerm`."""
    wrong, right, why = _term(wrong, right, why)
    with transaction.atomic():
        known = GlossaryTerm.objects.filter(client=client, wrong__iexact=wrong).order_by("pk").first()
        row = known or GlossaryTerm(client=client)
        row.wrong, row.right, row.why, row.by, row.at = wrong, right, why, by, now
        row.save()
        _note("changed" if known else "added", row, by=by, now=now)
    return row


def change_term(term: GlossaryTerm, wrong: str, *, right: str, why: str, by: Member, now: datetime) -> None:
    """Say a term anew. Raises `NotATerm`, also where the client has the other term already."""
    wrong, right, why = _term(wrong, right, why)
    with transaction.atomic():
        twin = GlossaryTerm.objects.filter(client=term.client, wrong__iexact=wrong).exclude(pk=term.pk)
        if twin.exists():
            message = f"“{wrong}” stands in this glossary already: change it there."
            raise NotATerm(message)
        term.wrong, term.right, term.why, term.by, term.at = wrong, right, why, by, now
        term.save(update_fields=["wrong", "right", "why", "by", "at"])
        _note("changed", term, by=by, now=now)


def remove_term(client: Client, term_id: uuid.UUID, *, by: Member, now: datetime) -> GlossaryTerm | None:
    """Take a term away and return it as it was; None where it is gone already."""
    row = GlossaryTerm.objects.filter(client=client, public_id=term_id).first()
    with transaction.atomic():
        if row is not None and GlossaryTerm.objects.filter(pk=row.pk).delete()[0]:
            _note("removed", row, by=by, now=now)
    return row


def _note(did: str, term: GlossaryTerm, *, by: Member, now: datetime) -> None:
    """For the audit log: the words, and not why, which may be a remark about somebody."""
    words = {"words": term.wrong, "instead": term.right or "never"}
    audit.note(f"glossary.{did}", member=by, about=f"client {term.client.public_id}", now=now, detail=words)


def _term(wrong: str, right: str, why: str) -> tuple[str, str, str]:
    wrong, right, why = (" ".join(each.replace("\0", "").split()) for each in (wrong, right, why))
    if not any(char.isalnum() for char in wrong):
        raise NotATerm("Enter the words that mail to them should not use.")
    if max(len(wrong), len(right)) > 200 or len(why) > 300:
        raise NotATerm("Keep it short: 200 characters for the words, 300 for the reason.")
    if wrong.casefold() == right.casefold():
        raise NotATerm("Both are the same words: enter what to write instead, or leave it empty for never.")
    return wrong, right, why
