"""What points at nothing: keys of rows, evidence that is a public id, words that search finds and nobody wrote.

SQLite checks no key of a file that was changed behind its back, nor PostgreSQL one that was loaded with its triggers
off. Neither knows that a row of one firm may not point at another's, and evidence across parts is no key at all.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.db import connection
from django.db.models import Exists, ForeignKey, OuterRef, QuerySet

from amends.boundaries.models import ClearanceEvidence, GateEvidence, ScopeAnswer
from amends.capital.models import Posting
from amends.clients.models import Engagement
from amends.firm.scope import FirmRow, current_firm_id
from amends.goodwill.models import Claim, Review
from amends.mail.models import Body, Message
from amends.outbox.models import Composed, Draft, State
from amends.recovery.models import Evidence, EvidenceKind, Issue, Recovery, Remedy
from amends.signals.models import Promise, Signal
from amends.signals.queries.promises import lost_evidence

_BATCH = 500


def dangling() -> Iterator[tuple[str, int]]:
    """What is wrong with the firm in scope, as a sentence and how many rows; nothing where all is well."""
    for name, count in _keys():
        yield f"{name}: {count:,} rows point at rows that are not there, or at another firm's", count
    if lost := _lost_evidence():
        yield f"signals: {lost:,} rest on a message or a signal that is not there", lost
    if lost := _lost_rests():
        yield f"recovery_evidence: {lost:,} rest on something that is not there", lost
    if lost := _lost_at_gates():
        yield f"boundaries: {lost:,} pieces of evidence name a message that is not there", lost
    for name, rows in (
        ("scope answers", ScopeAnswer.objects.exclude(message=None).exclude(message__in=_messages())),
        ("claims", Claim.objects.exclude(evidence=None).exclude(evidence__in=_messages())),
        ("reviews", Review.objects.exclude(message=None).exclude(message__in=_messages())),
    ):
        if lost := rows.count():
            yield f"{name}: {lost:,} rest on a message that is not there", lost
    if lost := lost_evidence():
        yield f"promises: {lost:,} were kept by a message that is not there", lost
    bodiless = Message.objects.exclude(Exists(Body.objects.filter(message=OuterRef("pk")))).count()
    if bodiless:
        yield f"mail_message: {bodiless:,} messages have no words", bodiless
    unsaid = Draft.objects.filter(state__in=[State.QUEUED, State.SENDING])
    if empty := unsaid.exclude(Exists(Composed.objects.filter(draft=OuterRef("pk")))).count():
        yield f"outbox_draft: {empty:,} wait to leave and have nothing to say", empty
    if hidden := _hidden_messages():
        yield f"search: {hidden:,} messages cannot be found", hidden
    if stray := _stray_words():
        yield f"search: {stray:,} entries are of no message", stray


def _keys() -> Iterator[tuple[str, int]]:
    """Every key of a row of a firm, as table.column, and how many of this firm's dangle."""
    quote = connection.ops.quote_name
    for model in apps.get_models():
        if not issubclass(model, FirmRow):
            continue
        for field in model._meta.concrete_fields:
            target: Any = field.related_model if isinstance(field, ForeignKey) else None
            if target is None:
                continue
            strange = " OR b.firm_id <> a.firm_id" if issubclass(target, FirmRow) else ""  # a job's place in the queue
            here, there = quote(model._meta.db_table), quote(target._meta.db_table)
            column, key = quote(str(field.column)), quote(str(target._meta.pk.column))
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT count(*) FROM {here} a LEFT JOIN {there} b ON b.{key} = a.{column}"  # noqa: S608
                    f" WHERE a.firm_id = %s AND a.{column} IS NOT NULL AND (b.{key} IS NULL{strange})",
                    (current_firm_id(),),
                )
                count = cursor.fetchone()[0]
            if count:
                yield f"{model._meta.db_table}.{field.column}", count


def _lost_evidence() -> int:
    """Signals that name, by public id or key, a message or another signal that is not there."""
    lost, last = 0, -1
    while batch := list(Signal.objects.filter(pk__gt=last).order_by("pk").values_list("pk", "detail")[:_BATCH]):
        last = batch[-1][0]
        earlier = {detail["earlier_message"] for _, detail in batch if detail.get("earlier_message")}
        same = {detail["same_as"] for _, detail in batch if detail.get("same_as")}
        known = set(map(str, Message.objects.filter(public_id__in=earlier).values_list("public_id", flat=True)))
        keys = set(Signal.objects.filter(key__in=same).values_list("key", flat=True))
        lost += sum(detail.get("earlier_message", "") in earlier - known for _, detail in batch)
        lost += sum(detail.get("same_as", "") in same - keys for _, detail in batch)
    return lost


def _messages() -> QuerySet[Message, Any]:
    return Message.objects.values("public_id")


def _lost_rests() -> int:
    """Evidence of findings that names, by public id, what is not there."""
    lost = 0
    for kinds, model in _RESTS.items():
        rows = Evidence.objects.filter(kind__in=kinds, about__isnull=False)
        lost += rows.exclude(about__in=model.objects.values("public_id")).count()
    return lost


def evidence_gone() -> int:
    """How many postings rest on what is not there any more; they keep their amounts, as they must."""
    gone = 0
    for kind, model in _POSTED.items():
        there = model.objects.filter(public_id=OuterRef("evidence_id"))
        gone += Posting.objects.filter(evidence_kind=kind).exclude(Exists(there)).count()
    return gone


_POSTED: dict[str, Any] = {"message": Message, "promise": Promise, "recovery": Recovery, "remedy": Remedy}


def _lost_at_gates() -> int:
    """Evidence of gates and clearances that names, by public id, a message that is not there."""
    there, evidence = Message.objects.values("public_id"), (GateEvidence, ClearanceEvidence)
    return sum(model.objects.filter(about__isnull=False).exclude(about__in=there).count() for model in evidence)


_RESTS: dict[tuple[str, ...], Any] = {
    (EvidenceKind.MESSAGE, EvidenceKind.ADVICE, EvidenceKind.DOCUMENT): Message,
    (EvidenceKind.TIME,): Engagement,
    (EvidenceKind.EARLIER_ISSUE,): Issue,
}


def _index(question: str) -> int:
    """The answer to a question about the full-text index, in SQL, for the firm in scope."""
    firms = question.count("%s")
    with connection.cursor() as cursor:
        cursor.execute(question, [current_firm_id()] * firms)
        return int(cursor.fetchone()[0])


def _hidden_messages() -> int:
    """Messages that the full-text index does not know."""
    if connection.vendor == "sqlite":
        return _index(
            "SELECT count(*) FROM mail_message WHERE firm_id = %s AND id NOT IN (SELECT id FROM mail_search_docsize)"
        )
    return _index(
        "SELECT count(*) FROM mail_message m WHERE m.firm_id = %s AND NOT EXISTS"
        " (SELECT 1 FROM mail_search s WHERE s.message_id = m.id AND s.firm_id = m.firm_id)"
    )


def _stray_words() -> int:
    """Entries of the full-text index that belong to no message."""
    if connection.vendor == "sqlite":
        return _index("SELECT count(*) FROM mail_search_docsize WHERE id NOT IN (SELECT id FROM mail_message)")
    return _index(
        "SELECT count(*) FROM mail_search s WHERE s.firm_id = %s AND NOT EXISTS"
        " (SELECT 1 FROM mail_message m WHERE m.id = s.message_id AND m.firm_id = s.firm_id)"
    )
