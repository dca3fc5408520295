"""How we failed, said as soon as it is known: its playbook gives questions, first words and remedies from then on."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from amends.firm.audit import note
from amends.firm.models import Member
from amends.flows.recovery.within import within
from amends.mail.privacy import Reader
from amends.recovery.actions import work
from amends.recovery.models import Recovery

_LONGEST = 80


def fail_as(
    reader: Reader, recovery_id: uuid.UUID, mode: str, *, version: int | None, by: Member | None, now: datetime
) -> tuple[Recovery, str]:
    """Say which failure mode it is a case of: a playbook's, words of one's own, or "" for not known after all.

    `version` is the one that was seen, None whatever it is now. Returns the recovery, and what was said before. Raises
    as `within`, and `NotNow` and `TooLate`.
    """
    recovery = within(reader, recovery_id)
    said = " ".join(mode.split())
    if len(said) > _LONGEST:
        raise work.NotNow(f"Say it in a word or two: {_LONGEST} characters at most.")
    before = recovery.failure_mode
    if said == before:
        return recovery, before
    with transaction.atomic():
        work.fail_as(recovery, said, version=recovery.version if version is None else version)
        about = f"recovery {recovery.public_id}"
        note("recovery.failed_as", member=by, about=about, detail={"failure_mode": said}, now=now)
    return recovery, before
