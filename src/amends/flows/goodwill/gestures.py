"""Going the extra mile for a client: planned, paid out of one's own budget, done, followed by what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from amends.clients.models import Client
from amends.core.money import Money
from amends.firm.audit import note
from amends.firm.models import Firm, Member
from amends.firm.queries import firm_in_scope
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.goodwill import of_gestures
from amends.flows.goodwill import purse
from amends.flows.goodwill.reading import (
    BadWords,
    acting,
    client_of,
    day_of,
    engagement_of,
    money_of,
    noon_of,
    text_of,
    words_of,
)
from amends.goodwill.actions import gestures as actions
from amends.goodwill.actions.gestures import Moved
from amends.goodwill.models import Gesture, GestureState, Referral, Renewal, Review

KIND = "gesture"
"""The kind of what is given, by which authority is asked."""
RESULTS: dict[str, Any] = {"review": Review, "referral": Referral, "renewal": Renewal}
"""What may come of a gesture, by the name of its kind."""
UNDOES = {("done", "planned"), ("dropped", "planned")}


@dataclass(frozen=True, slots=True)
class Typed:
    """A gesture as a person typed it."""

    what: str
    why: str = ""
    cost: str = ""
    planned_for: str = ""
    engagement: uuid.UUID | None = None


def plan(client_id: uuid.UUID, typed: Typed, *, by: Member, now: datetime) -> Gesture:
    """Write down what is planned, and set its cost aside out of the budget of `by`.

    Raises `Client.DoesNotExist`, `NotYours`, `BadWords`, `BadAmount`, and `TooMuch` beyond one's authority or budget.
    """
    acting(by)
    client, firm = client_of(client_id), firm_in_scope()
    values = _read(client, typed, firm, now=now)
    with transaction.atomic():
        gesture = Gesture.objects.create(client=client, by=by, at=now, changed_at=now, **values)
        purse.pay(KIND, cost_of(gesture), about=gesture.public_id, by=by, now=now)
        _noted("planned", gesture, by=by, now=now)
    return gesture


def book(
    client: Client, *, what: str, cost: Money, about: tuple[str, uuid.UUID], by: Member, now: datetime
) -> Gesture:  # fmt: skip
    """Something that was given already, for what `about` names (a kind and a public id), once each.

    Raises `TooMuch` as `plan`. It tells the ledger nothing: whoever books it has an event of their own.
    """
    acting(by)
    found = Gesture.objects.filter(about_kind=about[0], about=about[1]).exclude(state=GestureState.DROPPED).first()
    if found is not None:
        return found
    with transaction.atomic():
        gesture = Gesture.objects.create(
            client=client, what=words_of(what, most=500, say="Say what was given."), cost=cost.units,
            currency=cost.currency, state=GestureState.DONE, by=by, at=now, changed_at=now, done_at=now,
            about_kind=about[0], about=about[1],
        )  # fmt: skip
        purse.pay(KIND, cost, about=gesture.public_id, by=by, now=now)
        _noted("booked", gesture, by=by, now=now)
    return gesture


def change(gesture_id: uuid.UUID, typed: Typed, *, version: int, by: Member, now: datetime) -> Gesture:
    """Say a planned gesture anew; another cost is paid anew, by `by`, none typed is as before. Raises as `plan`, and
    `Moved`."""
    acting(by)
    gesture = one(gesture_id)
    if gesture.state != GestureState.PLANNED:
        raise Moved
    values = _read(gesture.client, typed, firm_in_scope(), now=now)
    if not typed.cost.strip():
        del values["cost"], values["currency"]
    with transaction.atomic():
        before = (gesture.cost, gesture.currency)
        actions.change(gesture, values, version=version, now=now)
        if (gesture.cost, gesture.currency) != before:
            _pay_anew(gesture, by=by, now=now)
        _noted("changed", gesture, by=by, now=now)
    return gesture


def done(gesture_id: uuid.UUID, *, on: str = "", cost: str = "", by: Member, now: datetime) -> Gesture:
    """It was done: today or on an earlier day, for what it cost in the end. Raises as `change`."""
    acting(by)
    gesture, firm = one(gesture_id), firm_in_scope()
    day, paid = day_of(on, firm, now=now), money_of(cost, firm)
    at = min(noon_of(day, firm), now) if day else now
    with transaction.atomic():
        actions.step(gesture, GestureState.DONE, now=now, done_at=at)
        if paid is not None and (paid.units, paid.currency) != (gesture.cost, gesture.currency):
            Gesture.objects.filter(pk=gesture.pk).update(cost=paid.units, currency=paid.currency)
            gesture.cost, gesture.currency = paid.units, paid.currency
            _pay_anew(gesture, by=by, now=now)
        _noted("done", gesture, by=by, now=now)
        settle(of_gestures([gesture.pk]), now=now)
    return gesture


def drop(gesture_id: uuid.UUID, *, by: Member, now: datetime) -> Gesture:
    """It is not done after all; what was set aside goes back. Raises `Moved`."""
    acting(by)
    gesture = one(gesture_id)
    with transaction.atomic():
        actions.step(gesture, GestureState.DROPPED, now=now)
        purse.pay_back(gesture.public_id, now=now)
        _noted("dropped", gesture, by=by, now=now)
    return gesture


def undo(gesture_id: uuid.UUID, *, before: str, by: Member, now: datetime) -> Gesture:
    """The last step was a slip: it is planned again. Raises `Moved` where it is no longer in state `before`."""
    acting(by)
    gesture = one(gesture_id)
    if gesture.state != before or (before, GestureState.PLANNED) not in UNDOES:
        raise Moved
    with transaction.atomic():
        actions.step(gesture, GestureState.PLANNED, now=now)
        if before == GestureState.DROPPED:
            purse.pay(KIND, cost_of(gesture), about=gesture.public_id, by=by, now=now)
        _noted("undone", gesture, by=by, now=now)
        settle(of_gestures([gesture.pk]), now=now)
    return gesture


def came_of(
    gesture_id: uuid.UUID, words: str, *, results: Sequence[tuple[str, uuid.UUID]], version: int, by: Member,
    now: datetime,
) -> Gesture:  # fmt: skip
    """What came of it: in words, and which of the client's results. Raises `Moved` and `BadWords`."""
    acting(by)
    gesture = one(gesture_id)
    said = text_of(words, most=2000)
    with transaction.atomic():
        actions.change(gesture, {"came_of": said}, version=version, now=now)
        for name, model in RESULTS.items():
            chosen = [result_id for kind, result_id in results if kind == name]
            theirs = model.objects.filter(client=gesture.client_id, removed_at=None)
            theirs.filter(gesture=gesture).exclude(public_id__in=chosen).update(gesture=None)
            if theirs.filter(public_id__in=chosen).update(gesture=gesture) != len(set(chosen)):
                raise BadWords("One of these results is not there any more: reload the page, and choose again.")
        _noted("followed", gesture, by=by, now=now)
    return gesture


def one(gesture_id: uuid.UUID) -> Gesture:
    """A gesture with its client. Raises `Gesture.DoesNotExist`."""
    return Gesture.objects.select_related("client", "engagement", "by").get(public_id=gesture_id)


def cost_of(gesture: Gesture) -> Money:
    """What it costs."""
    return Money(gesture.cost, gesture.currency)


def _pay_anew(gesture: Gesture, *, by: Member, now: datetime) -> None:
    purse.pay_back(gesture.public_id, now=now)
    purse.pay(KIND, cost_of(gesture), about=gesture.public_id, by=by, now=now)


def _read(client: Client, typed: Typed, firm: Firm, *, now: datetime) -> dict[str, Any]:
    cost = money_of(typed.cost, firm) or Money(0, firm.currency)
    return {
        "what": words_of(typed.what, most=500, say="Say what you do for them, as they would put it."),
        "why": words_of(typed.why, most=500),
        "cost": cost.units,
        "currency": cost.currency,
        "planned_for": day_of(typed.planned_for, firm, now=now, ahead=True),
        "engagement": engagement_of(client, typed.engagement),
    }


def _noted(did: str, gesture: Gesture, *, by: Member, now: datetime) -> None:
    note(f"gesture.{did}", member=by, about=f"gesture {gesture.public_id}", detail={"cost": str(cost_of(gesture))},
         now=now)  # fmt: skip
