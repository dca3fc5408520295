"""What happened, written down for whoever wants to hear of it, in the transaction of the deed.

Called by the flow that did it. Where nobody listens it costs one small query. Only ids, kinds and counts are told.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from amends.clients.models import Engagement
from amends.firm.models import Member
from amends.firm.scope import current_firm_id
from amends.flows.webhooks.tasks import ask_for_delivery
from amends.mail.models import ImportRun, Mailbox
from amends.signals.models import Signal
from amends.webhooks.actions import Told, write
from amends.webhooks.queries import listeners
from amends.webhooks.rules import Kind

_NAMED = 100  # ids of messages in one event; the count says how many there were


def stored(messages: Sequence[uuid.UUID], clients: Sequence[uuid.UUID], *, mailbox: Mailbox, now: datetime) -> None:
    """Mail arrived, and perhaps organisations that nobody knew."""
    if messages:
        data = {
            "mailbox": str(mailbox.public_id), "count": len(messages),
            "messages": [str(one) for one in messages[:_NAMED]],
        }  # fmt: skip
        _tell([Told(Kind.MESSAGE_STORED, mailbox.public_id, data)], now=now)
    clients_created(clients, now=now)


def clients_created(clients: Iterable[uuid.UUID], *, now: datetime) -> None:
    """Organisations came into the address book."""
    _tell([Told(Kind.CLIENT_CREATED, one, {"client": str(one)}) for one in clients], now=now)


def import_ended(run: ImportRun, *, now: datetime) -> None:
    """An import is done, or stopped; with its counts."""
    report: dict[str, Any] = run.report
    counts = {name: report.get(name, 0) for name in ("seen", "imported", "duplicates")}
    counts |= {
        "skipped": sum(report.get("skipped", {}).values()), "set_aside": len(report.get("set_aside", ())),
    }  # fmt: skip
    data = {"import": str(run.public_id), "state": str(run.state), **counts}
    _tell([Told(Kind.IMPORT_DONE, run.public_id, data)], now=now)


def signals_may_be_raised(*, now: datetime) -> None:
    """Mail was judged: what is new is found, and told, by a job; see `deliver.tell_raised`."""
    if listeners(Kind.SIGNAL_RAISED):
        ask_for_delivery(current_firm_id(), now=now)


def answered(batch: uuid.UUID, *, action: str, member: Member | None, now: datetime) -> None:
    """Somebody answered signals by one click, or is about to take that back (`action` is "undone")."""
    if not listeners(Kind.SIGNAL_ANSWERED):
        return
    given = Signal.objects.filter(responses__batch=batch, responses__undone_at=None).distinct().order_by("pk")
    signals = [str(one) for one in given.values_list("public_id", flat=True)]
    who = str(member.public_id) if member else None
    data = {"batch": str(batch), "action": str(action), "signals": signals, "member": who}
    if signals:
        _tell([Told(Kind.SIGNAL_ANSWERED, batch, data)], now=now)


def engagement_changed(engagement: Engagement, *, how: str, now: datetime) -> None:
    """An engagement was made or changed (`how` is created, changed, closed or reopened)."""
    data = {"engagement": str(engagement.public_id), "client": str(engagement.client.public_id), "how": how}
    _tell([Told(Kind.ENGAGEMENT_CHANGED, engagement.public_id, data)], now=now)


def _tell(told: Sequence[Told], *, now: datetime) -> None:
    if told and write(told, listeners(told[0].kind), now=now):
        ask_for_delivery(current_firm_id(), now=now)
