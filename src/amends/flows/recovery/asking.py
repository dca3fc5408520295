"""Asking the client whether it is right now: seven days after it was made good, by a person; only *yes* closes it.

An ask is a draft whose id follows from the recovery and its number, so that nobody asks twice by pressing twice; how
often the client was asked is read from what became of those drafts.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db import transaction

from amends.core.errors import AmendsError
from amends.firm.audit import note
from amends.firm.models import Member
from amends.firm.queries import firm_in_scope
from amends.firm.rules import Right, may
from amends.flows.capital.posting import settle
from amends.flows.capital.sources.recoveries import of_recoveries
from amends.flows.recovery.drafting import (
    LEFT,
    NobodyToWriteTo,
    Place,
    hand_over,
    key_of,
    place_of,
    prepare,
    states,
)  # fmt: skip
from amends.flows.send import Answer, reply
from amends.mail.models import Direction, Message
from amends.mail.queries import Reader, readable
from amends.outbox.models import Draft, State
from amends.recovery import giving, queries
from amends.recovery.actions import learning as actions
from amends.recovery.models import Closing, Recovery, RecoveryThread, Remedy, RemedyState
from amends.recovery.rules import ANSWER_TIME, MOST_ASKS, may_close_unconfirmed

BY_MESSAGE, BY_PHONE = "message ", "phone: "
"""How `Recovery.closed_why` says what the client's yes rests on: a message's public id, or words."""
_TRIES = 9  # drafts that may be dropped before an ask leaves


class Enough(AmendsError):
    """The client is not asked again."""


class NoYes(AmendsError):
    """Nothing says that it is right, or it is too early to stop waiting; the text says what is missing."""


# -- what was learned ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Learned:
    """What a person says of a recovery; `kept_word` None: not said yet."""

    root_cause: str
    failure_mode: str
    kept_word: bool | None


def learn(
    reader: Reader, recovery_id: uuid.UUID, learned: Learned, *, version: int, by: Member, now: datetime
) -> Recovery:
    """Keep what was learned. Raises `Recovery.DoesNotExist` and `EditedMeanwhile`."""
    recovery = open_one(reader, recovery_id)
    values = {
        "root_cause": learned.root_cause.strip()[:5000],
        "failure_mode": " ".join(learned.failure_mode.split())[:80],
        "kept_word": learned.kept_word,
    }
    with transaction.atomic():
        actions.learn(recovery, values, version=version)
        detail = {"failure_mode": values["failure_mode"], "kept_word": learned.kept_word}
        note("recovery.learned", member=by, about=f"recovery {recovery.public_id}", detail=detail, now=now)
    return recovery


def open_one(reader: Reader, recovery_id: uuid.UUID) -> Recovery:
    """A recovery that this reader may read. Raises `Recovery.DoesNotExist`."""
    recovery = queries.find(recovery_id)
    if not queries.may_see(reader, recovery):
        raise Recovery.DoesNotExist
    return recovery


# -- the ask ------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Asks:
    """How often the client was asked: `sent` left for good; `key` is the id of the next ask's draft, and `draft` that
    draft where it was prepared already."""

    sent: list[Draft]
    on_the_way: list[Draft]
    key: uuid.UUID
    draft: Draft | None

    @property
    def number(self) -> int:
        """Asks that left or are leaving."""
        return len(self.sent) + len(self.on_the_way)


def asks_of(recovery: Recovery) -> Asks:
    """What became of each ask; one query. One that was dropped does not count."""
    keys = [key_of("ask", recovery.public_id, number) for number in range(1, _TRIES + 1)]
    known = states(keys)
    gone = [known[key] for key in keys if key in known and known[key].state in LEFT]
    free = next(key for key in keys if key not in known or known[key].state == State.DRAFT)
    return Asks(
        sent=[draft for draft in gone if draft.state == State.SENT],
        on_the_way=[draft for draft in gone if draft.state != State.SENT],
        key=free,
        draft=known.get(free),
    )


def words(recovery: Recovery, place: Place, *, number: int, by: Member) -> str:
    """Words to ask with: what was done, the question, and that anything may still be said."""
    done = list(Remedy.objects.filter(recovery=recovery, state=RemedyState.DONE).order_by("at"))
    what = "\n".join(f"- {remedy.what}" for remedy in done)
    begin = (
        "I asked you last week whether all is right now, and may have missed your answer."
        if number > 1
        else "you told us what was wrong, and we have fixed it."
    )
    return (
        f"{place.greeting}\n\n{begin}"
        + (f" We took this on:\n{what}\n\n" if what else "\n\n")
        + "Is it all right for you now? If anything is left, please tell me: I would rather hear it than guess.\n\n"
        f"Kind regards\n{by.name}\n"
    )


def prepare_ask(reader: Reader, recovery_id: uuid.UUID, *, by: Member, now: datetime) -> Draft:
    """Put the next ask into the conversation as a draft; it leaves when a person sends it. Raises `NobodyToWriteTo`."""
    recovery = _unanswered(reader, recovery_id)
    asks, place = asks_of(recovery), place_of(reader, recovery, by=by)
    hand_over(asks.key, by=by)
    return prepare(place, words(recovery, place, number=asks.number + 1, by=by), key=asks.key, by=by, now=now)


def send_ask(
    reader: Reader, recovery_id: uuid.UUID, text: str | None, *, seen: frozenset[str] = frozenset(), by: Member,
    now: datetime,
) -> Draft:  # fmt: skip
    """Ask the client now, with these words (None: those that are prepared), through the outbox and its check.

    Raises `NobodyToWriteTo`, `Enough` after two asks, and whatever `send.reply` does (`LookAgain` with its findings).
    """
    recovery = _unanswered(reader, recovery_id)
    asks, place = asks_of(recovery), place_of(reader, recovery, by=by)
    if asks.number >= MOST_ASKS:
        raise Enough("The client was asked twice: leave them in peace, and close it as unconfirmed in a week.")
    if text is None:
        text = asks.draft.text if asks.draft else words(recovery, place, number=asks.number + 1, by=by)
    hand_over(asks.key, by=by)
    answer = Answer(asks.key, place.answered.public_id, place.audience, text, quotes=False, seen=seen)
    with transaction.atomic():
        draft = reply(reader, place.answered.thread.public_id, answer, by=by, now=now)
        number = asks.number + 1
        next_at = now + ANSWER_TIME if number < MOST_ASKS else None
        actions.asked(recovery, asks=number, at=now, next_at=next_at)
        note("recovery.asked", member=by, about=f"recovery {recovery.public_id}", detail={"asks": number}, now=now)
    return draft


def prepare_due(*, now: datetime) -> int:
    """Prepare the asks that are due, each as a draft of whoever owns the recovery; returns how many. None is sent."""
    prepared = 0
    for recovery in giving.to_ask(now=now):
        owner = recovery.owner
        if owner is None or not owner.is_active or not may(owner.role, Right.ACT):
            continue
        asks = asks_of(recovery)
        if asks.draft is not None or asks.number >= MOST_ASKS:
            continue
        try:
            prepare_ask(Reader(owner), recovery.public_id, by=owner, now=now)
        except (NobodyToWriteTo, Recovery.DoesNotExist):
            continue
        prepared += 1
    return prepared


def _unanswered(reader: Reader, recovery_id: uuid.UUID) -> Recovery:
    recovery = open_one(reader, recovery_id)
    if recovery.closed_at is not None:
        raise Enough("This recovery is closed: open it again first.")
    return recovery


# -- the answer ---------------------------------------------------------------------------------------------------


def answers_of(reader: Reader, recovery: Recovery) -> list[Message]:
    """What the client wrote since it was made good (or since it was opened), the newest first."""
    since = recovery.made_good_at or recovery.opened_at
    threads = RecoveryThread.objects.filter(recovery=recovery).values("thread")
    rows = readable(reader).filter(thread__in=threads, direction=Direction.IN, sent_at__gte=since)
    return list(rows.select_related("body", "thread").order_by("-sent_at", "-pk")[:10])


def say_yes(
    reader: Reader, recovery_id: uuid.UUID, *, message: uuid.UUID | None, phone: str, by: Member, now: datetime
) -> Recovery:
    """The client says that it is right: with the message in which they say so, or who said it on the phone.

    Raises `NoYes` where neither is there, `AlreadyClosed`.
    """
    recovery = open_one(reader, recovery_id)
    if message is not None:
        if message not in {one.public_id for one in answers_of(reader, recovery)}:
            raise NoYes("That message is not one of theirs since it was made good: choose another.")
        why = f"{BY_MESSAGE}{message}"
    elif phone.strip():
        why = f"{BY_PHONE}{phone.strip()[:480]}"
    else:
        raise NoYes("Only their yes closes it: choose the message in which they say so, or who said it on the phone.")
    with transaction.atomic():
        actions.close(recovery, how=Closing.YES, why=why, by=by, now=now)
        settle(of_recoveries([recovery.pk]), now=now)
        note("recovery.confirmed", member=by, about=f"recovery {recovery.public_id}", now=now,
             detail={"how": "message" if message else "phone"})  # fmt: skip
    return recovery


def close_unconfirmed(reader: Reader, recovery_id: uuid.UUID, *, why: str, by: Member, now: datetime) -> Recovery:
    """The client did not say, after two asks and time to answer; a partner ends it. Raises `NoYes`, `AlreadyClosed`."""
    recovery = open_one(reader, recovery_id)
    if not may(by.role, Right.DECIDE):
        raise NoYes("Partners and administrators close what the client did not confirm: ask one of yours.")
    sent = asks_of(recovery).sent
    last = max((draft.sent_at or draft.changed_at for draft in sent), default=None)
    if not may_close_unconfirmed(asks=len(sent), asked_at=last, now=now):
        raise NoYes(_too_early(len(sent), last))
    with transaction.atomic():
        actions.close(recovery, how=Closing.UNCONFIRMED, why=why.strip(), by=by, now=now)
        settle(of_recoveries([recovery.pk]), now=now)
        note("recovery.unconfirmed", member=by, about=f"recovery {recovery.public_id}", now=now)
    return recovery


def _too_early(asks: int, last: datetime | None) -> str:
    if asks < MOST_ASKS or last is None:
        return f"The client was asked {asks} of {MOST_ASKS} times: ask first, only their yes says that it is right."
    until = (last + ANSWER_TIME).astimezone(ZoneInfo(firm_in_scope().timezone))
    return f"Give them until {until:%-d %B} to answer: after that it can be closed as unconfirmed."


def open_again(reader: Reader, recovery_id: uuid.UUID, *, why: str, by: Member, now: datetime) -> Recovery:
    """It was not over. Raises `AlreadyClosed` where it is open."""
    recovery = open_one(reader, recovery_id)
    with transaction.atomic():
        actions.reopen(recovery, why=why.strip(), by=by, now=now)
        settle(of_recoveries([recovery.pk]), now=now)
        note("recovery.reopened", member=by, about=f"recovery {recovery.public_id}", now=now)
    return recovery
