"""Reads of the signals part: what still stands of what was noticed, and what the firm's corrections teach."""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

import numpy as np
from django.db.models import Exists, F, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce, Length

from amends.clients.models import Client, Standing
from amends.core.ids import uuid7_floor
from amends.firm.scope import current_firm_id
from amends.judgement.corrections import SAME, Example, Taught, alike, unpacked
from amends.judgement.model import current
from amends.judgement.returning import Floats
from amends.mail.privacy import Reader, is_readable
from amends.signals.models import VERDICTS, Action, Correction, IssueVector, Response, Signal, SignalKind, Tone

_HINT = 0.3  # weight of "not an issue" without "misread", which may be said of words that were read rightly
_KEPT = 64  # firms whose lessons one process remembers
_SHORTER, _LONGER = 0.6, 1.7  # a near-identical sentence is about as long
_remembered: dict[int, tuple[object, Taught]] = {}


def standing() -> QuerySet[Signal]:
    """Signals without those of which people said last that they were read wrongly."""
    verdict = Response.objects.filter(signal=OuterRef("pk"), undone_at=None, action__in=VERDICTS).order_by("-at", "-pk")
    last = Coalesce(Subquery(verdict.values("action")[:1]), Value(""))
    return Signal.objects.alias(verdict=last).exclude(verdict=Action.CORRECTED)


def dismissed(answers: Iterable[Response]) -> str:
    """The verdict that took a signal away, "" where it stands; `answers` are those that count, oldest first."""
    said = [answer.action for answer in answers if answer.action in VERDICTS]
    return said[-1] if said and said[-1] != Action.CONFIRMED else ""


def nearly_identical(reader: Reader, signal: Signal) -> list[Signal]:
    """The other signals of this kind whose words are nearly the same: open ones anywhere, in the conversation all.

    Of those whose message this reader may read: nobody says what words mean that they have not read.
    """
    size = len(signal.quote)
    rows = (
        standing()
        .filter(Q(cleared_at=None) | Q(message__thread=signal.message.thread_id), kind=signal.kind, end__isnull=False)
        .exclude(pk=signal.pk)
        .annotate(size=Length("quote"))
        .filter(size__gte=int(_SHORTER * size), size__lte=int(_LONGER * size) + 1)
    )
    if reader.restricted:
        rows = rows.filter(is_readable(reader))
    same = [pk for pk, quote in rows.order_by("pk").values_list("pk", "quote") if alike(signal.quote, quote) >= SAME]
    return list(Signal.objects.filter(pk__in=same).select_related("message").order_by("pk"))


def read_and_unread(reader: Reader, ids: Sequence[uuid.UUID]) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
    """Those of these signals whose message this reader may read, and the others."""
    rows = Signal.objects.filter(public_id__in=ids).annotate(seen=is_readable(reader)).order_by("pk")
    found = list(rows.values_list("public_id", "seen"))
    return [one for one, seen in found if seen], [one for one, seen in found if not seen]


def alike_unread(reader: Reader, ids: Sequence[uuid.UUID], *, now: datetime) -> list[uuid.UUID]:
    """All open signals of client and kind of these whose message the reader may not read: they see one for all."""
    if not ids:
        return []
    same = Signal.objects.filter(public_id__in=ids, client=OuterRef("client"), kind=OuterRef("kind"))
    rows = Signal.objects.filter(Exists(same), Q(cleared_at=None) | Q(cleared_at__gt=now)).exclude(is_readable(reader))
    return list(rows.order_by("pk").values_list("public_id", flat=True))


def messages_of(batch: uuid.UUID) -> set[uuid.UUID]:
    """The messages whose signals one click answered, made or took away."""
    answered = Response.objects.filter(batch=batch).values_list("signal__message__public_id", flat=True)
    corrected = Correction.objects.filter(batch=batch).values_list("message__public_id", flat=True)
    return {*answered, *corrected}


def taught() -> Taught:
    """What the firm in scope has taught, from the corrections that stand; kept until one is made or taken back.

    Costs one small query where nothing has changed, in whichever process it changed.
    """
    firm, model = current_firm_id(), current()
    version = model.card.version if model is not None else ""
    standing_ones = Correction.objects.filter(undone_at=None)
    stamp = version, list(standing_ones.order_by("pk").values_list("public_id", "vector_by"))
    known = _remembered.get(firm)
    if known is not None and known[0] == stamp:
        return known[1]
    made = Taught(list(_examples(standing_ones.order_by("at", "pk"), version)))
    if len(_remembered) >= _KEPT:
        _remembered.clear()
    _remembered[firm] = stamp, made
    return made


def without_vector(version: str, *, limit: int) -> list[Correction]:
    """Corrections that stand and have no vector of this model's version, oldest first."""
    rows = Correction.objects.filter(undone_at=None).exclude(vector_by=version).order_by("pk")
    return list(rows.only("pk", "firm_id", "quote")[:limit])


def corrections_count(reader: Reader) -> int:
    """How many corrections stand, of those whose message this reader may read."""
    return _readable(reader).count()


def issues_of(clients: Iterable[Client], *, each: int) -> dict[int, list[Signal]]:
    """The complaints of these clients that stand, oldest first, with their messages; the latest `each` of one."""
    rows = standing().filter(client__in=list(clients), kind=SignalKind.COMPLAINT).select_related("message")
    found: dict[int, list[Signal]] = defaultdict(list)
    for signal in rows.order_by("said_at", "start", "pk"):
        found[signal.client_id].append(signal)
    return {client: signals[-each:] for client, signals in found.items()}


def verdicts_on_returns(clients: Iterable[int]) -> dict[int, list[tuple[str, str, bool]]]:
    """What people said of issues that came back: by client both quotes and whether they are one, oldest first."""
    rows = (
        Response.objects.filter(
            signal__client__in=list(clients),
            signal__kind=SignalKind.RETURNING_ISSUE,
            action__in=VERDICTS,
            undone_at=None,
        )
        .order_by("at", "pk")
        .values_list("signal__client_id", "signal__quote", "signal__detail", "action")
    )
    found: dict[int, list[tuple[str, str, bool]]] = defaultdict(list)
    for client, quote, detail, action in rows:
        found[client].append((quote, str(detail.get("earlier_quote", "")), action == Action.CONFIRMED))
    return found


def tones_of(messages: Iterable[int]) -> dict[int, tuple[dict[str, float], float]]:
    """Feelings and complaint by message key, where they are known."""
    rows = Tone.objects.filter(message__in=list(messages)).values_list("message_id", "feelings", "complaint")
    return {message: (feelings, complaint) for message, feelings, complaint in rows}


def vectors_of(signals: Iterable[int], *, version: str) -> dict[int, Floats]:
    """The vectors of complaints, by the key of their signal, that this version of the model made."""
    rows = IssueVector.objects.filter(signal__in=list(signals), made_by=version).values_list("signal_id", "numbers")
    return {key: np.frombuffer(bytes(numbers), np.float16).astype(np.float32) for key, numbers in rows}


class Lesson(NamedTuple):
    """One correction, to learn from elsewhere: the sentence in clear, and what was said of it."""

    text: str
    kind_said: str
    kind_right: str
    at: str  # ISO 8601
    sure: bool


def lessons(reader: Reader) -> Iterator[Lesson]:
    """Every correction that stands and whose message this reader may read, oldest first."""
    for one in _readable(reader).order_by("at", "pk").iterator(chunk_size=500):
        yield Lesson(one.quote, one.said, one.right, one.at.isoformat(), one.sure)


def _readable(reader: Reader) -> QuerySet[Correction]:
    return Correction.objects.filter(is_readable(reader), undone_at=None)


def _examples(corrections: Sequence[Correction] | QuerySet[Correction], version: str) -> Iterator[Example]:
    """An example for each sentence and kind; of one sentence of one message the last word on a kind counts."""
    said: dict[tuple[int, int, str], Example] = {}
    for one in corrections:
        kept = one.vector if version and one.vector_by == version else None
        vector = unpacked(bytes(kept)) if kept is not None else None
        for kind, right in ((one.said, False), (one.right, True)):
            if kind:
                said[one.message_id, one.start, kind] = Example(
                    kind, right, one.quote, vector, 1.0 if one.sure else _HINT
                )
    yield from said.values()


class Raised(NamedTuple):
    """A signal that is true now, as ids."""

    signal: uuid.UUID
    kind: str
    client: uuid.UUID
    message: uuid.UUID
    thread: uuid.UUID
    raised_at: datetime


def came_true(*, since: datetime, at: datetime, days: int) -> list[Raised]:
    """Signals of clients that are true at `at`, no older than `days`, and were made or came true since `since`.

    In the order in which they came true. These are ids for programs; what they stand for is asked for by a reader.
    """
    unsure = Q(client__standing=Standing.UNSURE) & ~Q(kind=SignalKind.SILENCE)
    rows = standing().filter(
        Q(raised_at__gte=since) | Q(public_id__gte=uuid7_floor(since)),
        Q(cleared_at=None) | Q(cleared_at__gt=at),
        Q(client__standing=Standing.CLIENT) | unsure,
        raised_at__gt=at - timedelta(days=days),
        raised_at__lte=at,
        said_at__lte=at,
        client__merged_into=None,
    )
    columns = (
        "public_id",
        "kind",
        "client__public_id",
        "message__public_id",
        "message__thread__public_id",
        "raised_at",
    )
    return [Raised(*row) for row in rows.order_by("raised_at", "pk").values_list(*columns)]


def next_to_come_true(*, after: datetime) -> datetime | None:
    """When the clock alone will next make a signal true."""
    ahead = Signal.objects.filter(Q(cleared_at=None) | Q(cleared_at__gt=F("raised_at")), raised_at__gt=after)
    return ahead.order_by("raised_at").values_list("raised_at", flat=True).first()


def anything_noticed() -> bool:
    """Whether there is any signal in the firm in scope."""
    return Signal.objects.exists()
