"""The audit log: who did, or saw, what matters."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from amends.firm.models import AuditEntry, Member

COMMAND_LINE = "command line"
JOB = "background job"


def note(
    did: str,
    *,
    member: Member | None,
    now: datetime,
    about: str = "",
    detail: dict[str, Any] | None = None,
    who: str = COMMAND_LINE,
    address: str | None = None,
) -> AuditEntry:
    """Write one line, in the transaction of the deed. `did` is part.verb ("member.invited").

    `about` is a kind and a public id ("client 0198…") or an address; `who` says what acted where no member did.
    """
    return AuditEntry.objects.create(
        at=now,
        member=member,
        who=member.email if member else who,
        did=did,
        about=about[:320],
        detail=detail or {},
        address=address,
    )
