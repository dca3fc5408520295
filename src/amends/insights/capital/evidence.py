"""What lines of an account rest on, as far as a reader may know it: words, links, or that it is closed or was erased.

A fixed number of queries for each kind of evidence, however many lines there are.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from amends.mail.privacy import Reader, is_readable, known_of, readable
from amends.recovery.models import Recovery, Remedy
from amends.recovery.queries import seen_whole
from amends.signals.models import Promise, Signal, SignalKind
from amends.signals.queries.promises import may_read

_LONGEST = 400  # characters of a quote


class State(StrEnum):
    """Whether the reader may see what a line rests on."""

    OPEN = "open"
    CLOSED = "closed"  # there is something, in mail which they may not read
    ERASED = "erased"
    ELSEWHERE = "elsewhere"  # of a kind that is looked at on a page of its own


@dataclass(frozen=True, slots=True)
class Proof:
    """What one line rests on. Only where `state` is open or elsewhere is there an `id`, and only where open words."""

    state: State
    kind: str = ""
    id: uuid.UUID | None = None
    quote: str = ""  # of the client
    words: str = ""  # of ours: what was promised or given
    who: str = ""
    at: datetime | None = None
    thread: uuid.UUID | None = None
    recovery: uuid.UUID | None = None


Wanted = tuple[str, uuid.UUID, str]  # kind and id of the evidence, kind of the line
CLOSED, ERASED = Proof(State.CLOSED), Proof(State.ERASED)
_NOTICED = {
    "complaint": SignalKind.COMPLAINT, "owned_in_time": SignalKind.COMPLAINT, "owned_late": SignalKind.COMPLAINT,
    "anger": SignalKind.ANGER, "frustration": SignalKind.FRUSTRATION, "disappointment": SignalKind.DISAPPOINTMENT,
    "leaving": SignalKind.LEAVING, "praise": SignalKind.PRAISE, "recommended": SignalKind.REFERRAL,
    "recurrence": SignalKind.RETURNING_ISSUE, "internal_leak": SignalKind.INTERNAL_LEAK,
    "silence": SignalKind.SILENCE,
}  # fmt: skip


def proofs(reader: Reader, wanted: Collection[Wanted]) -> dict[Wanted, Proof]:
    """What each of these rests on, for this reader."""
    by_kind: dict[str, list[Wanted]] = defaultdict(list)
    for one in wanted:
        by_kind[one[0]].append(one)
    found: dict[Wanted, Proof] = {}
    for kind, ones in by_kind.items():
        look = _LOOKS.get(kind)
        found |= look(reader, ones) if look else {one: Proof(State.ELSEWHERE, kind, one[1]) for one in ones}
    return found


def _messages(reader: Reader, wanted: Iterable[Wanted]) -> dict[Wanted, Proof]:
    ones = list(wanted)
    ids = {one[1] for one in ones}
    names = ("public_id", "thread__public_id", "sender_name", "sender_email", "sent_at")
    rows = {row[0]: row for row in readable(reader).filter(public_id__in=ids).values_list(*names)}
    there = set(rows)
    if ids - there:
        there |= set(known_of(reader).filter(public_id__in=ids - there).values_list("public_id", flat=True))
    quotes = _quotes(reader, rows, {_NOTICED[one[2]] for one in ones if one[2] in _NOTICED})
    found = {}
    for one in ones:
        row = rows.get(one[1])
        if row is not None:
            quote = quotes.get((one[1], _NOTICED.get(one[2], "")), "")
            found[one] = Proof(
                State.OPEN, "message", one[1], quote, who=row[2] or row[3], at=row[4], thread=row[1]
            )  # fmt: skip
        else:
            found[one] = CLOSED if one[1] in there or _reads_nothing(reader) else ERASED
    return found


def _quotes(
    reader: Reader, messages: Collection[uuid.UUID], kinds: Collection[str]
) -> dict[tuple[uuid.UUID, str], str]:
    """The clearest words of each kind in each message, also where somebody said since that they were no issue."""
    if not messages or not kinds:
        return {}
    rows = Signal.objects.filter(is_readable(reader), message__public_id__in=messages, kind__in=kinds)
    ordered = rows.order_by("confidence", "pk").values_list("message__public_id", "kind", "quote")
    return {(message, kind): quote[:_LONGEST] for message, kind, quote in ordered if quote}


def _promises(reader: Reader, wanted: Iterable[Wanted]) -> dict[Wanted, Proof]:
    ones = list(wanted)
    rows = Promise.objects.filter(public_id__in={one[1] for one in ones})
    seen = {
        row.public_id: row for row in rows.filter(may_read(reader)).select_related("message__thread").distinct()
    }  # fmt: skip
    there = set(rows.values_list("public_id", flat=True)) if len(seen) < len({one[1] for one in ones}) else set()
    found = {}
    for one in ones:
        row = seen.get(one[1])
        if row is None:
            found[one] = CLOSED if one[1] in there else ERASED
            continue
        thread = row.message.thread.public_id if row.message else None
        found[one] = Proof(
            State.OPEN, "promise", one[1], words=row.text[:_LONGEST], at=row.made_at, thread=thread
        )  # fmt: skip
    return found


def _recoveries(reader: Reader, wanted: Iterable[Wanted]) -> dict[Wanted, Proof]:
    ones = list(wanted)
    rows = {row.public_id: row for row in Recovery.objects.filter(public_id__in={one[1] for one in ones})}
    seen = seen_whole(reader, list(rows.values()))
    found = {}
    for one in ones:
        row = rows.get(one[1])
        if row is None:
            found[one] = ERASED
        elif row.pk in seen:
            found[one] = Proof(
                State.OPEN, "recovery", one[1], words=row.title[:_LONGEST], at=row.closed_at, recovery=one[1]
            )  # fmt: skip
        else:
            found[one] = CLOSED
    return found


def _remedies(reader: Reader, wanted: Iterable[Wanted]) -> dict[Wanted, Proof]:
    ones = list(wanted)
    rows = {
        row.public_id: row
        for row in Remedy.objects.filter(public_id__in={one[1] for one in ones}).select_related("recovery")
    }
    seen = seen_whole(reader, [row.recovery for row in rows.values()])
    found = {}
    for one in ones:
        row = rows.get(one[1])
        if row is None:
            found[one] = ERASED
        elif row.recovery_id in seen:
            found[one] = Proof(
                State.OPEN, "remedy", one[1], words=row.what[:_LONGEST], at=row.changed_at,
                recovery=row.recovery.public_id,
            )  # fmt: skip
        else:
            found[one] = CLOSED
    return found


def _reads_nothing(reader: Reader) -> bool:
    return reader.restricted and reader.doors.nothing


_LOOKS: Mapping[str, Callable[[Reader, Iterable[Wanted]], dict[Wanted, Proof]]] = {
    "message": _messages,
    "promise": _promises,
    "recovery": _recoveries,
    "remedy": _remedies,
}
