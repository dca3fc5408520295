"""Listen: what a client says is wrong, taken from conversations as exact quotes, each with its place and feeling."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from django.db.models import Prefetch, Q

from amends.firm.models import Member
from amends.judgement.guard.answered import of_its_own
from amends.judgement.reading import Span, read
from amends.judgement.returning import content
from amends.mail.models import Direction, Message, Thread
from amends.mail.privacy import Reader, is_readable, readable
from amends.mail.queries import new_text_of
from amends.recovery.models import Issue, Recovery
from amends.signals.models import Response, Signal, SignalKind, Tone
from amends.signals.queries import dismissed, standing, tones_of

WRONG = (SignalKind.COMPLAINT, SignalKind.RETURNING_ISSUE)
FELT = (SignalKind.ANGER, SignalKind.FRUSTRATION, SignalKind.DISAPPOINTMENT)
_KINDS = (*WRONG, *FELT, SignalKind.LEAVING)
NEGATIVE = ("anger", "frustration", "disappointment", "worry", "confusion")
_SOUNDS = 0.3  # a message that sounds so much like one feeling lends it to its complaints
_COMPLAINS = 0.3  # where nothing was noticed, messages that complain at least so likely are read once more
_MOST = 40  # points that one opening takes; a person can add any other
_READ = 12  # messages that are read while somebody waits, the newest
_GIVEN = re.compile(r"\byou (?:told|promised|said|assured|agreed)\b|\b(?:was|were) to (?:be|have|get)\b", re.IGNORECASE)
"""A word that was given and not kept is a matter of its own."""
_FEW_WORDS = 2  # that carry a meaning: "furious", and "that"


@dataclass(frozen=True, slots=True)
class Found:
    """One thing that is wrong, in the client's words: the characters of the message's new text, and who noticed it."""

    quote: str
    message: Message
    start: int | None
    end: int | None
    feeling: str = ""
    signal: Signal | None = None


def wrongs_in(reader: Reader, threads: Sequence[Thread], *, now: datetime) -> list[Found]:
    """What the client says is wrong in these conversations, oldest first, of what this reader may read.

    From what was noticed when the mail arrived, so that a long conversation costs a few queries; of its messages a
    dozen are read once more at most. What was put right already is left out, unless there is nothing else.
    """
    signals = _noticed(reader, threads)
    live = [signal for signal in signals if signal.cleared_at is None or signal.cleared_at > now]
    found = _grouped(live) or _grouped([signal for signal in signals if "same_as" not in signal.detail])
    found += _read_closely(reader, threads, found)
    found = _without_mere_feelings(found)
    found.sort(key=lambda one: (one.message.sent_at, one.message.pk, one.start or 0))
    return _told_on(reader, found)[-_MOST:]


def wrote_anything(reader: Reader, threads: Sequence[Thread]) -> bool:
    """Whether the client wrote a word in these conversations, of what this reader may read."""
    rows = readable(reader).filter(thread__in=list(threads), direction=Direction.IN).select_related("body")
    return any(new_text_of(message.body).strip() for message in rows.order_by("-id")[:_MOST])


def keep(recovery: Recovery, found: Iterable[Found], *, first: int, by: Member | None, now: datetime) -> list[Issue]:
    """Issues for what was found, from place `first` on; they are not written yet."""
    return [
        Issue(
            recovery=recovery, place=place, quote=one.quote, message=one.message, start=one.start, end=one.end,
            said_at=one.message.sent_at, feeling=one.feeling, by=by, at=now, engagement=recovery.engagement,
        )
        for place, one in enumerate(found, start=first)
    ]  # fmt: skip


def _noticed(reader: Reader, threads: Sequence[Thread]) -> list[Signal]:
    """What was noticed there and nobody called no issue, with its message, in its order; two queries."""
    answers = Prefetch("responses", Response.objects.filter(undone_at=None).order_by("at", "pk"), to_attr="answers")
    rows = standing().filter(message__thread__in=list(threads), kind__in=_KINDS, message__direction=Direction.IN)
    if reader.restricted:
        rows = rows.filter(is_readable(reader))
    rows = rows.exclude(quote="").select_related("message").prefetch_related(answers)
    return [one for one in rows.order_by("said_at", "start", "pk") if not dismissed(getattr(one, "answers", []))]


def _grouped(signals: Sequence[Signal]) -> list[Found]:
    """One for each thing said: a complaint with the feeling of its sentence, or, where none stands, of its message."""
    tones = tones_of({signal.message_id for signal in signals})
    by_message: dict[int, list[Signal]] = defaultdict(list)
    for signal in signals:
        by_message[signal.message_id].append(signal)
    found: list[Found] = []
    for number, said in by_message.items():
        wrongs = [one for one in said if one.kind == SignalKind.COMPLAINT] or [
            one for one in said if one.kind in WRONG
        ]  # fmt: skip
        felt = [one for one in said if one.kind in FELT]
        chosen = _apart(wrongs or felt or said)
        for one in chosen:
            feeling = _feeling(one, felt) or _sound(tones.get(number))
            found.append(Found(one.quote.strip(), one.message, one.start, one.end, feeling, one))
    return found


def _apart(signals: Sequence[Signal]) -> list[Signal]:
    """Of those whose words overlap, the longest."""
    kept: list[Signal] = []
    for one in sorted(signals, key=lambda each: -len(each.quote)):
        if not any(_overlap(one, other) for other in kept):
            kept.append(one)
    return kept


def _overlap(one: Signal, other: Signal) -> bool:
    if one.start is None or one.end is None or other.start is None or other.end is None:
        return one.quote == other.quote
    return one.start < other.end and other.start < one.end


def _feeling(one: Signal, felt: Sequence[Signal]) -> str:
    """The feeling that this sentence carries, else the strongest of its message."""
    here = [each for each in felt if _overlap(one, each)] or list(felt)
    best = max(here, key=lambda each: each.confidence, default=None)
    return str(best.kind) if best is not None else ""


def _sound(tone: tuple[dict[str, float], float] | None) -> str:
    return _loudest(tone[0]) if tone is not None else ""


def _read_closely(reader: Reader, threads: Sequence[Thread], found: Sequence[Found]) -> list[Found]:
    """What the judging of mail passes over, so that nobody is called for it.

    Lesser wrongs of messages in which something is wrong, what nothing has read yet, and, where nothing was noticed,
    the messages that complain most, or the newest.
    """
    rows = readable(reader).filter(
        thread__in=list(threads), direction=Direction.IN, kind="personal", client__isnull=False
    ).select_related("body")  # fmt: skip
    keys = {one.message.pk for one in found} or set(
        Tone.objects.filter(message__thread__in=list(threads), complaint__gte=_COMPLAINS)
        .order_by("-complaint")
        .values_list("message_id", flat=True)[:_READ]
    )
    if not keys:  # somebody chose it all the same
        keys = set(rows.order_by("-id").values_list("pk", flat=True)[:_READ])
    more = []
    for message in rows.filter(Q(judged=0) | Q(pk__in=keys)).order_by("-id")[:_READ]:
        known = [one for one in found if one.message.pk == message.pk]
        reading = read(new_text_of(message.body), at=message.sent_at, cascade=bool(found))
        whole = _loudest(reading.emotions)
        for span in reading.issues:
            if not any(_touch(span, one) for one in known):
                felt = [one.kind for one in reading.feelings if one.start < span.end and span.start < one.end]
                feeling = felt[0] if felt and felt[0] in NEGATIVE else whole
                more.append(Found(span.quote, message, span.start, span.end, feeling))
    return more


def _without_mere_feelings(found: Sequence[Found]) -> list[Found]:
    """ "I am furious about that" is no point of its own where the same message says what is wrong."""
    said = {one.message.pk for one in found if not _mere_feeling(one)}
    felt = {one.message.pk: one.feeling for one in found if _mere_feeling(one) and one.feeling}
    return [
        replace(one, feeling=felt.get(one.message.pk) or one.feeling)
        for one in found
        if not _mere_feeling(one) or one.message.pk not in said
    ]


def _told_on(reader: Reader, found: Sequence[Found]) -> list[Found]:
    """A sentence that tells on of the one before it belongs to its point: both are one quote, as they stand."""
    bodies = readable(reader).filter(pk__in={one.message.pk for one in found}).select_related("body")
    texts = {message.pk: new_text_of(message.body) for message in bodies}
    joined: list[Found] = []
    for one in found:
        last, text = joined[-1] if joined else None, texts.get(one.message.pk, "")
        if last is not None and _goes_on(last, one, text) and not (of_its_own(one.quote) or _GIVEN.search(one.quote)):
            feeling = last.feeling or one.feeling
            quote = text[last.start : one.end]
            joined[-1] = replace(last, quote=quote, end=one.end, feeling=feeling, signal=last.signal or one.signal)
        else:
            joined.append(one)
    return joined


def _goes_on(last: Found, one: Found, text: str) -> bool:
    """Does it follow in the same paragraph, with nothing between."""
    if last.message.pk != one.message.pk or last.start is None or last.end is None or one.start is None:
        return False
    between = text[last.end : one.start]
    return last.end <= one.start and not between.strip() and between.count("\n") <= 1


def _mere_feeling(one: Found) -> bool:
    return one.signal is not None and bool(one.feeling) and len(content(one.quote)) <= _FEW_WORDS


def _touch(span: Span, one: Found) -> bool:
    if one.start is None or one.end is None:
        return span.quote == one.quote
    return span.start < one.end and one.start < span.end


def _loudest(emotions: Mapping[str, float]) -> str:
    name = max(NEGATIVE, key=lambda each: emotions.get(each, 0.0))
    return name if emotions.get(name, 0.0) >= _SOUNDS else ""
