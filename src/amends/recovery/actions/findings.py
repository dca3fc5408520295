"""Writes of findings, and of the evidence that they rest on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from amends.firm.models import Member
from amends.recovery.actions.work import NotNow, TooLate
from amends.recovery.models import Evidence, EvidenceKind, Finding, Issue, Responsibility, Sureness

WORDS = ("happened", "why", "we_do", "hard_part")
_LONGEST = 10_000
_FARTHEST = 366 * 3  # days ahead that a date of ours can lie: beyond, it is a slip of the keyboard
_MOST = 60  # pieces of evidence of one issue


def save(
    issue: Issue, values: Mapping[str, Any], *, version: int, by: Member | None, now: datetime, today: date
) -> Finding:
    """Write what was found about an issue, where nobody did since `version` (0: there was none).

    Raises `NotNow` for what cannot be, and `TooLate`.
    """
    given = _checked(issue, values, today=today)
    if version == 0:
        try:
            with transaction.atomic():
                return Finding.objects.create(issue=issue, by=by, at=now, **given)
        except IntegrityError:
            raise TooLate(_TOLD) from None
    if not Finding.objects.filter(issue=issue, version=version).update(version=version + 1, by=by, at=now, **given):
        raise TooLate(_TOLD)
    return Finding.objects.get(issue=issue)


_TOLD = "Somebody else wrote here meanwhile: what they wrote stands beside yours. Save once more to keep yours."


def _checked(issue: Issue, values: Mapping[str, Any], *, today: date) -> dict[str, Any]:
    given: dict[str, Any] = {name: str(values.get(name, "")).strip() for name in WORDS}
    if any(len(given[name]) > _LONGEST for name in WORDS):
        raise NotNow(f"That is longer than {_LONGEST:,} characters: keep what the client has to know.")
    given["responsibility"] = values.get("responsibility") or Responsibility.UNKNOWN
    given["sure"] = values.get("sure") or Sureness.GUESS
    if given["responsibility"] not in Responsibility.values or given["sure"] not in Sureness.values:
        raise NotNow("Choose whose responsibility it was, and how sure you are, from the lists.")
    day = given["by_when"] = values.get("by_when")
    before = Finding.objects.filter(issue=issue).values_list("by_when", flat=True).first()
    if day is not None and day != before and day < today:
        raise NotNow("That day is over: say by when with today or a day ahead.")
    if day is not None and (day - today).days > _FARTHEST:
        raise NotNow("That day is more than three years ahead: look at the year.")
    return given


def rest_on(
    issue: Issue, *, kind: str, about: uuid.UUID | None, label: str, quote: str, by: Member | None, now: datetime
) -> Evidence:
    """Add a piece of evidence; what is there already stays as it is. Raises `NotNow`."""
    if kind not in EvidenceKind.values:
        raise NotNow("Choose what kind of evidence it is.")
    label, quote = label.strip()[:300], quote.strip()[:4000]
    if about is None and not label:
        raise NotNow("Give the document a name, and say where it lies.")
    rows = Evidence.objects.filter(issue=issue)
    if rows.count() >= _MOST:
        raise NotNow(f"There are {_MOST} pieces already: a finding rests on a few good ones.")
    known = rows.filter(kind=kind, about=about, label=label).first()
    if known is not None:
        return known
    try:
        with transaction.atomic():
            return Evidence.objects.create(
                issue=issue, kind=kind, about=about, label=label, quote=quote, by=by, at=now
            )  # fmt: skip
    except IntegrityError:
        return rows.get(kind=kind, about=about, label=label)


def drop(evidence: Evidence) -> None:
    """Take a piece of evidence away."""
    Evidence.objects.filter(pk=evidence.pk).delete()


def show(evidence: Evidence, *, shown: bool) -> None:
    """Say whether the client was shown it."""
    Evidence.objects.filter(pk=evidence.pk).update(shown=shown)
    evidence.shown = shown
