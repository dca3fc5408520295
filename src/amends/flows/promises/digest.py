"""The morning digest: what is overdue, due today, due this week, and what we wait for; to each member who wants it.

At eight on a working day where the member is, once a day however many runners look: whoever claims the day in the
member's row sends it, in one transaction with the claim. Nothing is sent where there is nothing to say.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from amends.core.errors import AmendsError
from amends.firm.models import Firm, Member
from amends.firm.queries import working_time
from amends.firm.rules import Right, may
from amends.flows.send import send_notice
from amends.insights.promises import Shown, Week, week
from amends.mail.queries import Reader
from amends.outbox.queries import can_send, firm_account
from amends.signals.models import Morning, PromiseBy

log = logging.getLogger(__name__)
AT, UNTIL = time(8), time(12)  # who was down all morning sends nothing in the afternoon


@dataclass(frozen=True, slots=True)
class Wish:
    """Whether a member gets the digest, and whether it could be sent at all."""

    wanted: bool
    possible: bool


def wish_of(member: Member) -> Wish:
    """What a member said, or what holds while they said nothing: it comes once the firm's mail can leave."""
    said = Morning.objects.filter(member=member).values_list("wanted", flat=True).first()
    return Wish(firm_account() is not None if said is None else said, can_send(member))


def wish(member: Member, *, wanted: bool) -> None:
    """A member says whether they want it."""
    Morning.objects.update_or_create(member=member, defaults={"wanted": wanted})


def send_mornings(firm: Firm, *, now: datetime) -> int:
    """Send the digests that are due in the firm in scope; returns how many left. Two small queries where none is."""
    working = working_time(firm)
    known = {one.member_id: one for one in Morning.objects.all()}
    by_default = firm_account() is not None
    sent = 0
    for member in Member.objects.filter(is_active=True).order_by("pk"):
        row = known.get(member.pk)
        wanted = by_default if row is None or row.wanted is None else row.wanted
        local = now.astimezone(ZoneInfo(member.timezone or firm.timezone))
        seen = row is not None and row.day is not None and row.day >= local.date()
        if not wanted or seen or not AT <= local.time() < UNTIL or not working.is_working_day(local.date()):
            continue
        if may(member.role, Right.READ_MAIL) and can_send(member):
            sent += _send(member, firm, day=local.date(), now=now)
    return sent


def _send(member: Member, firm: Firm, *, day: date, now: datetime) -> bool:
    """Claim the day and send what there is to say; False where another runner was quicker, or nothing is to be said."""
    found = _own(week(Reader(member), firm, now=now), member)
    text = digest_text(found, firm, name=member.name)
    try:
        with transaction.atomic():
            Morning.objects.get_or_create(member=member)
            mine = Morning.objects.filter(Q(day=None) | Q(day__lt=day), member=member)
            if not mine.update(day=day) or not text:
                return False
            send_notice(member.email, subject=_subject(found, firm), text=text, purpose="notice", by=member, now=now)
    except AmendsError as error:  # their account went meanwhile, or their address takes no mail: others get theirs
        log.warning("A morning digest could not be queued (%s).", type(error).__name__)
        return False
    return True


def _own(found: Week, member: Member) -> Week:
    """What is theirs, or nobody's."""

    def mine(rows: Sequence[Shown]) -> list[Shown]:
        return [one for one in rows if one.owner in {None, member.public_id}]

    kept = Week(found.as_of, overdue=mine(found.overdue), later=mine(found.later), undated=mine(found.undated))
    kept.days = [type(day)(day.day, mine(day.promises)) for day in found.days]
    return kept


def digest_text(found: Week, firm: Firm, *, name: str) -> str:
    """The words of the mail; empty where nothing of either side is overdue or due in the week. What we wait for without
    a date stands below the rest; alone it would come every morning, and soon not be read."""
    today = _today(found, firm)
    ours = [one for one in found.overdue if one.by == PromiseBy.FIRM]
    due_today = [one for day in found.days if day.day == today for one in _ours(day.promises)]
    ahead = [one for day in found.days if day.day != today for one in _ours(day.promises)]
    theirs = _theirs(found)
    if not (ours or due_today or ahead or theirs):
        return ""
    theirs += [one for one in found.undated if one.by == PromiseBy.CLIENT]
    parts = [
        _part(title, rows, today)
        for title, rows in (
            ("Overdue", ours), ("Due today", due_today), ("Due in the next days", ahead), ("What we wait for", theirs),
        )
        if rows
    ]  # fmt: skip
    base = settings.PUBLIC_URL.rstrip("/")
    last = (
        f"All of them: {base}/promises/\n\nYou get this on working days because your settings in Amends say so: "
        f"{base}/settings/you/\n"
    )
    return f"Good morning{f', {name.split()[0]}' if name.strip() else ''}.\n\n" + "\n".join([*parts, last])


def _today(found: Week, firm: Firm) -> date:
    """The day as the firm has it: promises are due by its calendar, wherever the reader is."""
    return found.as_of.astimezone(ZoneInfo(firm.timezone)).date()


def _theirs(found: Week) -> list[Shown]:
    """What clients owe us and is overdue, or due in the week."""
    rows = [*found.overdue, *(one for day in found.days for one in day.promises)]
    return [one for one in rows if one.by == PromiseBy.CLIENT]


def _ours(rows: Sequence[Shown]) -> list[Shown]:
    return [one for one in rows if one.by == PromiseBy.FIRM]


def _part(title: str, rows: Sequence[Shown], today: date) -> str:
    lines = [f"{title}:"]
    for one in rows:
        due = "no date" if one.due is None else f"{one.due:%A} {one.due.day} {one.due:%B}"
        if one.due is not None and one.due_exact:
            due += f" at {one.due:%H:%M}"
        notes = [due if one.due is None or one.due.date() != today or one.due_exact else "today"]
        notes += ["overdue"] if one.overdue and one.by == PromiseBy.CLIENT else []
        notes += ["no hours booked yet"] if one.no_hours else []
        notes += ["nobody's yet"] if one.owner is None and one.by == PromiseBy.FIRM else []
        lines.append(f"- {one.client_name}: {one.text} ({', '.join(notes)})")
    return "\n".join([*lines, ""])


def _subject(found: Week, firm: Firm) -> str:
    day = _today(found, firm)
    overdue = sum(one.by == PromiseBy.FIRM for one in found.overdue)
    due = sum(one.by == PromiseBy.FIRM for each in found.days if each.day == day for one in each.promises)
    said = [f"{overdue} overdue"] if overdue else []
    said += [f"{due} due today"] if due else []
    ahead = any(_ours(each.promises) for each in found.days)
    if not said and not ahead:
        count = len(_theirs(found))
        return f"Promises: we wait for {count} thing{'' if count == 1 else 's'}"
    return f"Promises: {', '.join(said) or 'the week ahead'}"
