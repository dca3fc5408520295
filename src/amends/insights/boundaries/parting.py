"""A parting as a partner may see it, and what everybody is reminded of when those who left write again."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from amends.boundaries.models import OPEN, HandoverItem, Parting
from amends.boundaries.queries import parting as queries
from amends.clients.models import Client, Standing
from amends.firm.models import Firm
from amends.insights.boundaries.signs import Sign, signs_of
from amends.mail.queries import Reader
from amends.outbox.models import Draft
from amends.signals.models import Promise
from amends.signals.queries.promises import may_read

_MOST = 2000


@dataclass(frozen=True, slots=True)
class Item:
    """One thing to hand over; `what` is "" where it is of a promise that the reader may not read."""

    item: HandoverItem
    what: str


@dataclass(frozen=True, slots=True)
class PartingPage:
    """What the page shows: the one that is open or ended last, its list, its letters, and the signs as they stand."""

    client: Client
    parting: Parting | None
    open: bool
    items: list[Item]
    letter: Draft | None
    asked: Draft | None
    earlier: list[Parting]
    signs: list[Sign]

    @property
    def left(self) -> int:
        """How much is not handed over yet."""
        return sum(one.item.done_at is None for one in self.items)


@dataclass(frozen=True, slots=True)
class Looked:
    """A client of whom something shows."""

    client: Client
    signs: list[Sign]


def parting_page(reader: Reader, firm: Firm, client: Client, *, now: datetime) -> PartingPage:
    """Everything about parting from one client."""
    every = list(queries.of_client(client)[:50])
    current = next((one for one in every if one.state in OPEN), every[0] if every else None)
    drafts = {}
    if current is not None:
        ids = [one for one in (current.draft, current.asked) if one is not None]
        drafts = {one.public_id: one for one in Draft.objects.filter(public_id__in=ids).select_related("thread")}
    return PartingPage(
        client=client, parting=current, open=current is not None and current.state in OPEN,
        items=items_of(reader, current) if current else [],
        letter=drafts.get(current.draft) if current and current.draft else None,
        asked=drafts.get(current.asked) if current and current.asked else None,
        earlier=[one for one in every if one is not current],
        signs=signs_of(reader, firm, [client], now=now).get(client.pk, []),
    )  # fmt: skip


def items_of(reader: Reader, parting: Parting) -> list[Item]:
    """What is handed over; a promise that rests on mail which is closed to the reader has no words."""
    rows = queries.items(parting)
    about = [one.promise for one in rows if one.promise is not None]
    closed: set[uuid.UUID] = set()
    if about and reader.restricted:
        seen = _readable_promises(reader, about)
        closed = set(about) - seen
    for one in rows:
        if one.promise in closed:
            one.what = ""  # in memory alone
    return [Item(one, one.what) for one in rows]


def _readable_promises(reader: Reader, about: Sequence[uuid.UUID]) -> set[uuid.UUID]:
    """Which of these promises (public ids) the reader may read."""
    rows = Promise.objects.filter(may_read(reader), public_id__in=about)
    return set(rows.values_list("public_id", flat=True))


def to_look_at(reader: Reader, firm: Firm, *, now: datetime) -> list[Looked]:
    """Clients of whom something shows and with whom no parting is open, the most signs first, then by name."""
    busy = queries.partings().filter(state__in=OPEN).values("client")
    clients = list(
        Client.objects.filter(standing=Standing.CLIENT, merged_into=None)
        .exclude(pk__in=busy)
        .order_by("name", "pk")[:_MOST]
    )
    found = signs_of(reader, firm, clients, now=now)
    looked = [Looked(one, found[one.pk]) for one in clients if one.pk in found]
    return sorted(looked, key=lambda one: -len(one.signs))


def parted_from(client: Client) -> Parting | None:
    """How it ended with a client, for whoever hears from them again; None where it did not, or began anew."""
    return None if queries.open_of(client) else queries.last_end(client)
