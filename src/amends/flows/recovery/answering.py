"""Answer: what was found about each point, and what that rests on."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from amends.clients.models import Engagement
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows.recovery.within import point, within
from amends.mail.models import Message
from amends.mail.privacy import Reader
from amends.mail.queries import one_message
from amends.recovery.actions import findings
from amends.recovery.actions.work import NotNow
from amends.recovery.models import Evidence, EvidenceKind, Finding, Issue
from amends.recovery.queries import seen_whole
from amends.signals.models import Promise
from amends.signals.queries.promises import may_read

_IN_MAIL = (EvidenceKind.MESSAGE, EvidenceKind.ADVICE)


def find_out(
    reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, values: Mapping[str, Any], *, version: int,
    by: Member | None, now: datetime,
) -> Finding:  # fmt: skip
    """Write what was found about a point. Raises as `within`, `NotNow` and `TooLate`."""
    issue = point(reader, recovery_id, issue_id)
    today = now.astimezone(ZoneInfo(firm_in_scope().timezone)).date()
    return findings.save(issue, values, version=version, by=by, now=now, today=today)


def rest_on(
    reader: Reader, recovery_id: uuid.UUID, issue_id: uuid.UUID, *, kind: str, about: uuid.UUID | None = None,
    label: str = "", quote: str = "", by: Member | None, now: datetime,
) -> Evidence:  # fmt: skip
    """Add evidence that is there, and that one may read. Raises as `within`, and `NotNow`."""
    issue = point(reader, recovery_id, issue_id)
    if not _is_there(reader, issue, kind, about):
        raise NotNow("That evidence is not there, or not yours to read: choose another.")
    return findings.rest_on(issue, kind=kind, about=about, label=label, quote=quote, by=by, now=now)


def drop(reader: Reader, recovery_id: uuid.UUID, evidence_id: uuid.UUID) -> Evidence:
    """Take evidence away; returns what it was, to be put back. Raises as `within`, `Evidence.DoesNotExist`."""
    evidence = _evidence(reader, recovery_id, evidence_id)
    findings.drop(evidence)
    return evidence


def show(reader: Reader, recovery_id: uuid.UUID, evidence_id: uuid.UUID, *, shown: bool) -> Evidence:
    """Say whether the client was shown it. Raises as `within`, `Evidence.DoesNotExist`."""
    evidence = _evidence(reader, recovery_id, evidence_id)
    findings.show(evidence, shown=shown)
    return evidence


def _evidence(reader: Reader, recovery_id: uuid.UUID, evidence_id: uuid.UUID) -> Evidence:
    recovery = within(reader, recovery_id)
    return Evidence.objects.select_related("issue").get(public_id=evidence_id, issue__recovery=recovery)


def _is_there(reader: Reader, issue: Issue, kind: str, about: uuid.UUID | None) -> bool:
    if kind == EvidenceKind.DOCUMENT and about is None:
        return True
    if about is None:
        return False
    if kind in _IN_MAIL or kind == EvidenceKind.DOCUMENT:
        try:
            return one_message(reader, about) is not None
        except Message.DoesNotExist:
            return False
    if kind == EvidenceKind.TIME:
        return Engagement.objects.filter(public_id=about, client=issue.recovery.client).exists()
    if kind == EvidenceKind.EARLIER_ISSUE:
        found = Issue.objects.filter(public_id=about, recovery__client=issue.recovery.client)
        earlier = found.select_related("recovery").first()
        return earlier is not None and bool(seen_whole(reader, [earlier.recovery]))
    rows = Promise.objects.filter(may_read(reader), client=issue.recovery.client)
    return kind == EvidenceKind.PROMISE and rows.filter(public_id=about).exists()
