"""Ending a relationship well: considered, decided by a partner with reasons, handed over, a letter; parted, or stayed.

The client who leaves by themselves is noted the same way, asked why, and kept in memory.
"""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.boundaries import texts
from amends.boundaries.actions import parting as actions
from amends.boundaries.models import OPEN, HandoverItem, HandoverKind, Parting, PartingState, Whose
from amends.boundaries.queries import parting as queries
from amends.boundaries.refused import NotYours, Refused
from amends.clients.models import Client
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.flows.promises.settle import Deed, keep
from amends.flows.recovery.drafting import Place, hand_over, key_of, place_with, prepare
from amends.insights.boundaries.parting import items_of
from amends.insights.boundaries.signs import signs_of
from amends.mail.queries import Reader
from amends.outbox.models import Draft, State
from amends.signals.actions.promises import AlreadySettled
from amends.signals.models import Promise, PromiseBy, PromiseState
from amends.signals.queries.promises import promises_for

_MOST_ITEMS = 100


@dataclass(frozen=True, slots=True)
class Words:
    """What a partner says of it; None: as it is."""

    reasons: str | None = None
    why_they_left: str | None = None
    until: date | None = None
    no_until: bool = False
    invoice: str | None = None
    invoiced_on: date | None = None
    no_invoiced_on: bool = False


def begin(
    client_id: uuid.UUID, *, whose: str = Whose.OURS, reasons: str = "", why_they_left: str = "", by: Member,
    now: datetime,
) -> Parting:  # fmt: skip
    """Consider parting, or note that they left (`whose` theirs).

    Raises `Client.DoesNotExist`, `Refused`, `NotYours`.
    """
    _partner(by)
    if whose not in Whose.values:
        raise Refused("Say who ends it: we, or they.")
    client = Client.objects.get(public_id=client_id, merged_into=None)
    if queries.open_of(client) is not None:
        raise Refused("One is open already with this client: go on with that.")
    state = PartingState.DECIDED if whose == Whose.THEIRS else PartingState.CONSIDERED
    with transaction.atomic():
        made = actions.begin(
            client, whose=whose, state=state, reasons=_long(reasons, "The reasons"),
            why_they_left=_long(why_they_left, "What they said"), by=by, now=now,
        )  # fmt: skip
        _note("left" if whose == Whose.THEIRS else "considered", made, by=by, now=now)
    return made


def change(parting_id: uuid.UUID, words: Words, *, version: int | None, by: Member, now: datetime) -> Parting:
    """Say what is known of it. Raises `Parting.DoesNotExist`, `Refused`, `Stale`, `NotYours`."""
    _partner(by)
    parting = queries.find(parting_id)
    values: dict[str, object] = {}
    if words.reasons is not None:
        values["reasons"] = _long(words.reasons, "The reasons")
    if words.why_they_left is not None:
        values["why_they_left"] = _long(words.why_they_left, "What they said")
    if words.invoice is not None:
        values["invoice"] = texts.line(words.invoice, most=200, what="The last invoice")
    if words.until is not None or words.no_until:
        values["until"] = _near(words.until)
    if words.invoiced_on is not None or words.no_invoiced_on:
        values["invoiced_on"] = _near(words.invoiced_on)
    ours = parting.whose == Whose.OURS and parting.state != PartingState.CONSIDERED
    if ours and not str(values.get("reasons", parting.reasons)).strip():
        raise Refused("It was decided: its reasons stay. Change them, but leave some.")
    with transaction.atomic():
        actions.change(parting, values, version=parting.version if version is None else version)
        _note("changed", parting, by=by, now=now)
    return parting


def decide(reader: Reader, parting_id: uuid.UUID, *, reasons: str, by: Member, now: datetime) -> Parting:
    """A partner decides, with reasons; the signs as they stand are kept beside them, as numbers.

    Raises `Parting.DoesNotExist`, `Refused`, `Stale`, `NotYours`.
    """
    _partner(by)
    parting = queries.find(parting_id)
    said = _long(reasons, "The reasons", needed="Say why: whoever reads this in a year has only these words.")
    signs = signs_of(reader, firm_in_scope(), [parting.client], now=now).get(parting.client.pk, [])
    shown = [{"kind": str(one.kind), "numbers": {k: v for k, v in one.numbers.items() if k != "who"}} for one in signs]
    with transaction.atomic():
        actions.step(parting, PartingState.DECIDED, by=by, now=now, reasons=said, shown=shown)
        _note("decided", parting, by=by, now=now)
    return parting


def hand_over_now(reader: Reader, parting_id: uuid.UUID, *, by: Member, now: datetime) -> Parting:
    """Begin to hand over: what we promised them and did not do yet stands on the list at once.

    Raises `Parting.DoesNotExist`, `Stale`, `NotYours`.
    """
    _partner(by)
    parting = queries.find(parting_id)
    with transaction.atomic():
        actions.step(parting, PartingState.HANDING_OVER, by=by, now=now)
        zone = ZoneInfo(firm_in_scope().timezone)
        known = {one.promise for one in queries.items(parting)}
        rows = promises_for(reader, at=now).filter(client=parting.client, by=PromiseBy.FIRM, state=PromiseState.PENDING)
        for row in rows.order_by("due", "pk")[:_MOST_ITEMS]:
            if row.public_id not in known:
                due = row.due.astimezone(zone).date() if row.due else None
                actions.add_item(
                    parting, kind=HandoverKind.PROMISE, what=row.text[:500], due_on=due, promise=row.public_id, by=by,
                    now=now,
                )  # fmt: skip
        _note("handing_over", parting, by=by, now=now)
    return parting


def add_item(
    parting_id: uuid.UUID, *, kind: str, what: str, due_on: date | None = None, by: Member, now: datetime
) -> HandoverItem:
    """Put something on the list. Raises `Parting.DoesNotExist`, `Refused`, `NotYours`."""
    _partner(by)
    parting = queries.find(parting_id)
    if kind not in HandoverKind.values:
        raise Refused("Say whether we hold it, they get it, or we promised it.")
    if parting.state not in OPEN:
        raise Refused("It is over: open it again first.")
    if parting.items.count() >= _MOST_ITEMS:
        raise Refused(f"There are {_MOST_ITEMS} things on the list: put several of them into one line.")
    said = texts.line(what, most=500, what="It", needed="Write what is handed over.")
    return actions.add_item(parting, kind=kind, what=said, due_on=_near(due_on), promise=None, by=by, now=now)


def settle_item(
    reader: Reader, parting_id: uuid.UUID, item_id: uuid.UUID, *, do: str, by: Member, now: datetime
) -> None:  # fmt: skip
    """It is handed over ("done"), that was a slip ("open"), or it does not belong there ("remove").

    A promise that it stands for is kept with it. Raises `HandoverItem.DoesNotExist`, `Refused`, `Stale`, `NotYours`.
    """
    _partner(by)
    item = HandoverItem.objects.select_related("parting").get(public_id=item_id, parting__public_id=parting_id)
    with transaction.atomic():
        match do:
            case "done" | "open":
                actions.settle_item(item, done=do == "done", by=by, now=now)
                if do == "done" and item.promise is not None:
                    with suppress(AlreadySettled, Promise.DoesNotExist):
                        keep(item.promise, Deed(reader, now))
            case "remove":
                actions.remove_item(item)
            case _:
                raise Refused("Say whether it is done, open, or not to be handed over.")


def part(parting_id: uuid.UUID, *, by: Member, now: datetime) -> Parting:
    """It is over: everything is handed over. Raises `Refused` where something is left, `Stale`, `NotYours`."""
    _partner(by)
    parting = queries.find(parting_id)
    left = [one for one in queries.items(parting) if one.done_at is None]
    if left:
        raise Refused(
            f"{len(left)} of the list {'is' if len(left) == 1 else 'are'} not handed over yet: hand over, or take off."
        )
    with transaction.atomic():
        actions.step(parting, PartingState.PARTED, by=by, now=now)
        _note("parted", parting, by=by, now=now)
    return parting


def stay(parting_id: uuid.UUID, *, reasons: str, by: Member, now: datetime) -> Parting:
    """Decided otherwise, with reasons. Raises `Refused`, `Stale`, `NotYours`."""
    _partner(by)
    parting = queries.find(parting_id)
    said = _long(reasons, "The reasons", needed="Say why you stay: it is as much a decision as the other.")
    with transaction.atomic():
        actions.step(parting, PartingState.STAYED, by=by, now=now, reasons=said)
        _note("stayed", parting, by=by, now=now)
    return parting


def open_again(parting_id: uuid.UUID, *, by: Member, now: datetime) -> Parting:
    """It was not over. Raises `Stale`, `NotYours`, and `Refused` where another one is open."""
    _partner(by)
    parting = queries.find(parting_id)
    after = PartingState.HANDING_OVER if parting.state == PartingState.PARTED else PartingState.CONSIDERED
    with transaction.atomic():
        actions.step(parting, after, by=by, now=now)
        _note("reopened", parting, by=by, now=now)
    return parting


# -- what is written ----------------------------------------------------------------------------------------------


def prepare_letter(reader: Reader, parting_id: uuid.UUID, *, ask: bool = False, by: Member, now: datetime) -> Place:
    """Put the letter that keeps the door open (or, with `ask`, the question why they leave) into their conversation, as
    a draft; it leaves when a person sends it, through the check. Returns where it lies.

    Raises `NobodyToWriteTo`, `Refused` where it left already or nothing is decided, `NotYours`.
    """
    _partner(by)
    parting = queries.find(parting_id)
    if parting.state not in {PartingState.DECIDED, PartingState.HANDING_OVER}:
        raise Refused("A letter belongs to what was decided: decide first.")
    key = key_of("why-left" if ask else "parting", parting.public_id)
    known = Draft.objects.filter(public_id=key).first()
    if known is not None and known.state not in {State.DRAFT, State.DROPPED}:
        raise Refused("It was sent, or is on its way: see the conversation.")
    place = place_with(reader, parting.client, by=by)
    said = _asks_why(place, by) if ask else _letter(reader, parting, place, by)
    hand_over(key, by=by)
    with transaction.atomic():
        prepare(place, said, key=key, by=by, now=now)
        actions.keep_draft(parting, **{"asked" if ask else "draft": key})
        _note("question_prepared" if ask else "letter_prepared", parting, by=by, now=now)
    return place


def _letter(reader: Reader, parting: Parting, place: Place, by: Member) -> str:
    items = [one for one in items_of(reader, parting) if one.item.done_at is None and one.what]
    lines = [f"- {one.what}" + (f", by {one.item.due_on:%-d %B %Y}" if one.item.due_on else "") for one in items]
    until = f" by {parting.until:%-d %B %Y}" if parting.until else " by [day]"
    begin = (
        "I have thought about our work together, and I believe that somebody else can serve you better than we can. "
        "This was not an easy decision, and I wanted you to hear it from me."
        if parting.whose == Whose.OURS
        else "thank you for telling us. We respect your decision, and we make the change as easy as we can."
    )
    hand = f"So that nothing is lost, we hand over{until}" + (":\n" + "\n".join(lines) if lines else " what we hold.")
    invoice = f"The last invoice is {parting.invoice}." if parting.invoice else ""
    end = (
        "Thank you for the trust you gave us. If you need something that only we know, ask me, also in a year: our "
        "door stays open."
    )
    parts = [place.greeting, begin, hand, invoice, end, f"Kind regards\n{by.name}"]
    return "\n\n".join(each for each in parts if each) + "\n"


def _asks_why(place: Place, by: Member) -> str:
    return (
        f"{place.greeting}\n\nyou have decided to go on without us, and I respect that. Would you tell me what made "
        "you decide so, in a line or on the phone? I ask to learn from it, not to change your mind.\n\n"
        f"Kind regards\n{by.name}\n"
    )


# -- what they share ----------------------------------------------------------------------------------------------


def _partner(by: Member) -> None:
    if not may(by.role, Right.DECIDE):
        raise NotYours("Partners and administrators decide whom to part from: ask one of yours.")


def _long(value: str, what: str, *, needed: str = "") -> str:
    return texts.text(value, most=5000, what=what, needed=needed)


def _near(day: date | None) -> date | None:
    if day is not None and not 1971 <= day.year <= 2200:
        raise Refused("That day is too far away: choose one between 1971 and 2200.")
    return day


def _note(did: str, parting: Parting, *, by: Member, now: datetime) -> None:
    """For the audit log: that it was done, and nothing of the reasons."""
    about = f"client {parting.client.public_id}"
    note(f"parting.{did}", member=by, about=about, detail={"parting": str(parting.public_id)}, now=now)
