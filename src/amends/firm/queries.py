"""Reads about the firm in scope: its working time, its members, and the audit log."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from django.db.models import Exists, OuterRef, Q, QuerySet

from amends.firm.models import AuditEntry, Firm, Member, OneTimeLink, Passkey, Purpose, TimeCode
from amends.firm.rules import Right, may
from amends.firm.scope import current_firm_id, firm_scope
from amends.judgement.working_time import WorkingTime

_PARTS_FROM = 2000  # newest entries from which the kinds on offer are gathered
_AT_ONCE = 1000  # entries read at a time for a file


@dataclass(frozen=True, slots=True)
class Sought:
    """Which lines of the audit log: whose ("" anybody's, "-" nobody's), of which part ("member"), which days."""

    who: str = ""
    part: str = ""
    since: date | None = None
    until: date | None = None


def firm_in_scope() -> Firm:
    """The firm whose rows are being read."""
    return Firm.objects.get(pk=current_firm_id())


def working_time(firm: Firm) -> WorkingTime:
    """The firm's business hours and holidays."""
    return WorkingTime(
        timezone=firm.timezone,
        days=frozenset(int(day) - 1 for day in firm.work_days),
        start=firm.day_start,
        end=firm.day_end,
        country=firm.country or None,
    )


def all_members() -> list[Member]:
    """Everybody of the firm by name, each with `two_factor`: whether their sign-in has it."""
    return list(
        Member.objects.annotate(
            two_factor=Q(Exists(TimeCode.objects.filter(member=OuterRef("pk"))))
            | Q(Exists(Passkey.objects.filter(member=OuterRef("pk"))))
        ).order_by("name", "email")
    )


def who_may(right: Right) -> list[Member]:
    """The active members whose role has this right, by name."""
    return [each for each in Member.objects.filter(is_active=True).order_by("name", "pk") if may(each.role, right)]


def open_invitations() -> list[OneTimeLink]:
    """Invitations that nobody has accepted, the newest first; some may be too old to work."""
    return list(
        OneTimeLink.objects.filter(purpose=Purpose.INVITATION, used_at=None)
        .select_related("made_by")
        .order_by("-made_at", "-pk")
    )


def passkeys(member: Member) -> list[Passkey]:
    """A member's passkeys, the oldest first."""
    return list(Passkey.objects.filter(member=member).order_by("pk"))


def sign_ins(member: Member, *, limit: int = 8) -> list[AuditEntry]:
    """When and from where somebody signed in last."""
    return list(AuditEntry.objects.filter(member=member, did="sign_in.done").order_by("-at", "-pk")[:limit])


def audit_page(
    sought: Sought, *, zone: ZoneInfo, before: tuple[datetime, int] | None = None, limit: int = 50
) -> list[AuditEntry]:
    """Lines of the audit log, newest first; `before` is the moment and key of the last one of the page above."""
    rows = _sought(sought, zone)
    if before is not None:
        at, key = before
        rows = rows.filter(Q(at__lt=at) | Q(at=at, pk__lt=key), at__lte=at)
    return list(rows.select_related("member").order_by("-at", "-pk")[:limit])


def audit_all(sought: Sought, *, zone: ZoneInfo) -> Iterator[list[AuditEntry]]:
    """All of them in batches, for a file. They may be read when the request has left the scope of its firm."""
    firm = current_firm_id()

    def batches() -> Iterator[list[AuditEntry]]:
        before = None
        while True:
            with firm_scope(firm):
                rows = audit_page(sought, zone=zone, before=before, limit=_AT_ONCE)
            if not rows:
                return
            yield rows
            before = (rows[-1].at, rows[-1].pk)

    return batches()


def audit_parts() -> list[str]:
    """The parts that lately wrote into the log ("member", "sign_in"), in order."""
    lately = AuditEntry.objects.order_by("-at").values_list("did", flat=True)[:_PARTS_FROM]
    return sorted({did.partition(".")[0] for did in lately})


def _sought(sought: Sought, zone: ZoneInfo) -> QuerySet[AuditEntry]:
    rows = AuditEntry.objects.all()
    if sought.who == "-":
        rows = rows.filter(member=None)
    elif sought.who:
        rows = rows.filter(member__email=sought.who)
    if sought.part:
        rows = rows.filter(did__startswith=f"{sought.part}.")
    if sought.since:
        rows = rows.filter(at__gte=datetime.combine(sought.since, time(), tzinfo=zone))
    if sought.until:
        rows = rows.filter(at__lt=datetime.combine(sought.until + timedelta(days=1), time(), tzinfo=zone))
    return rows
