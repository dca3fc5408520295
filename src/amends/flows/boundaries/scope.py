"""A request for more than agreed, answered: within the agreement, done all the same, at a price, or by somebody else.

What is to be said to the client is prepared as a draft in their conversation, which a person reads, changes and sends.
"""

from __future__ import annotations

import re
import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from amends.boundaries import texts
from amends.boundaries.actions import answers as actions
from amends.boundaries.models import DoneBy, ReferralOut, ScopeAnswer, ScopeKind, Supplier
from amends.boundaries.queries.answers import answers as standing
from amends.boundaries.refused import Refused
from amends.clients.models import Client, Engagement
from amends.core.money import Money, parse
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.flows import teach
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.boundaries import of_answers, of_referrals
from amends.flows.recovery.drafting import NobodyToWriteTo, Place, key_of, place_in, place_with, prepare
from amends.mail.models import Message
from amends.mail.queries import Reader, one_message
from amends.outbox.actions import settle as drafts
from amends.outbox.models import Draft, State
from amends.signals.models import Action, SignalKind
from amends.signals.queries import standing as standing_signals

_HOURS = re.compile(r"(\d{1,4})(?:[.,](\d{1,2}))?\s*h?|(\d{1,4}):([0-5]\d)")


@dataclass(frozen=True, slots=True)
class Typed:
    """An answer as it was typed. `words` say in our own words what it is about."""

    kind: str
    words: str = ""
    engagement: uuid.UUID | None = None
    hours: str = ""
    cost: str = ""
    price: str = ""
    supplier: uuid.UUID | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: the answer, the conversation in which a draft lies ready, and the introduction."""

    answer: ScopeAnswer
    place: Place | None = None
    referral: ReferralOut | None = None


@dataclass(frozen=True, slots=True)
class _Asked:
    client: Client
    message: Message | None


def answer(
    reader: Reader, typed: Typed, *, message: uuid.UUID | None = None, client: uuid.UUID | None = None, by: Member,
    now: datetime,
) -> Done:  # fmt: skip
    """Answer the request in a `message`, or what a `client` asked for elsewhere.

    Raises `Message.DoesNotExist`, `Client.DoesNotExist`, `Refused`, `BadAmount`.
    """
    asked = _asked(reader, message, client)
    values, supplier = _values(typed, asked.client, by=by)
    with transaction.atomic():
        row = actions.answer(asked.client, message=message, by=by, now=now, **values)
        referral = None
        if supplier is not None:
            referral = actions.introduce(asked.client, supplier, what=row.words, to_answer=row, by=by, now=now)
        batch = _take_on(reader, asked.message, by=by, now=now)
        place = _place(reader, asked, by=by) if row.kind != ScopeKind.ABSORBED else None
        draft = _prepare(row, supplier, place, by=by, now=now) if place is not None else None
        actions.keep_drafts(row, draft=draft.public_id if draft else None, batch=batch)
        settle(of_answers([row.pk]), now=now)
        note(f"scope.{row.kind}", member=by, about=f"client {asked.client.public_id}", now=now,
             detail={"answer": str(row.public_id)})  # fmt: skip
    return Done(row, place, referral)


def take_back(reader: Reader, answer_id: uuid.UUID, *, by: Member, now: datetime) -> ScopeAnswer:
    """It was not answered so after all; the draft goes, where it has not left. Raises `ScopeAnswer.DoesNotExist`,
    `Stale`, and `Refused` where the client was told already."""
    row = open_answer(reader, answer_id)
    draft = Draft.objects.filter(public_id=row.draft).first() if row.draft else None
    if draft is not None and draft.state not in {State.DRAFT, State.DROPPED}:
        raise Refused("The client was told already, or is being told: take that back in the outbox first.")
    with transaction.atomic():
        referrals = list(ReferralOut.objects.filter(answer=row, undone_at=None).values_list("pk", flat=True))
        actions.take_back(row, now=now)
        if draft is not None and draft.state == State.DRAFT:
            drafts.drop(draft, by=by, now=now)
        if row.batch is not None:
            teach.undo(row.batch, member=by, now=now)
        settle([*of_answers([row.pk]), *of_referrals(referrals)], now=now)
        note("scope.taken_back", member=by, about=f"client {row.client.public_id}", now=now,
             detail={"answer": str(row.public_id)})  # fmt: skip
    return row


def open_answer(reader: Reader, answer_id: uuid.UUID) -> ScopeAnswer:
    """One that stands and whose words this reader may read. Raises `ScopeAnswer.DoesNotExist`."""
    row = standing().get(public_id=answer_id)
    if row.message is not None:
        try:
            one_message(reader, row.message)
        except Message.DoesNotExist:
            raise ScopeAnswer.DoesNotExist from None
    return row


def _asked(reader: Reader, message: uuid.UUID | None, client: uuid.UUID | None) -> _Asked:
    if message is None:
        if client is None:
            raise Refused("Say whose request it is: choose the message, or the client.")
        return _Asked(Client.objects.get(public_id=client, merged_into=None), None)
    found = one_message(reader, message)
    whose = found.client or found.thread.client
    if whose is None:
        raise Refused("That message is of no client: say first whose it is.")
    return _Asked(whose, found)


def _values(typed: Typed, client: Client, *, by: Member) -> tuple[dict[str, object], Supplier | None]:
    """What is kept of what was typed. Raises `Refused`, `BadAmount`."""
    if typed.kind not in ScopeKind.values:
        raise Refused("Say how it is answered: within the agreement, done all the same, at a price, or by others.")
    needed = "Say in a few words of your own what it is about." if typed.kind != ScopeKind.INSIDE else ""
    values: dict[str, object] = {
        "kind": typed.kind,
        "words": texts.line(typed.words, most=500, what="What it is about", needed=needed),
        "engagement": _engagement(typed.engagement, client),
    }
    if typed.kind == ScopeKind.ABSORBED:
        values["minutes"] = minutes_of(typed.hours)
        if typed.cost.strip():
            values |= _money("cost", typed.cost, by=by)
    if typed.kind == ScopeKind.OFFERED:
        if not typed.price.strip():
            raise Refused("An offer needs a price: write what it would cost them.")
        values |= _money("price", typed.price, by=None)
    if typed.kind != ScopeKind.REFERRED:
        return values, None
    supplier = Supplier.objects.filter(public_id=typed.supplier, active=True).first() if typed.supplier else None
    if supplier is None:
        raise Refused("Choose a supplier of the directory who is active.")
    return values, supplier


def _engagement(engagement: uuid.UUID | None, client: Client) -> Engagement | None:
    if engagement is None:
        return None
    found = Engagement.objects.filter(public_id=engagement, client=client).first()
    if found is None:
        raise Refused("That engagement is not one of this client's: choose another, or none.")
    return found


def _money(name: str, text: str, *, by: Member | None) -> dict[str, object]:
    """An amount; what something costs us is said by whoever may see money alone."""
    if by is not None and not may(by.role, Right.SEE_MONEY):
        raise Refused("Your role does not see money: leave the cost empty, and say the hours.")
    money = parse(text, firm_in_scope().currency)
    return {name: money.units, "currency": money.currency}


def minutes_of(text: str) -> int | None:
    """Hours as people type them: 2, 2.5, 2:30; None where nothing is said. Raises `Refused`."""
    plain = text.strip()
    if not plain:
        return None
    found = _HOURS.fullmatch(plain)
    if found is None:
        raise Refused(f"{plain[:40]!r} is no time: write hours as 2.5 or 2:30, or leave it empty.")
    if found[3]:
        return int(found[3]) * 60 + int(found[4])
    return round(Decimal(f"{found[1]}.{found[2] or 0}") * 60)


def _take_on(reader: Reader, message: Message | None, *, by: Member, now: datetime) -> uuid.UUID | None:
    """Whoever answers has it in hand on *Today*."""
    if message is None:
        return None
    rows = standing_signals().filter(message=message, kind=SignalKind.SCOPE_REQUEST)
    signals = list(rows.values_list("public_id", flat=True))
    return teach.answer(reader, signals, action=Action.OWN, member=by, now=now) if signals else None


def _place(reader: Reader, asked: _Asked, *, by: Member) -> Place | None:
    """Where the client would be told; None where nobody there could be written to."""
    if asked.message is not None:
        return place_in(reader, asked.message.thread, by=by)
    with suppress(NobodyToWriteTo):
        return place_with(reader, asked.client, by=by)
    return None


def _prepare(row: ScopeAnswer, supplier: Supplier | None, place: Place, *, by: Member, now: datetime) -> Draft:
    said = words(row, supplier)
    text = f"{place.greeting}\n\n{said}\n\nKind regards\n{by.name}\n"
    return prepare(place, text, key=key_of("scope", row.public_id), by=by, now=now)


def words(row: ScopeAnswer, supplier: Supplier | None) -> str:
    """Words to answer a request with; what only a person knows stands in brackets, which the check does not let out."""
    about = row.words.rstrip(".") or "what you ask for"
    match row.kind:
        case ScopeKind.INSIDE:
            return (
                f"Yes, that is part of what we agreed: {about}. We take it on, and you hear from me by [day] "
                "how far it is."
            )
        case ScopeKind.OFFERED:
            price = Money(row.price or 0, row.currency).shown()
            work = f" for {row.engagement.name}" if row.engagement else ""
            return (
                f"We can do this, and it is more than we agreed{work}: {about}. We would do it for {price}. "
                "Tell me whether you want it, and we begin; if not, everything stays as it is."
            )
        case _:
            return _introduction(about, supplier)


def _introduction(about: str, supplier: Supplier | None) -> str:
    if supplier is None:
        return ""
    who = f"{supplier.contact} of {supplier.name}" if supplier.contact else supplier.name
    reach = " or ".join(each for each in (supplier.email, supplier.phone) if each) or "[how to reach them]"
    does = f" They do {supplier.does[0].lower()}{supplier.does[1:].rstrip('.')}." if supplier.does else ""
    why = _sentence(supplier) or "It is not what we do best, and you deserve somebody who does it well."
    return (
        f"{why}\n\nFor {about} I would like to introduce you to {who}.{does} You reach them at {reach}. If you like, "
        "I write to them first, so that they know what you need. Everything that we agreed goes on as before."
    )


def _sentence(supplier: Supplier) -> str:
    """What the firm says of a service that this supplier does instead, where that is one sentence."""
    said = DoneBy.objects.filter(supplier=supplier).exclude(service__sentence="").select_related("service")[:2]
    found = list(said)
    return found[0].service.sentence if len(found) == 1 else ""
