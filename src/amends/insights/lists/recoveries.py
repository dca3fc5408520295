"""Recoveries page by page, and one of them, for programs."""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field

from django.db.models import prefetch_related_objects

from amends.clients.models import Client
from amends.firm.rules import Right, may
from amends.insights.lists.paging import Key, Page, page_of
from amends.insights.recovery.call import Candidate, after_call, notes_of
from amends.insights.recovery.door import readable_recovery
from amends.mail.privacy import Reader
from amends.recovery import giving, queries
from amends.recovery.models import Approval, Call, Decision, Issue, Note, Recovery, Remedy
from amends.recovery.rules import missing


@dataclass(frozen=True, slots=True)
class Listed:
    """A recovery; `whole`: whether the reader may read its words. `missing` are those of its stage."""

    recovery: Recovery
    whole: bool
    missing: list[str] = field(default_factory=list)
    points: list[Issue] = field(default_factory=list)


def recovery_list_page(
    reader: Reader, *, closed: bool, client: uuid.UUID | None, after: Key | None, limit: int
) -> Page[Listed]:
    """Open or closed ones, the latest opened first. Raises `Client.DoesNotExist`."""
    rows = Recovery.objects.filter(closed_at__isnull=not closed).select_related("client", "owner", "engagement")
    if client is not None:
        rows = rows.filter(client=Client.objects.get(public_id=client))
    page = page_of(rows, order=["-pk"], after=after, limit=limit)
    seen, states = queries.seen_whole(reader, page.items), queries.states(page.items)
    return page.mapped(lambda one: _listed(one, one.pk in seen, states[one.pk]))


def one_recovery(reader: Reader, recovery_id: uuid.UUID) -> Listed:
    """One of them with its points. Raises `Recovery.DoesNotExist`."""
    found = queries.find(recovery_id)
    whole = queries.may_see(reader, found)
    listed = _listed(found, whole, queries.states([found])[found.pk])
    if whole:
        listed.points.extend(queries.points(found))
        prefetch_related_objects(listed.points, "merged__evidence", "evidence")
    return listed


def remedies_page(reader: Reader, recovery_id: uuid.UUID, *, after: Key | None, limit: int) -> Page[Remedy]:
    """What was offered, agreed and done, in its order. Raises `Recovery.DoesNotExist`, also where it is closed."""
    rows = Remedy.objects.filter(recovery=readable_recovery(reader, recovery_id))
    rows = rows.select_related("recovery", "by", "issue", "approval__asked_by", "approval__decided_by")
    return page_of(rows, order=["pk"], after=after, limit=limit)


def one_remedy(reader: Reader, recovery_id: uuid.UUID, remedy_id: uuid.UUID) -> Remedy:
    """One of them. Raises as `remedies_page`, and `Remedy.DoesNotExist`."""
    rows = Remedy.objects.filter(recovery=readable_recovery(reader, recovery_id))
    rows = rows.select_related("recovery", "by", "issue", "approval__asked_by", "approval__decided_by")
    return rows.get(public_id=remedy_id)


def approvals_page(reader: Reader, *, open_only: bool, after: Key | None, limit: int) -> Page[Approval]:
    """Requests, the newest first: all of them for whoever decides, else one's own."""
    rows = Approval.objects.select_related("remedy__recovery__client", "remedy__by", "asked_by", "decided_by")
    if open_only:
        rows = rows.filter(decision=Decision.OPEN)
    if reader.member is not None and not may(reader.member.role, Right.DECIDE):
        rows = rows.filter(asked_by=reader.member)
    return page_of(rows, order=["-pk"], after=after, limit=limit)


def one_approval(reader: Reader, approval_id: uuid.UUID) -> Approval:
    """One of them. Raises `Approval.DoesNotExist`, also where it is not theirs to know."""
    found = giving.one_approval(approval_id)
    member = reader.member
    if member is not None and found.asked_by != member and not may(member.role, Right.DECIDE):
        raise Approval.DoesNotExist
    return found


def calls_page(reader: Reader, recovery_id: uuid.UUID, *, after: Key | None, limit: int) -> Page[Call]:
    """The calls of a recovery, the newest first. Raises as `remedies_page`."""
    rows = Call.objects.filter(recovery=readable_recovery(reader, recovery_id)).select_related("by")
    return page_of(rows, order=["-pk"], after=after, limit=limit)


@dataclass(frozen=True, slots=True)
class CallTold:
    """A call with everybody's notes, and the promises that stand in them and nobody confirmed."""

    call: Call
    notes: list[Note]
    heard: list[Candidate]


def call_told(reader: Reader, recovery_id: uuid.UUID, call_id: uuid.UUID) -> CallTold:
    """One call. Raises `Recovery.DoesNotExist` and `Call.DoesNotExist`."""
    after = after_call(reader, recovery_id, call_id)
    return CallTold(after.call, [note for note in notes_of(after.call) if note.text.strip()], after.candidates)


def _listed(recovery: Recovery, whole: bool, state: queries.State) -> Listed:
    lacks = [one.value for one in missing(recovery.stage, state.facts)] if whole and not recovery.closed_at else []
    return Listed(recovery, whole, lacks)
