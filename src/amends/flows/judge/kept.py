"""Later messages that seem to keep a promise are put beside it, for a person to say whether they do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from amends.judgement.kept import shows
from amends.judgement.model import NoModel, current
from amends.mail.models import Direction, Message
from amends.mail.queries import SYSTEM, texts
from amends.signals.models import Promise, PromiseBy
from amends.signals.queries.promises import without_hint

_LATEST = 10  # messages of one conversation that are looked at for one promise
Suggested = tuple[Promise, Message, int, int]


def kept_by(threads: Mapping[int, Sequence[Message]], *, now: datetime) -> list[Suggested]:
    """For open promises, the first later message of these conversations (each oldest first) that speaks of it as done.

    Only the side that promised is listened to, in whatever conversation with the client it writes.
    """
    places: dict[tuple[int | None, str], list[Message]] = defaultdict(list)
    for messages in threads.values():
        for message in messages[-_LATEST:]:
            places[message.client_id, message.direction].append(message)
    promises = without_hint({client for client, _ in places if client is not None}, at=now)
    later = {promise.pk: _later(promise, places) for promise in promises}
    words = texts(SYSTEM, {message.pk for messages in later.values() for message in messages})
    return [found for promise in promises if (found := _first(promise, later[promise.pk], words)) is not None]


def _later(promise: Promise, places: Mapping[tuple[int | None, str], Iterable[Message]]) -> list[Message]:
    side = Direction.OUT if promise.by == PromiseBy.FIRM else Direction.IN
    since = max(promise.made_at, promise.heard_until or promise.made_at)
    found = (one for one in places.get((promise.client_id, side), ()) if one.sent_at > since)
    return sorted(found, key=lambda one: one.pk)


def _first(promise: Promise, messages: Iterable[Message], words: Mapping[int, str]) -> Suggested | None:
    for message in messages:
        place = shows(promise.text, words.get(message.pk, ""), likeness=_likeness)
        if place is not None:
            return promise, message, *place
    return None


def _likeness(promise: str, sentences: Sequence[str]) -> list[float]:
    """By the model's vectors; nothing is alike without a model."""
    model = current()
    if model is None:
        return [0.0] * len(sentences)
    try:
        first, *others = model.vectors([promise, *sentences])
    except NoModel:
        return [0.0] * len(sentences)
    return [float(first @ other) for other in others]
