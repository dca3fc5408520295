"""Writes of readiness gates. A state changes only from the version that was read; what was removed can come back."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from datetime import date, datetime

from django.db import IntegrityError, transaction
from django.db.models import F, Max

from amends.boundaries.models import Gate, GateEvidence, GatePart, GateQuestion, GateState
from amends.boundaries.refused import Refused, Stale
from amends.boundaries.starting import Line
from amends.clients.models import Engagement
from amends.firm.models import Member

_MOST = 60  # questions, or pieces of evidence, of one gate
_LONG = {"question": 300, "why": 500, "answer": 2000, "told_by": 200}


def open_gate(
    engagement: Engagement, lines: Sequence[Line], *, by_hand: bool, by: Member | None, now: datetime
) -> Gate | None:
    """Open the gate of an engagement with its questions; None where it has one already."""
    try:
        with transaction.atomic():
            gate = Gate.objects.create(
                engagement=engagement, industry=engagement.client.industry, by_hand=by_hand, by=by, at=now
            )
            GateQuestion.objects.bulk_create(
                GateQuestion(gate=gate, place=place, question=line.name, why=line.why)
                for place, line in enumerate(lines[:_MOST], start=1)
            )
    except IntegrityError:
        return None
    return gate


def settle(gate: Gate, state: str, *, why: str = "", version: int, by: Member | None, now: datetime) -> None:
    """Bring a gate from open to passed or overridden, or back to open. Raises `Stale`."""
    settled = state != GateState.OPEN
    values = {"state": state, "settled_by": by if settled else None, "settled_at": now if settled else None}
    before = [GateState.OPEN] if settled else [GateState.PASSED, GateState.OVERRIDDEN]
    rows = Gate.objects.filter(pk=gate.pk, version=version, state__in=before)
    if not rows.update(**values, why=why[:500], version=version + 1):
        raise Stale
    gate.refresh_from_db()


def show(
    gate: Gate, *, part: str, about: uuid.UUID | None, quote: str, words: str, said_on: date, by: Member | None,
    now: datetime,
) -> GateEvidence:  # fmt: skip
    """Add what shows that something was agreed; the same message for the same part stands once. Raises `Refused`."""
    if part not in GatePart.values:
        raise Refused("Say what it shows: that the glossary was agreed, the pace, or that our advice was overruled.")
    words, quote = _plain(words, 1000, "the note"), quote.replace("\0", "").strip()[:1000]
    if about is None and not words:
        raise Refused("Choose a message, or write a note: what was agreed, with whom and how.")
    rows = GateEvidence.objects.filter(gate=gate, removed_at=None)
    known = rows.filter(part=part, about=about).first() if about is not None else None
    if known is not None:
        return known
    if rows.count() >= _MOST:
        raise Refused(f"There are {_MOST} pieces already: keep those that show it best.")
    return GateEvidence.objects.create(
        gate=gate, part=part, about=about, quote=quote, words=words, said_on=said_on, by=by, at=now
    )


def remove_evidence(evidence: GateEvidence, *, now: datetime) -> bool:
    """Take evidence away; False where it is gone already."""
    return bool(GateEvidence.objects.filter(pk=evidence.pk, removed_at=None).update(removed_at=now))


def bring_evidence_back(evidence: GateEvidence) -> bool:
    """Put it back."""
    return bool(GateEvidence.objects.filter(pk=evidence.pk, removed_at__isnull=False).update(removed_at=None))


def ask(gate: Gate, question: str, *, why: str = "") -> GateQuestion:
    """Add a question. Raises `Refused`."""
    question, why = _plain(question, _LONG["question"], "the question"), _plain(why, _LONG["why"], "the reason")
    if not question:
        raise Refused("Write what you want to know of this industry.")
    with transaction.atomic():
        Gate.objects.select_for_update().filter(pk=gate.pk).first()
        rows = GateQuestion.objects.filter(gate=gate)
        if rows.filter(removed_at=None).count() >= _MOST:
            raise Refused(f"There are {_MOST} questions already: take out those that nobody needs.")
        last = rows.aggregate(last=Max("place"))["last"] or 0
        return GateQuestion.objects.create(gate=gate, place=last + 1, question=question, why=why)


def answer(question: GateQuestion, text: str, *, told_by: str, version: int, by: Member | None, now: datetime) -> None:
    """Write down an answer and who knew it, where nobody did since `version`; "" takes it away. Raises `Stale`."""
    text, told_by = _plain(text, _LONG["answer"], "the answer", lines=True), _plain(told_by, 200, "who told it")
    known = bool(text)
    _change(
        question, version, answer=text, told_by=told_by if known else "", answered_by=by if known else None,
        answered_at=now if known else None,
    )  # fmt: skip


def reword(question: GateQuestion, words: str, *, why: str, version: int) -> None:
    """Put a question otherwise. Raises `Refused` and `Stale`."""
    words = _plain(words, _LONG["question"], "the question")
    if not words:
        raise Refused("A question needs words: take it out where nobody needs it.")
    _change(question, version, question=words, why=_plain(why, _LONG["why"], "the reason"))


def remove_question(question: GateQuestion, *, version: int, now: datetime) -> None:
    """Take a question out. Raises `Stale`."""
    _change(question, version, removed_at=now)


def bring_question_back(question: GateQuestion, *, version: int) -> None:
    """Put it back. Raises `Stale`."""
    _change(question, version, removed_at=None)


def _change(row: GateQuestion, version: int, **values: object) -> None:
    rows = GateQuestion.objects.filter(pk=row.pk, version=version)
    if not rows.update(version=F("version") + 1, **values):
        raise Stale("Somebody else wrote here meanwhile: what they wrote stands beside yours. Save once more.")
    row.refresh_from_db()


def _plain(value: str, most: int, what: str, *, lines: bool = False) -> str:
    text = value.replace("\0", "").strip()
    text = text if lines else " ".join(text.split())
    if len(text) > most:
        raise Refused(f"Keep {what} under {most:,} characters.")
    return text
