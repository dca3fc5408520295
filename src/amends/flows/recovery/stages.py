"""Going on, going back, closing what was opened by mistake, and what the clocks note and tell."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.conf import settings
from django.db import transaction

from amends.firm.audit import note
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope, working_time
from amends.flows.recovery.within import within
from amends.flows.send import NoSender, send_notice
from amends.mail.privacy import Reader
from amends.recovery import queries
from amends.recovery.actions import work
from amends.recovery.models import Recovery, Stage
from amends.recovery.rules import Hand, goes_back

_GRACE = 1.0  # business hours after the opening in which nobody is told that it began too late
_NAMES = {
    "own": "nobody owns it yet", "reply": "the client has had no first reply", "answer": "the client has had no answer",
    "make_good": "it is not made good",
}  # fmt: skip


def step(
    reader: Reader, recovery_id: uuid.UUID, *, before: str, after: str, why: str = "", by: Member | None, now: datetime
) -> Recovery:
    """Go on or back, from the stage that was seen; back asks why. Raises as `within`, `NotNow` and `TooLate`."""
    recovery = within(reader, recovery_id)
    with transaction.atomic():
        work.move(recovery, before=before, after=after, why=why, by=by, now=now)
        detail = {"from": before, "to": after}
        note("recovery.stage", member=by, about=f"recovery {recovery.public_id}", detail=detail, now=now)
    return recovery


def close_as_mistaken(
    reader: Reader, recovery_id: uuid.UUID, *, why: str, by: Member | None, now: datetime
) -> Recovery:
    """Close what should not have been opened. Raises as `within`, `NotNow`, `TooLate`."""
    recovery = within(reader, recovery_id)
    with transaction.atomic():
        work.close_as_mistaken(recovery, why=why, by=by, now=now)
        about = f"recovery {recovery.public_id}"
        note("recovery.closed", member=by, about=about, detail={"as": "mistaken"}, now=now)
    return recovery


def reopen_mistaken(reader: Reader, recovery_id: uuid.UUID, *, by: Member | None, now: datetime) -> Recovery:
    """Open it again. Raises `Recovery.DoesNotExist` and `TooLate`."""
    recovery = queries.find(recovery_id)
    with transaction.atomic():
        work.reopen_mistaken(recovery, by=by, now=now)
        note("recovery.reopened", member=by, about=f"recovery {recovery.public_id}", now=now)
    return recovery


def said(before: str, after: str) -> str:
    """What a page says of a move."""
    return f"Back to {Stage(after).label}." if goes_back(before, after) else f"On to {Stage(after).label}."


def tend(*, now: datetime) -> int:
    """Note first replies that left by any way, and tell of clocks that are over; returns how many notices were queued.

    Run again and by several at once it tells nobody twice: the notice is queued in the transaction that notes it.
    """
    rows = [one for one in queries.listed() if one.closed_at is None]
    if not rows:
        return 0
    firm, given = firm_in_scope(), queries.clocks()
    replies = queries.first_replies([one for one in rows if one.replied_at is None])
    working, told = working_time(firm), 0
    for recovery in rows:
        replied = recovery.replied_at or replies.get(recovery.pk)
        if recovery.replied_at is None and replied is not None:
            work.replied(recovery, at=replied)
        if given.escalate_to is None or not given.escalate_to.is_active:
            continue
        if now < working.add(recovery.opened_at, _GRACE):
            continue
        for hand in queries.hands(recovery, given=given, working=working, replied=replied, now=now):
            if hand.late and hand.met_at is None:
                told += _tell(recovery, hand, to=given.escalate_to, firm=firm, now=now)
    return told


def _tell(recovery: Recovery, hand: Hand, *, to: Member, firm: Firm, now: datetime) -> int:
    """One notice of one clock, once; nobody's words stand in it."""
    try:
        with transaction.atomic():
            if not work.escalate(recovery, hand.clock, to=to, now=now):
                return 0
            send_notice(
                to.email, subject=f"{recovery.client.name}: {_NAMES[hand.clock]}", text=_letter(recovery, hand, firm),
                purpose="notice", by=None, now=now,
            )  # fmt: skip
    except NoSender:  # it is told once mail can leave
        return 0
    return 1


def _letter(recovery: Recovery, hand: Hand, firm: Firm) -> str:
    owner = f"{recovery.owner.name} has it in hand." if recovery.owner else "Nobody has it in hand."
    due = hand.until.strftime("%A %-d %B %Y, %H:%M")
    base = settings.PUBLIC_URL.rstrip("/")
    where = f"{base}/recoveries/{recovery.public_id}/"
    return (
        f"The recovery for {recovery.client.name} is late: {_NAMES[hand.clock]}. It was due on {due}.\n\n{owner}\n\n"
        f"It is here: {where}\n\nYou get this once, because {firm.name} sends you what is late.\n"
    )
