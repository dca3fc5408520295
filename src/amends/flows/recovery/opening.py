"""Opening a recovery: from *Today*, a conversation, a client, or by hand."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from django.db import transaction

from amends.clients.models import Client, Engagement
from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.flows import teach
from amends.flows.recovery.listening import Found, keep, wrongs_in, wrote_anything
from amends.flows.recovery.returning import link_returns
from amends.flows.recovery.within import within
from amends.insights.covering import covered
from amends.insights.screen import Shown
from amends.judgement import sentences
from amends.mail.actions.threads import lock_firm
from amends.mail.models import Thread
from amends.mail.privacy import Reader, readable
from amends.recovery.actions import work
from amends.recovery.actions.issues import add_all
from amends.recovery.models import Recovery
from amends.recovery.queries import open_on
from amends.signals.models import Action, Signal
from amends.signals.queries import read_and_unread

_TITLE = 110  # characters of the first point that name a recovery


class CannotOpen(AmendsError):
    """What was asked for does not make a recovery; the text says what would."""


class NothingThere(CannotOpen):
    """A client, conversation or engagement was named that is not there, or not the reader's to read."""


class AlreadyOpen(AmendsError):
    """One is open for the same client and conversation: that one is offered instead."""

    def __init__(self, recovery: Recovery) -> None:
        self.recovery, self.id = recovery, recovery.public_id
        super().__init__(f"A recovery for {recovery.client.name} about this conversation is open already: here it is.")


@dataclass(frozen=True, slots=True)
class Asked:
    """What a recovery is opened for: reasons of *Today*, conversations, or a client, by their public ids.

    `shown` is the client's row of *Today* as it was drawn: its reasons are meant where nothing else is named. `owner`
    None leaves it without one, and the clock to own it runs.
    """

    client: uuid.UUID | None = None
    threads: Sequence[uuid.UUID] = ()
    signals: Sequence[uuid.UUID] = ()
    shown: Shown | None = None
    engagement: uuid.UUID | None = None
    title: str = ""
    owner: Member | None = None


def open_recovery(reader: Reader, asked: Asked, *, by: Member | None, now: datetime) -> Recovery:
    """Open one, with what the client says is wrong as its points. Raises `CannotOpen`, `AlreadyOpen`,
    and `insights.covering.Changed`.

    The mail is read before the transaction begins; of two who open the same at once, the second is offered the first's.
    """
    if asked.client and asked.shown and not (asked.signals or asked.threads):
        asked = replace(asked, signals=covered(reader, firm_in_scope(), asked.client, shown=asked.shown))
    threads = _threads(reader, asked)
    client = _client(asked, threads)
    engagement = _engagement(asked.engagement, client)
    found = wrongs_in(reader, threads, now=now)
    if threads and not found and not wrote_anything(reader, threads):
        raise CannotOpen(
            "The client wrote nothing in this conversation: choose another one, or open it for the client by hand."
        )
    title = asked.title.strip() or (_shortened(found[0].quote) if found else "")
    opening = work.Opening(client, title, _began(found, now), engagement, asked.owner)
    with transaction.atomic():
        lock_firm()
        there = open_on(client, threads)
        if there is not None:
            raise AlreadyOpen(there)
        made = work.begin(opening, threads, by=by, now=now)
        add_all(keep(made, found, first=1, by=by, now=now))
        _take_on(reader, asked, found, by=by, now=now)
        note("recovery.opened", member=by, about=f"recovery {made.public_id}", detail={"points": len(found)}, now=now)
    link_returns(made)
    return made


def listen_to(
    reader: Reader, recovery: Recovery, threads: Sequence[uuid.UUID], *, by: Member | None, now: datetime
) -> int:
    """Take further conversations of its client into a recovery; returns how many points that gave."""
    rows = _readable_threads(reader, threads)
    if any(thread.client_id != recovery.client_id for thread in rows):
        raise CannotOpen("That conversation is another client's: open a recovery for them.")
    found = wrongs_in(reader, rows, now=now)
    with transaction.atomic():
        lock_firm()
        there = open_on(recovery.client, rows)
        if there is not None and there.pk != recovery.pk:
            raise AlreadyOpen(there)
        work.add_threads(recovery, rows)
        made = add_all(keep(recovery, found, first=0, by=by, now=now), after=recovery)
    link_returns(recovery)
    return made


def take_in(
    reader: Reader, recovery_id: uuid.UUID, threads: Sequence[uuid.UUID], *, by: Member | None, now: datetime
) -> int:
    """The same by the recovery's id. Raises as `within`, `CannotOpen`, `AlreadyOpen`."""
    return listen_to(reader, within(reader, recovery_id), threads, by=by, now=now)


def _threads(reader: Reader, asked: Asked) -> list[Thread]:
    """The conversations asked for, and those of the reasons."""
    rows = _readable_threads(reader, asked.threads)
    if asked.signals:
        read, _unread = read_and_unread(reader, asked.signals)
        if not read:
            raise NothingThere(
                "You may not read the mail that this rests on: ask whose it is to share it, or open a recovery by hand."
            )
        keys = Signal.objects.filter(public_id__in=read).values("message__thread")
        rows += Thread.objects.filter(pk__in=keys).select_related("client")
    return list(dict.fromkeys(rows))


def _readable_threads(reader: Reader, ids: Sequence[uuid.UUID]) -> list[Thread]:
    wanted = list(dict.fromkeys(ids))
    if not wanted:
        return []
    seen = readable(reader).filter(thread__public_id__in=wanted).values("thread")
    rows = list(Thread.objects.filter(pk__in=seen).select_related("client").order_by("first_at", "pk"))
    if len(rows) < len(wanted):
        raise NothingThere("There is no such conversation, or nothing in it that you may read: choose another one.")
    return rows


def _client(asked: Asked, threads: Sequence[Thread]) -> Client:
    """Whom it is for: the client named, or that of the conversations, which are all theirs."""
    named = (
        Client.objects.select_related("merged_into").filter(public_id=asked.client).first() if asked.client else None
    )
    if asked.client and named is None:
        raise NothingThere("There is no such client: choose one of the list.")
    clients = {thread.client_id: thread.client for thread in threads if thread.client is not None}
    if named is None and not clients:
        if threads:
            raise CannotOpen("No client takes part in this conversation: choose the client, and open it by hand.")
        raise CannotOpen("Say whom it is for: choose a client.")
    client = named or next(iter(clients.values()))
    while client is not None and client.merged_into is not None:
        client = client.merged_into
    assert client is not None  # noqa: S101  # for the type checker: one of the two was there
    if any(key != client.pk and (named is None or key != named.pk) for key in clients):
        raise CannotOpen("These conversations are of different clients: open a recovery for each of them.")
    return client


def _engagement(engagement: uuid.UUID | None, client: Client) -> Engagement | None:
    if engagement is None:
        return None
    found = Engagement.objects.filter(public_id=engagement, client=client).first()
    if found is None:
        raise CannotOpen("That engagement is not one of this client's: choose another, or none.")
    return found


def _began(found: Sequence[Found], now: datetime) -> datetime:
    """When they first said so; what was said so long ago that it is history makes no clock run."""
    first = min((one.message.sent_at for one in found), default=now)
    return first if now - first <= timedelta(days=firm_in_scope().reasons_days) else now


def _take_on(reader: Reader, asked: Asked, found: Sequence[Found], *, by: Member | None, now: datetime) -> None:
    """What it rests on is in somebody's hands now, on *Today* as well."""
    if asked.owner is None or asked.owner != by:
        return
    signals = [*asked.signals, *(one.signal.public_id for one in found if one.signal is not None)]
    if signals:
        teach.answer(reader, list(dict.fromkeys(signals)), action=Action.OWN, member=by, now=now)


def _shortened(quote: str) -> str:
    """The first sentence, in one line."""
    plain = " ".join(next((each.text for each in sentences.split(quote)), quote).split())
    return plain if len(plain) <= _TITLE else plain[:_TITLE].rsplit(" ", 1)[0] + " …"
