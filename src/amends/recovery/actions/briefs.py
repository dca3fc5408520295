"""Writing briefs: a version as a person left it, and when it was told to the client."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from amends.core.errors import AmendsError
from amends.firm.models import Member
from amends.recovery.models import Brief, Call, Recovery

MOST = 100_000
"""Characters of a brief."""


class Overtaken(AmendsError):
    """Somebody else was quicker. Nothing was changed; looked at again, it can be done."""

    def __init__(self) -> None:
        super().__init__("Somebody else changed this brief meanwhile: look at theirs, and put yours in again.")


class EmptyBrief(AmendsError):
    """A brief without a word, or with too many."""


def keep(
    recovery: Recovery, whom: str, text: str, *, wrote_from: str, version: int, by: Member, now: datetime
) -> Brief:
    """Keep a version as a person left it. `version` is that which they had before them, 0 where it wrote itself.

    Raises `Overtaken`, and `EmptyBrief` for what is no brief.
    """
    if not text.strip():
        raise EmptyBrief("There is nothing in it any more: write something, or have it written anew.")
    if len(text) > MOST:
        message = f"{len(text):,} characters are no brief: {MOST:,} at most."
        raise EmptyBrief(message)
    rows = Brief.objects.filter(recovery=recovery, whom=whom)
    values = {"text": text.replace("\r\n", "\n"), "wrote_from": wrote_from, "by": by, "at": now}
    if version:
        if not rows.filter(version=version).update(**values, version=version + 1):
            raise Overtaken
        return rows.get()
    try:
        with transaction.atomic():
            return Brief.objects.create(recovery=recovery, whom=whom, **values)
    except IntegrityError:
        raise Overtaken from None


def let_stand(recovery: Recovery, whom: str, *, wrote_from: str, version: int, now: datetime) -> None:
    """Say that an edited version stands although the findings have moved on. Raises `Overtaken`."""
    rows = Brief.objects.filter(recovery=recovery, whom=whom, version=version)
    if not rows.update(wrote_from=wrote_from, at=now, version=F("version") + 1):
        raise Overtaken


def write_anew(recovery: Recovery, whom: str, *, version: int) -> str:
    """Give up an edited version, so that it writes itself again; returns its text. Raises `Overtaken`."""
    rows = Brief.objects.filter(recovery=recovery, whom=whom, version=version)
    text: str | None = rows.values_list("text", flat=True).first()
    if text is None or not rows.delete()[0]:
        raise Overtaken
    return text


def sent_with(brief: Brief, draft: uuid.UUID) -> None:
    """Remember with which draft a version went to the client."""
    Brief.objects.filter(pk=brief.pk).update(draft=draft)


def told_by(draft: uuid.UUID, *, at: datetime) -> bool:
    """A draft has left: where a brief went with it, or the summary of a call, the client has been answered. Once."""
    briefs = Brief.objects.filter(draft=draft).values("recovery")
    if Recovery.objects.filter(answered_at=None, pk__in=briefs).update(answered_at=at):
        return True
    calls = Call.objects.filter(summary_draft=draft).values("recovery")
    return bool(Recovery.objects.filter(answered_at=None, pk__in=calls).update(answered_at=at))
