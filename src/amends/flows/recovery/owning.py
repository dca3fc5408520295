"""Own: who has it in hand, and the first words, in the client's own."""

from __future__ import annotations

import uuid
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.firm.audit import note
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope, working_time
from amends.flows.recovery.within import within
from amends.mail.models import Direction
from amends.mail.privacy import Reader, readable
from amends.recovery import queries
from amends.recovery.actions import work
from amends.recovery.actions.work import NotNow, TooLate
from amends.recovery.models import Issue, Recovery
from amends.recovery.wording import first_reply

_AHEAD = 8.0  # business hours, where the time to answer is over already


def own(
    reader: Reader, recovery_id: uuid.UUID, *, to: uuid.UUID | None = None, seen: uuid.UUID | None, by: Member | None,
    now: datetime,
) -> Recovery:  # fmt: skip
    """Make somebody its owner, oneself where nobody is named; `seen` is who was when it was decided.

    Whoever may not read the mail that it rests on can own it all the same. Raises as `within`, `NotNow`, `TooLate`.
    """
    recovery = within(reader, recovery_id, whole=False)
    member = Member.objects.filter(public_id=to, is_active=True).first() if to else by
    if member is None:
        raise NotNow("Say who owns it: choose one of the members.")
    before = Member.objects.filter(public_id=seen).first() if seen else None
    if recovery.owner == member:
        return recovery
    with transaction.atomic():
        work.own(recovery, member=member, before=before, now=now)
        about = f"recovery {recovery.public_id}"
        note("recovery.owned", member=by, about=about, detail={"owner": member.email}, now=now)
    return recovery


def take(reader: Reader, recovery_id: uuid.UUID, *, to: uuid.UUID | None, by: Member | None, now: datetime) -> Recovery:
    """The same for programs, whoever owned it just before. Raises as `own`."""
    owner = queries.find(recovery_id).owner
    return own(reader, recovery_id, to=to, seen=owner.public_id if owner else None, by=by, now=now)


def replied(reader: Reader, recovery_id: uuid.UUID, *, by: Member | None, now: datetime) -> datetime:
    """Somebody answered them past Amends, from another program or by telephone: the clock of the first reply stops.

    Returns when it left: what arrived of ours in its conversations says so, else now. Raises as `within`, `TooLate`.
    """
    recovery = within(reader, recovery_id, whole=False)
    at = queries.first_replies([recovery]).get(recovery.pk, now)
    with transaction.atomic():
        if not work.replied(recovery, at=at):
            raise TooLate("Its first reply is noted already.")
        about = f"recovery {recovery.public_id}"
        note("recovery.replied", member=by, about=about, detail={"how": "by hand"}, now=now)
    return at


def not_replied(reader: Reader, recovery_id: uuid.UUID, *, at: datetime, by: Member | None, now: datetime) -> Recovery:
    """Take that back; `at` is the moment that was noted. Raises as `within`, `TooLate`."""
    recovery = within(reader, recovery_id, whole=False)
    with transaction.atomic():
        if not work.not_replied(recovery, at=at):
            raise TooLate
        about = f"recovery {recovery.public_id}"
        note("recovery.replied", member=by, about=about, detail={"how": "taken back"}, now=now)
    return recovery


def first_words(reader: Reader, recovery: Recovery, *, by: Member, now: datetime) -> str:
    """A first reply to write on: the feeling in the client's words, responsibility, no excuse, what is next and when.

    Empty where the reader may not read what it answers.
    """
    if not queries.may_see(reader, recovery):
        return ""
    points = queries.points(recovery)
    firm = firm_in_scope()
    return first_reply(
        to=_first_name(reader, recovery),
        felt=_strongest(points),
        by=by.name,
        until=_until(recovery, firm, now=now),
        first_words=queries.first_words_of(recovery.failure_mode),
    )


def of_thread(reader: Reader, recovery_id: uuid.UUID, *, by: Member, now: datetime) -> str:
    """The same by its public id; empty where there is no such recovery, or it was answered."""
    try:
        recovery = queries.find(recovery_id)
    except Recovery.DoesNotExist:
        return ""
    return first_words(reader, recovery, by=by, now=now) if recovery.closed_at is None else ""


def _strongest(points: list[Issue]) -> tuple[str, str]:
    """The feeling that weighs most, and the words that it was said with; the first point's where nobody felt."""
    order = ("anger", "frustration", "disappointment", "worry", "confusion", "")
    rated = sorted(points, key=lambda one: order.index(one.feeling) if one.feeling in order else len(order))
    return (rated[0].feeling, rated[0].quote) if rated else ("", "")


def _first_name(reader: Reader, recovery: Recovery) -> str:
    """Whom it is written to: whoever of theirs wrote last."""
    threads = recovery.threads.values("thread")
    rows = readable(reader).filter(thread__in=threads, direction=Direction.IN, kind="personal").order_by("-id")
    name = rows.values_list("sender_name", flat=True).first() or ""
    return name.split()[0] if name and "," not in name else ""


def _until(recovery: Recovery, firm: Firm, *, now: datetime) -> datetime:
    """When they have our answer: by the clock, or a working day ahead where that is over."""
    working = working_time(firm)
    due = working.add(recovery.began_at, queries.clocks().to_answer)
    near = working.add(now, _AHEAD)
    return max(due, near).astimezone(ZoneInfo(firm.timezone))
