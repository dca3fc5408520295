"""Editing a brief, and sending its client version before the call."""

from __future__ import annotations

import uuid
from dataclasses import replace
from datetime import datetime

from django.db import transaction

from amends.core.filenames import file_name as safe_name
from amends.firm import audit
from amends.firm.models import Member
from amends.flows.recovery.mailing import Mailing, mail
from amends.insights.recovery.brief_page import BriefPage, brief_page
from amends.insights.recovery.document import parse, to_text
from amends.insights.recovery.door import readable_recovery
from amends.insights.recovery.pdf import pdf
from amends.mail.queries import Reader
from amends.outbox.compose import File
from amends.outbox.models import Draft
from amends.recovery.actions import briefs as do
from amends.recovery.models import Brief, BriefFor


def edit(
    reader: Reader, recovery_id: uuid.UUID, whom: str, text: str, *, wrote_from: str, version: int, by: Member,
    now: datetime,
) -> Brief:  # fmt: skip
    """Keep a version as a person left it. Raises `Recovery.DoesNotExist`, `Overtaken` and `EmptyBrief`."""
    recovery = readable_recovery(reader, recovery_id)
    with transaction.atomic():
        kept = do.keep(recovery, whom, text, wrote_from=wrote_from, version=version, by=by, now=now)
        audit.note("brief.edited", member=by, about=f"recovery {recovery.public_id}", now=now, detail={"for": whom})
    return kept


def put(
    reader: Reader, recovery_id: uuid.UUID, whom: str, text: str | None, *, version: int | None, by: Member,
    now: datetime,
) -> None:  # fmt: skip
    """The same for programs: keep `text`, or (None) have it write itself again; `version` None is whatever it is now.

    Raises as `edit`.
    """
    page = brief_page(reader, recovery_id, whom)
    seen = page.version if version is None else version
    if text is not None:
        edit(reader, recovery_id, whom, text, wrote_from=page.mark, version=seen, by=by, now=now)
    elif seen or page.version:
        write_anew(reader, recovery_id, whom, version=seen, by=by, now=now)


def let_stand(reader: Reader, recovery_id: uuid.UUID, whom: str, *, version: int, now: datetime) -> None:
    """Say that an edited version stands as it is although the findings moved on. Raises as `edit`."""
    page = brief_page(reader, recovery_id, whom)
    do.let_stand(page.recovery, whom, wrote_from=page.mark, version=version, now=now)


def write_anew(reader: Reader, recovery_id: uuid.UUID, whom: str, *, version: int, by: Member, now: datetime) -> str:
    """Have a version written from the findings again; returns the text that was given up. Raises as `edit`."""
    recovery = readable_recovery(reader, recovery_id)
    with transaction.atomic():
        text = do.write_anew(recovery, whom, version=version)
        audit.note("brief.anew", member=by, about=f"recovery {recovery.public_id}", now=now, detail={"for": whom})
    return text


def send_brief(
    reader: Reader, recovery_id: uuid.UUID, mailing: Mailing, *, with_pdf: bool, by: Member, now: datetime
) -> Draft:
    """Send the client version, below the words of `mailing`, to people of the client; it stays as it was sent.

    The client counts as answered once it has left (`recovery.actions.briefs.told_by`). Raises `Recovery.DoesNotExist`,
    `Overtaken`, and what `mailing.mail` raises.
    """
    page = brief_page(reader, recovery_id, BriefFor.CLIENT)
    files = [attached(page)] if with_pdf else []
    whole = replace(mailing, text=f"{mailing.text.strip()}\n\n{words_of(page)}", files=files)
    draft = mail(reader, page.recovery, whole, by=by, now=now)
    with transaction.atomic():
        do.sent_with(_as_sent(page, by=by, now=now), draft.public_id)
        audit.note("brief.sent", member=by, about=f"recovery {page.recovery.public_id}", now=now)
    return draft


def _as_sent(page: BriefPage, *, by: Member, now: datetime) -> Brief:
    """The version that was sent, which from now on is changed by people alone."""
    if page.edited is not None:
        return page.edited
    try:
        return do.keep(page.recovery, BriefFor.CLIENT, page.text, wrote_from=page.mark, version=0, by=by, now=now)
    except do.Overtaken:  # somebody edited it in this very moment: it went out as it was before
        return Brief.objects.get(recovery=page.recovery, whom=BriefFor.CLIENT)


def words_of(page: BriefPage) -> str:
    """A brief as it stands in a mail."""
    return to_text(parse(page.text))


def attached(page: BriefPage) -> File:
    """A brief as a file."""
    return File(f"{file_name(page)}.pdf", "application/pdf", pdf(page.text, page.sheet))


def file_name(page: BriefPage) -> str:
    """What a brief's file is called, without its ending."""
    return safe_name(page.sheet.title.replace(":", ","), otherwise="brief")
