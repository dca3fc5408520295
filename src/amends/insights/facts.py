"""What a signal's `detail` holds, as values that pages can speak of. Nothing in it is taken on trust."""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from amends.judgement.corrections import tells_of_another
from amends.mail.queries import Reader, readable
from amends.signals.models import SignalKind

_DRIVERS = 5
_SILENCE, _DERAILING = SignalKind.SILENCE, SignalKind.DERAILING
_COUNTED = ("again", "times")


@dataclass(frozen=True, slots=True)
class Earlier:
    """What was said before, where this reader may read it."""

    quote: str
    at: datetime | None
    message: uuid.UUID
    thread: uuid.UUID


@dataclass(frozen=True, slots=True)
class Facts:
    """The particulars of one signal; what its kind does not have stays empty.

    `due` is when a promise or what we wait for is due, `unconfirmed` says that no person has confirmed it. `drivers`
    say why a conversation is about to derail. `again` counts how often an issue was said in its conversation, `times`
    how often it came back; `wanted` is what would put it right. `earlier` is None where nothing is known or readable.
    """

    why: str = ""
    drivers: tuple[str, ...] = ()
    due: datetime | None = None
    unconfirmed: bool = False
    again: int = 1
    times: int = 1
    wanted: str = ""
    shared: str = ""
    first_at: datetime | None = None
    earlier: Earlier | None = None


NO_FACTS = Facts()


def earlier_threads(reader: Reader, details: Iterable[Mapping[str, Any]]) -> dict[uuid.UUID, uuid.UUID]:
    """By message, the threads of the earlier messages that these details name and this reader may read; one query."""
    wanted = {key for detail in details if (key := _id(detail.get("earlier_message"))) is not None}
    if not wanted:
        return {}
    return dict(readable(reader).filter(public_id__in=wanted).values_list("public_id", "thread__public_id"))


def facts_of(detail: Mapping[str, Any], threads: Mapping[uuid.UUID, uuid.UUID] | None = None) -> Facts:
    """The facts of one detail; `threads` are those of `earlier_threads`.

    Of something said earlier nothing is told where the earlier message is not readable: only that it is back.
    """
    earlier = _id(detail.get("earlier_message"))
    if earlier is not None and earlier not in (threads or {}):
        return NO_FACTS
    drivers = detail.get("drivers")
    return Facts(
        why=_text(detail, "why"),
        drivers=tuple(str(one) for one in drivers[:_DRIVERS]) if isinstance(drivers, list) else (),
        due=_moment(detail.get("due")),
        unconfirmed=detail.get("unconfirmed") is True,
        again=_count(detail, "again"),
        times=_count(detail, "times"),
        wanted=_text(detail, "wanted"),
        shared=_text(detail, "shared"),
        first_at=_moment(detail.get("earlier_at")),
        earlier=_earlier(detail, threads or {}),
    )


def guarded(reader: Reader, detail: Mapping[str, Any], *, kind: str, partly: bool) -> dict[str, Any]:
    """What of the detail of a message that this reader may read is theirs to know.

    A message that they read may have been judged beside others that they may not: what rests on those is left out.
    `partly` says that there are such in its conversation.
    """
    if not reader.restricted:
        return dict(detail)
    if kind == _SILENCE:
        return {}  # how often somebody usually writes counts all their mail
    kept = dict(detail)
    if tells_of_another(_text(detail, "why")):
        del kept["why"]
    if partly:
        for name in (*_COUNTED, *(("why", "drivers") if kind == _DERAILING else ())):
            kept.pop(name, None)
    return kept


def _earlier(detail: Mapping[str, Any], threads: Mapping[uuid.UUID, uuid.UUID]) -> Earlier | None:
    message = _id(detail.get("earlier_message"))
    if message is None or message not in threads:
        return None
    return Earlier(_text(detail, "earlier_quote"), _moment(detail.get("earlier_at")), message, threads[message])


def _text(detail: Mapping[str, Any], name: str) -> str:
    value = detail.get(name)
    return " ".join(value.split()) if isinstance(value, str) else ""


def _count(detail: Mapping[str, Any], name: str) -> int:
    value = detail.get(name)
    return max(1, value) if isinstance(value, int) and not isinstance(value, bool) else 1


def _moment(value: object) -> datetime | None:
    try:
        found = datetime.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None
    return found.replace(tzinfo=UTC) if found and found.tzinfo is None else found


def _id(value: object) -> uuid.UUID | None:
    try:
        return uuid.UUID(value) if isinstance(value, str) else None
    except ValueError:
        return None
