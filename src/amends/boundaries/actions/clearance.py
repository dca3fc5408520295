"""Writes of clearance. A state changes only from the version that was read; cleared follows from the checks alone."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import F, Max

from amends.boundaries.clearing import DONE
from amends.boundaries.models import (
    CheckState,
    ClearanceCheck,
    ClearanceEvidence,
    ClearanceEvidenceKind,
    Publication,
    PublicationState,
)
from amends.boundaries.refused import Refused, Stale
from amends.boundaries.starting import Line
from amends.clients.models import Engagement
from amends.firm.models import Member

_MOST = 100  # checks of one publication, or pieces of evidence of one check
LONGEST_TEXT = 20_000


@dataclass(frozen=True, slots=True)
class Announced:
    """What goes public, where and when, and who answers for it; everything in it is possible."""

    what: str
    where: str = ""
    goes_on: date | None = None
    answers: Member | None = None


def add(
    engagement: Engagement, given: Announced, lines: Sequence[Line], *, kind: str, edition: int, by: Member | None,
    now: datetime,
) -> Publication:  # fmt: skip
    """Write down what goes public, with its checks."""
    with transaction.atomic():
        made = Publication.objects.create(
            engagement=engagement, what=given.what, where=given.where, goes_on=given.goes_on, answers=given.answers,
            kind=kind, edition=edition, by=by, at=now,
        )  # fmt: skip
        ClearanceCheck.objects.bulk_create(
            ClearanceCheck(publication=made, place=place, name=line.name, why=line.why, source=line.source)
            for place, line in enumerate(lines[:_MOST], start=1)
        )
    return made


def change(publication: Publication, given: Announced, *, version: int) -> None:
    """Say it anew, where nobody did since `version`. Raises `Stale`."""
    _write(
        publication, version, what=given.what, where=given.where, goes_on=given.goes_on, answers=given.answers
    )  # fmt: skip


def keep_text(publication: Publication, text: str) -> None:
    """Keep the words that go public, to be looked through; "" takes them away. Raises `Refused`."""
    text = text.replace("\0", "").replace("\r\n", "\n").strip()
    if len(text) > LONGEST_TEXT:
        raise Refused(f"That is longer than {LONGEST_TEXT:,} characters: paste it in parts.")
    Publication.objects.filter(pk=publication.pk).update(text=text)
    publication.text = text


def move(
    publication: Publication, state: str, *, version: int, by: Member | None, now: datetime,
    open_then: int | None = None,
) -> None:  # fmt: skip
    """Published, not published, or (open) back among what is to be cleared. Raises `Stale`."""
    over = state in {PublicationState.PUBLISHED, PublicationState.DROPPED}
    settled = {"settled_by": by, "settled_at": now} if over else {"settled_by": None, "settled_at": None}
    _write(publication, version, state=state, open_then=open_then, **settled)


def weigh(publication: Publication) -> bool:
    """Cleared where every check is done, to be cleared where one is not; returns whether that changed."""
    checks = ClearanceCheck.objects.filter(publication=publication)
    left = checks.exclude(state__in=DONE).exists() or not checks.exists()
    before, after = PublicationState.OPEN, PublicationState.CLEARED
    before, after = (after, before) if left else (before, after)
    rows = Publication.objects.filter(pk=publication.pk, state=before)
    changed = bool(rows.update(state=after, version=F("version") + 1))
    publication.refresh_from_db()
    return changed


def lock(publication: Publication) -> Publication:
    """Hold it until the transaction ends: of two who settle the last two checks, the second sees the first."""
    return Publication.objects.select_for_update(of=("self",)).select_related("engagement__client").get(
        pk=publication.pk
    )  # fmt: skip


def settle(check: ClearanceCheck, state: str, *, reason: str, version: int, by: Member | None, now: datetime) -> None:
    """Bring a check to another state, from the version that was read. Raises `Stale`."""
    done = state != CheckState.OPEN
    _write(
        check, version, state=state, reason=reason if state != CheckState.CLEAR else "",
        settled_by=by if done else None, settled_at=now if done else None,
    )  # fmt: skip


def assign(check: ClearanceCheck, *, owner: Member | None, by_when: date | None, version: int) -> None:
    """Whose a check is, and by when. Raises `Stale`."""
    _write(check, version, owner=owner, by_when=by_when)


def add_check(publication: Publication, line: Line) -> ClearanceCheck:
    """Add a check of its own. Raises `Refused`."""
    rows = ClearanceCheck.objects.filter(publication=publication)
    if rows.count() >= _MOST:
        raise Refused(f"There are {_MOST} checks already: put together those that are one.")
    last = rows.aggregate(last=Max("place"))["last"] or 0
    return ClearanceCheck.objects.create(
        publication=publication, place=last + 1, name=line.name, why=line.why, source=line.source
    )


def rest_on(
    check: ClearanceCheck, *, kind: str, about: uuid.UUID | None, words: str, by: Member | None, now: datetime
) -> ClearanceEvidence:
    """Add what a check rests on. Raises `Refused`."""
    if kind not in ClearanceEvidenceKind.values:
        raise Refused("Say what it is: a link, a message, a note or a document.")
    words = " ".join(words.replace("\0", "").split())
    if len(words) > 1000:
        raise Refused("Keep it under 1,000 characters: say where the rest lies.")
    if kind != ClearanceEvidenceKind.MESSAGE and not words:
        raise Refused("Write what you looked at: the link, the name of the document, or a note.")
    if kind == ClearanceEvidenceKind.LINK and not words.startswith(("http://", "https://")):
        raise Refused("A link begins with https:// or http://.")
    rows = ClearanceEvidence.objects.filter(check_of=check, removed_at=None)
    known = rows.filter(kind=kind, about=about, words=words).first()
    if known is not None:
        return known
    if rows.count() >= _MOST:
        raise Refused(f"There are {_MOST} pieces already: keep those that show it best.")
    return ClearanceEvidence.objects.create(check_of=check, kind=kind, about=about, words=words, by=by, at=now)


def evidence_left(check: ClearanceCheck) -> int:
    """How much a check rests on."""
    return ClearanceEvidence.objects.filter(check_of=check, removed_at=None).count()


def remove_evidence(evidence: ClearanceEvidence, *, now: datetime) -> bool:
    """Take evidence away; False where it is gone already."""
    return bool(ClearanceEvidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=now))


def bring_evidence_back(evidence: ClearanceEvidence) -> bool:
    """Put it back."""
    return bool(ClearanceEvidence.objects.filter(pk=evidence.pk, removed_at__isnull=False).update(removed_at=None))


def _write(row: Publication | ClearanceCheck, version: int, **values: Any) -> None:
    if not type(row).objects.filter(pk=row.pk, version=version).update(version=version + 1, **values):
        raise Stale
    row.refresh_from_db()
