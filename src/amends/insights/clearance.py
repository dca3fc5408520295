"""Clearance as people see it: what goes public, its checks and what they rest on.

Of evidence in mail that the reader may not read, they are told that it is a message, who added it and when.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime

from amends.boundaries.models import ClearanceCheck, ClearanceEvidence, ClearanceEvidenceKind, Publication
from amends.boundaries.queries import clearance as queries
from amends.boundaries.queries.clearance import Progress
from amends.mail.models import Message
from amends.mail.privacy import Reader, readable

_RECENT = 12  # messages with the client that are offered as evidence


@dataclass(frozen=True, slots=True)
class Rest:
    """Something that a check rests on; `hidden` where it is a message that the reader may not read."""

    evidence: uuid.UUID
    kind: str
    by: str
    at: datetime
    words: str = ""
    thread: uuid.UUID | None = None
    message: uuid.UUID | None = None
    subject: str = ""
    who: str = ""
    hidden: bool = False


@dataclass(frozen=True, slots=True)
class Looked:
    """One check and what it rests on."""

    check: ClearanceCheck
    rests: list[Rest]


@dataclass(frozen=True, slots=True)
class ClearancePage:
    """One publication, whole. `recent` are messages with the client that a check may rest on."""

    publication: Publication
    progress: Progress
    checks: list[Looked]
    recent: list[Message]


def clearance_page(reader: Reader, publication_id: uuid.UUID) -> ClearancePage:
    """All of one publication. Raises `Publication.DoesNotExist`."""
    found = queries.find_publication(publication_id)
    rests = rests_of(reader, found)
    recent = readable(reader).filter(client=found.engagement.client, kind="personal").order_by("-id")
    return ClearancePage(
        publication=found, progress=queries.progress([found])[0],
        checks=[Looked(one, rests.get(one.pk, [])) for one in queries.checks_of(found)], recent=list(recent[:_RECENT]),
    )  # fmt: skip


def rests_of(reader: Reader, publication: Publication) -> dict[int, list[Rest]]:
    """What its checks rest on, by their key, as far as the reader may read it."""
    rows = queries.evidence_of(publication)
    named = [one.about for one in rows if one.about is not None]
    known = {one.public_id: one for one in readable(reader).filter(public_id__in=named).select_related("thread")}
    found: dict[int, list[Rest]] = defaultdict(list)
    for one in rows:
        found[one.check_of_id].append(_rest(one, known.get(one.about) if one.about else None))
    return found


def _rest(one: ClearanceEvidence, message: Message | None) -> Rest:
    by = one.by.name if one.by else ""
    if one.kind == ClearanceEvidenceKind.MESSAGE and message is None:
        return Rest(one.public_id, one.kind, by, one.at, hidden=True)
    return Rest(
        one.public_id, one.kind, by, one.at, words=one.words,
        thread=message.thread.public_id if message else None, message=message.public_id if message else None,
        subject=message.subject if message else "",
        who=(message.sender_name or message.sender_email) if message else "",
    )  # fmt: skip
