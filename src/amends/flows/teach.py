"""What people correct: brought to bear at once on what they see, kept to teach, and given out only with consent.

A correction says of a sentence which kind of signal stands there wrongly, which one is right, or both. It takes effect
in the transaction that keeps it. What it took away stays away when mail is judged again, because the answers lie on
signals, and signals keep their identity; what a person said is there, judging leaves alone (`signals.actions.record`).
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from amends.core.errors import AmendsError
from amends.core.ids import uuid7
from amends.firm.audit import note
from amends.firm.models import Member
from amends.flows.capital.posting import catch_up_on
from amends.flows.judge.messages import signal_at
from amends.flows.judge.threads import settle_said
from amends.flows.webhooks import announce
from amends.judgement.corrections import packed
from amends.judgement.model import NoModel, current
from amends.judgement.spans import Span
from amends.mail.models import Direction, Message, Thread
from amends.mail.queries import Reader, new_text_of, one_message
from amends.signals import actions
from amends.signals.models import BY_PERSON, SAID, Action, Correction, Signal
from amends.signals.queries import (
    Lesson,
    alike_unread,
    lessons,
    messages_of,
    nearly_identical,
    read_and_unread,
    without_vector,
)

LONGEST = 2000  # characters of a sentence that somebody marks
_AT_ONCE = 200


class NothingSaid(AmendsError):
    """A correction that names no place in a client's own words, or no kind, or the same kind twice."""


class NotRead(AmendsError):
    """Somebody says of words that they may not read what they are."""


class NoConsent(AmendsError):
    """Corrections hold sentences of clients, and leave only where somebody agreed to it."""


@dataclass(frozen=True, slots=True)
class Corrected:
    """What a correction did: `message` it was about, `said` and `right` as kinds, `others` taken for the same words."""

    message: Message
    said: str
    right: str
    others: int
    batch: uuid.UUID


@dataclass(frozen=True, slots=True)
class _Place:
    message: Message
    start: int
    end: int
    quote: str

    def signal(self, kind: str, member: Member | None) -> Signal:
        """A signal of this kind that rests on these words, because a person said so."""
        why = f"{member.name} said so." if member else "Somebody said so."
        return signal_at(self.message, kind, Span(self.quote, self.start, self.end, 1.0, BY_PERSON, why))


def correct(
    reader: Reader,
    message_id: uuid.UUID,
    *,
    right: str,
    signal: uuid.UUID | None = None,
    start: int | None = None,
    end: int | None = None,
    member: Member | None,
    now: datetime,
) -> Corrected:
    """Say that a signal is wrong (`right` is "" or the kind that it is), or that one was missed from `start` to `end`.

    The signal is gone from *Today* and the conversation, and with it every open one of its kind whose words are nearly
    the same; the right kind stands in its place. Its batch is what `undo` takes back. Raises `NothingSaid`,
    `signals.actions.NoSuchSignal` and `Message.DoesNotExist`.
    """
    message = one_message(reader, message_id)
    wrong = _signal(message, signal) if signal else None
    place = _place_of(wrong, message) if wrong else _marked(message, start, end)
    said = wrong.kind if wrong else ""
    if (right and right not in SAID) or right == said or (said and said not in SAID):
        raise NothingSaid("Say what it is instead: choose one of the kinds offered.")
    others = nearly_identical(reader, wrong) if wrong else []
    places = [place, *(_place_of(other, other.message) for other in others)]
    batch, (vector,) = uuid7(), _vectors([place.quote])
    with transaction.atomic():
        actions.keep([_correction(place, said, right, vector, member=member, at=now, batch=batch)])
        if wrong:
            actions.take_away([wrong, *others], member=member, at=now, batch=batch)
        if right:
            made = [one.signal(right, member) for one in places if one.message.client_id is not None]
            actions.say(made, member=member, at=now, batch=batch)
        threads = _threads(places)
        settle_said(threads)
        catch_up_on([thread.pk for thread in threads], now=now)
        announce.answered(batch, action=Action.CORRECTED, member=member, now=now)
        announce.signals_may_be_raised(now=now)
    return Corrected(message, said, right, len(others), batch)


def answer(
    reader: Reader,
    signal_ids: Sequence[uuid.UUID],
    *,
    action: Action,
    member: Member | None,
    now: datetime,
    why: str = "",
    until: datetime | None = None,
    teaches: bool = True,
    sure: bool = False,
    vectors_now: bool = True,
) -> uuid.UUID:
    """Answer signals on *Today*. *Not an issue* is a correction too, where it `teaches`, of these signals alone.

    `sure` says that they were misread; otherwise it is kept as a hint, for it may be said of words read rightly.
    Without `vectors_now` no model is called, and a job gives the corrections their vectors.
    What rests on mail that the reader may not read can be owned and put off, and that goes for all of its kind at the
    client, for they see one for all; to say what it is, one has to read it. Returns the batch that `undo` takes back.
    Raises `signals.actions.NoSuchSignal` and `NotRead`.
    """
    signal_ids = _answerable(reader, signal_ids, action, now=now)
    wrong: list[Signal] = []
    if action == Action.NOT_AN_ISSUE and teaches:
        known = Signal.objects.filter(public_id__in=signal_ids, kind__in=SAID, start__isnull=False, end__isnull=False)
        wrong = list(known.select_related("message").order_by("pk"))
    places = [_place_of(one, one.message) for one in wrong]
    vectors = _vectors([place.quote for place in places]) if vectors_now else [(None, "")] * len(places)
    with transaction.atomic():
        batch = actions.respond(signal_ids, action=action, member=member, at=now, why=why, until=until)
        actions.keep(
            _correction(place, one.kind, "", vector, member=member, at=now, batch=batch, sure=sure)
            for one, place, vector in zip(wrong, places, vectors, strict=True)
        )
        if action != Action.LATER:
            catch_up_on(_threads_of(batch), now=now)
        announce.answered(batch, action=action, member=member, now=now)
    return batch


def _answerable(
    reader: Reader, signal_ids: Sequence[uuid.UUID], action: Action, *, now: datetime
) -> Sequence[uuid.UUID]:
    """The signals that this answer goes for."""
    if not reader.restricted:
        return signal_ids
    read, unread = read_and_unread(reader, signal_ids)
    if action == Action.NOT_AN_ISSUE:
        if unread and not read:
            raise NotRead(
                "You may not read the mail that this rests on: own it, put it off, or ask whose mail it is to share it."
            )
        return read
    return [*read, *alike_unread(reader, unread, now=now)]


def known(batch: uuid.UUID) -> bool:
    """Was anything answered or corrected by this click."""
    return bool(messages_of(batch))


def undo(batch: uuid.UUID, *, now: datetime, member: Member | None = None) -> int:
    """Take back one click: answers, corrections, and what they made; returns how many answers it took back."""
    with transaction.atomic():
        threads = list(Thread.objects.filter(pk__in=_threads_of(batch)))
        announce.answered(batch, action="undone", member=member, now=now)
        count = actions.undo(batch, at=now)
        settle_said(threads)
        catch_up_on([thread.pk for thread in threads], now=now)
    return count


def give_vectors() -> int:
    """Give a vector to corrections that have none of the present model; returns to how many. For jobs, not pages."""
    model, given = current(), 0
    while model is not None and (batch := without_vector(model.card.version, limit=_AT_ONCE)):
        vectors = _vectors([one.quote for one in batch])
        if not all(version for _, version in vectors):
            break
        for one, vector in zip(batch, vectors, strict=True):
            one.vector, one.vector_by = vector
        actions.give_vectors(batch)
        given += len(batch)
    return given


def take_lessons(reader: Reader, *, consent: bool, now: datetime, address: str | None = None) -> list[Lesson]:
    """All corrections that stand, to take out of the house; that somebody does is noted. Raises `NoConsent`."""
    with transaction.atomic():
        given = list(lessons_to_give(reader, consent=consent))
        note("corrections.exported", member=reader.member, detail={"count": len(given)}, now=now, address=address)
    return given


def lessons_to_give(reader: Reader, *, consent: bool) -> Iterator[Lesson]:
    """All corrections that stand, oldest first, as data to learn from. Raises `NoConsent`."""
    if not consent:
        raise NoConsent(
            "This writes sentences of your clients, in clear, into a file and sends them to nobody: say that you agree."
        )
    return lessons(reader)


Vector = tuple[bytes | None, str]
"""A sentence's vector as it is kept, and the version of the model that made it; None and "" without a model."""


def _vectors(quotes: Sequence[str]) -> list[Vector]:
    model = current()
    if model is None or not quotes:
        return [(None, "")] * len(quotes)
    try:
        return [(packed(vector), model.card.version) for vector in model.vectors(quotes)]
    except NoModel:
        return [(None, "")] * len(quotes)


def _correction(
    place: _Place,
    said: str,
    right: str,
    vector: Vector,
    *,
    member: Member | None,
    at: datetime,
    batch: uuid.UUID,
    sure: bool = True,
) -> Correction:
    return Correction(
        member=member,
        message=place.message,
        start=place.start,
        end=place.end,
        quote=place.quote,
        said=said,
        right=right,
        sure=sure,
        vector=vector[0],
        vector_by=vector[1],
        at=at,
        batch=batch,
    )


def _signal(message: Message, signal_id: uuid.UUID) -> Signal:
    found = Signal.objects.filter(public_id=signal_id, message=message, end__isnull=False).first()
    if found is None:
        raise actions.NoSuchSignal("That reason is not there any more: reload the page.")
    return found


def _place_of(signal: Signal, message: Message) -> _Place:
    return _Place(message, signal.start or 0, signal.end or 0, signal.quote)


def _marked(message: Message, start: int | None, end: int | None) -> _Place:
    """The words that somebody marked, without white space around them."""
    if message.direction != Direction.IN or message.client_id is None:
        raise NothingSaid("Only what a client wrote can be marked.")
    text = new_text_of(message.body)
    if start is None or end is None or not 0 <= start < end <= len(text) or end - start > LONGEST:
        raise NothingSaid("Choose a sentence of this message: reload the page and try again.")
    words = text[start:end]
    quote = words.strip()
    if not quote:
        raise NothingSaid("Choose a sentence of this message: there are no words in what was marked.")
    begins = start + len(words) - len(words.lstrip())
    return _Place(message, begins, begins + len(quote), quote)


def _threads(places: Sequence[_Place]) -> list[Thread]:
    return list(Thread.objects.filter(pk__in={place.message.thread_id for place in places}))


def _threads_of(batch: uuid.UUID) -> list[int]:
    answered = Signal.objects.filter(responses__batch=batch)
    return list(answered.order_by().values_list("message__thread_id", flat=True).distinct())
