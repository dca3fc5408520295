"""What people do before something goes public: write it down, look at each check, say what it rests on, publish.

Publishing is a record: what goes out before it is cleared is written down as that, and nothing here can stop it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import transaction

from amends.boundaries import clearing
from amends.boundaries.actions import clearance as actions
from amends.boundaries.actions.clearance import Announced
from amends.boundaries.models import (
    CheckState,
    ClearanceCheck,
    ClearanceEvidence,
    ClearanceEvidenceKind,
    Publication,
    PublicationState,
)
from amends.boundaries.queries.clearance import find_publication, progress
from amends.boundaries.queries.lists import lists, one_list
from amends.boundaries.refused import NotYours, Refused, Stale
from amends.boundaries.starting import GENERAL, ListKind, chosen, of_content
from amends.clients.models import Engagement
from amends.firm.audit import note
from amends.firm.models import Member
from amends.flows.boundaries.gates import message_with
from amends.insights.around import context_around
from amends.judgement.guard import Draft, Finding, Mailbox, Settings, check
from amends.mail.queries import Reader

_PUBLIC = Mailbox("everybody@public.invalid")
"""Whoever reads what is public: nobody of the firm, and of no client."""
_FACTS = frozenset({"glossary", "other_client_name"})
_AHEAD = 366 * 3  # days: beyond, it is a slip of the keyboard


def announce(
    engagement_id: uuid.UUID, values: Mapping[str, Any], *, kind: str = "", by: Member, now: datetime
) -> Publication:
    """Write down what is to go public; `kind` is the slug of a checklist, beside the general one.

    Raises `Engagement.DoesNotExist`, `Refused`.
    """
    engagement = Engagement.objects.select_related("client").get(public_id=engagement_id)
    if engagement.closed_at is not None:
        raise Refused("This engagement is closed: open it again first.")
    found = one_list(ListKind.CHECKS, kind) if kind else None
    if kind and (found is None or found.retired):
        raise Refused("There is no such checklist: choose one of those that are there.")
    wanted = [each for each in (one_list(ListKind.CHECKS, GENERAL), found) if each is not None]
    lines = chosen([replace(one, slug=GENERAL) for one in wanted])
    given = _announced(values, now=now)
    with transaction.atomic():
        made = actions.add(
            engagement, given, lines, kind=kind, edition=found.edition if found else 0, by=by, now=now
        )  # fmt: skip
        _note("announced", made, by=by, now=now, what=made.what)
    return made


def suggested(engagement: Engagement) -> str:
    """The checklist that fits an engagement by what its kind of work or its industry is called; "" for none."""
    known = [one for one in lists(ListKind.CHECKS) if one.slug != GENERAL]
    by_kind = (one.slug for one in known if one.fits(engagement.kind))
    by_industry = (one.slug for one in known if one.fits(engagement.client.industry))
    return next(by_kind, "") or next(by_industry, "")


def change(
    publication_id: uuid.UUID, values: Mapping[str, Any], *, version: int | None = None, by: Member, now: datetime
) -> Publication:
    """Say anew what goes public, where, when, and who answers.

    Raises `Publication.DoesNotExist`, `Refused`, `Stale`.
    """
    found = _undropped(publication_id)
    before = {"what": found.what, "where": found.where, "goes_on": found.goes_on, "answers": found.answers}
    given = _announced({**before, **values}, now=now)
    with transaction.atomic():
        actions.change(found, given, version=_seen(found, version))
        _note("changed", found, by=by, now=now)
    return found


def _announced(values: Mapping[str, Any], *, now: datetime) -> Announced:
    what, where = (" ".join(str(values.get(name) or "").replace("\0", "").split()) for name in ("what", "where"))
    if not what:
        raise Refused("Write what goes public: a release, a page, an invitation.")
    if len(what) > 200 or len(where) > 200:
        raise Refused("Keep what and where under 200 characters each.")
    day: date | None = values.get("goes_on")
    if day is not None and abs((day - now.date()).days) > _AHEAD:
        raise Refused("That day is more than three years away: look at the year.")
    return Announced(what, where, day, values.get("answers"))


def paste(publication_id: uuid.UUID, text: str) -> Publication:
    """Keep the words that go public, to be looked through. Raises `Publication.DoesNotExist`, `Refused`."""
    found = _undropped(publication_id)
    actions.keep_text(found, text)
    return found


def look(reader: Reader, publication: Publication, *, now: datetime) -> list[Finding]:
    """What the words that go public say of other clients, and against the client's glossary; nothing else."""
    if not publication.text:
        return []
    client = publication.engagement.client
    around = context_around(reader, sender=None, client=client, now=now)
    others = tuple(each for each in around.clients if each.name != client.name)
    context = replace(around, clients=others, thread=(), issues=(), promises=(), settings=Settings(only=_FACTS))
    return list(check(Draft(publication.text, to=(_PUBLIC,), at=now), context).findings)


def settle(
    publication_id: uuid.UUID, check_id: uuid.UUID, state: str, *, reason: str = "", version: int | None = None,
    by: Member, now: datetime,
) -> ClearanceCheck:  # fmt: skip
    """Say that a check is clear, not needed, stopped, or open again; with the last one it is cleared.

    Raises `Publication.DoesNotExist`, `ClearanceCheck.DoesNotExist`, `Refused`, `NotYours`, `Stale`.
    """
    if state not in CheckState.values:
        raise Refused("Say how it stands: clear, not needed, stopped or open.")
    reason = " ".join(reason.replace("\0", "").split())
    if len(reason) > 500:
        raise Refused("Keep the reason under 500 characters.")
    with transaction.atomic():
        publication = actions.lock(_undropped(publication_id))
        found = _check(publication, check_id)
        own = found.state == CheckState.STOPPED and found.settled_by_id == by.pk
        if told := clearing.refusal(by.role, before=found.state, after=state, own_stop=own):
            raise NotYours(told)
        if told := clearing.incomplete(after=state, reason=reason, evidence=actions.evidence_left(found)):
            raise Refused(told)
        before = found.state
        actions.settle(found, state, reason=reason, version=_seen(found, version), by=by, now=now)
        _note("checked", publication, by=by, now=now, check=found.name, before=before, after=state, why=reason)
        _weigh(publication, by=by, now=now)
    return found


def assign(
    publication_id: uuid.UUID, check_id: uuid.UUID, *, owner: Member | None, by_when: date | None,
    version: int | None = None, now: datetime,
) -> ClearanceCheck:  # fmt: skip
    """Whose a check is, and by when. Raises as `settle`."""
    if by_when is not None and abs((by_when - now.date()).days) > _AHEAD:
        raise Refused("That day is more than three years away: look at the year.")
    found = _check(_undropped(publication_id), check_id)
    actions.assign(found, owner=owner, by_when=by_when, version=_seen(found, version))
    return found


def add_check(publication_id: uuid.UUID, name: str, *, why: str = "", by: Member, now: datetime) -> ClearanceCheck:
    """Add a check of its own. Raises `Publication.DoesNotExist`, `Refused`."""
    (line,) = of_content(
        {"lines": [{"name": name, "why": why}]}, kind=ListKind.CHECKS, slug="own", name="own"
    ).lines  # fmt: skip
    with transaction.atomic():
        publication = actions.lock(_undropped(publication_id))
        made = actions.add_check(publication, line)
        _weigh(publication, by=by, now=now)
    return made


def rest_on(
    reader: Reader, publication_id: uuid.UUID, check_id: uuid.UUID, *, kind: str, message: uuid.UUID | None = None,
    words: str = "", by: Member, now: datetime,
) -> ClearanceEvidence:  # fmt: skip
    """Say what a check rests on; a message is one with this client that the reader may read. Raises as `settle`."""
    found = _check(_undropped(publication_id), check_id)
    if kind == ClearanceEvidenceKind.MESSAGE:
        if message is None:
            raise Refused("Choose the message.")
        message_with(reader, found.publication.engagement.client, message)
    about = message if kind == ClearanceEvidenceKind.MESSAGE else None
    return actions.rest_on(found, kind=kind, about=about, words=words, by=by, now=now)


def take_away(publication_id: uuid.UUID, evidence_id: uuid.UUID, *, by: Member, now: datetime) -> ClearanceEvidence:
    """Take evidence away; a clear check that rests on nothing any more is open again. Raises as `settle`."""
    with transaction.atomic():
        publication = actions.lock(_undropped(publication_id))
        found = _evidence(publication, evidence_id)
        if not actions.remove_evidence(found, now=now):
            raise Stale
        row = found.check_of
        if row.state == CheckState.CLEAR and not actions.evidence_left(row):
            actions.settle(row, CheckState.OPEN, reason="", version=row.version, by=by, now=now)
        _weigh(publication, by=by, now=now)
    return found


def put_back(publication_id: uuid.UUID, evidence_id: uuid.UUID) -> ClearanceEvidence:
    """Put it back. Raises as `settle`."""
    found = _evidence(_undropped(publication_id), evidence_id)
    if not actions.bring_evidence_back(found):
        raise Stale
    return found


def publish(publication_id: uuid.UUID, *, version: int | None = None, by: Member, now: datetime) -> Publication:
    """It has gone public, cleared or not: how many checks were open then is kept. Raises as `settle`."""
    with transaction.atomic():
        found = actions.lock(_going(publication_id))
        left = progress([found])[0].left
        actions.move(
            found, PublicationState.PUBLISHED, version=_seen(found, version), by=by, now=now, open_then=left
        )  # fmt: skip
        _note("published", found, by=by, now=now, open_checks=left)
    return found


def drop(publication_id: uuid.UUID, *, version: int | None = None, by: Member, now: datetime) -> Publication:
    """It does not go public. Raises as `settle`."""
    with transaction.atomic():
        found = _going(publication_id)
        actions.move(found, PublicationState.DROPPED, version=_seen(found, version), by=by, now=now)
        _note("dropped", found, by=by, now=now)
    return found


def take_back(publication_id: uuid.UUID, *, version: int | None = None, by: Member, now: datetime) -> Publication:
    """That was a slip: it goes public still, or again. Raises as `settle`."""
    with transaction.atomic():
        found = actions.lock(find_publication(publication_id))
        if found.state not in {PublicationState.PUBLISHED, PublicationState.DROPPED}:
            raise Stale
        actions.move(found, PublicationState.OPEN, version=_seen(found, version), by=by, now=now)
        _note("taken_back", found, by=by, now=now)
        actions.weigh(found)
    return found


def _weigh(publication: Publication, *, by: Member, now: datetime) -> None:
    if actions.weigh(publication):
        did = "cleared" if publication.state == PublicationState.CLEARED else "opened"
        _note(did, publication, by=by, now=now)


def _going(publication_id: uuid.UUID) -> Publication:
    found = find_publication(publication_id)
    if found.state not in {PublicationState.OPEN, PublicationState.CLEARED}:
        raise Stale
    return found


def _undropped(publication_id: uuid.UUID) -> Publication:
    found = find_publication(publication_id)
    if found.state == PublicationState.DROPPED:
        raise Refused("This does not go public: take that back first.")
    return found


def _check(publication: Publication, check_id: uuid.UUID) -> ClearanceCheck:
    found = ClearanceCheck.objects.select_related("owner", "settled_by").get(
        publication=publication, public_id=check_id
    )  # fmt: skip
    found.publication = publication
    return found


def _evidence(publication: Publication, evidence_id: uuid.UUID) -> ClearanceEvidence:
    rows = ClearanceEvidence.objects.select_related("check_of")
    return rows.get(check_of__publication=publication, public_id=evidence_id)


def _seen(row: Publication | ClearanceCheck, version: int | None) -> int:
    return row.version if version is None else version


def _note(did: str, publication: Publication, *, by: Member, now: datetime, **detail: object) -> None:
    about = f"publication {publication.public_id}"
    note(f"clearance.{did}", member=by, about=about, detail=dict(detail), now=now)
