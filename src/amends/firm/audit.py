"""The audit log: who did, or saw, what matters."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

from django.db.models import Q

from amends.firm.models import AuditEntry, Member
from amends.firm.words import holding

COMMAND_LINE = "command line"
JOB = "background job"
ERASED = ".erased"
"""How lines end that say that somebody was erased: they hold an id and counts only, and stay as they are."""


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


def forget(words: Collection[str], *, about: Collection[str] = ()) -> int:
    """Take what was erased out of the log; returns from how many lines. Who did what, and when, stays.

    Lines that hold one of `words` lose their detail, and their subject where that holds it; lines about one of
    `about` (a kind and a public id) keep that and lose their detail.
    """
    hold = Q(about__in=about) | holding(words, data=["detail"])
    AuditEntry.objects.filter(holding(words, text=["about"])).update(about="erased", detail={})
    return AuditEntry.objects.filter(hold).exclude(did__endswith=ERASED).exclude(detail={}).update(detail={})
