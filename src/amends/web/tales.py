"""What is told of one signal beside its quote: what came back and when, what is due, what drives it. Pure."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime, time, tzinfo

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from amends.insights.facts import Facts
from amends.signals.models import SignalKind
from amends.web import dates

_LONGEST = 140  # characters of an earlier quote


@dataclass(frozen=True, slots=True)
class Tale:
    """A sentence that goes on after the word of its kind; `linked` is its end, a link to an earlier message.

    `joint` stands between that word and the sentence, where they stand in one line.
    """

    text: str = ""
    linked: str = ""
    thread: uuid.UUID | None = None
    message: uuid.UUID | None = None
    joint: str = ":"


def tale(kind: str, facts: Facts, *, now: datetime, zone: tzinfo, day_end: time | None = None) -> Tale | None:
    """What more there is to tell of a signal; None where the quote says it all. Work ends at `day_end`."""
    due = dates.due(facts.due, now=now, zone=zone, day_end=day_end) if facts.due else ""
    match kind:
        case SignalKind.RETURNING_ISSUE:
            return _back(facts, now, zone)
        case SignalKind.DERAILING if facts.drivers:
            return Tale(", ".join(facts.drivers[:3]))
        case SignalKind.PROMISE_DUE if due:
            return Tale(_dated(_("promised by %(day)s") % {"day": due}, facts))
        case SignalKind.PROMISE_BROKEN if due:
            return Tale(_("promised by %(day)s, and nobody said yet that it was kept") % {"day": due})
        case SignalKind.WAITING_ON_CLIENT if due:
            return Tale(_dated(_("they said by %(day)s") % {"day": due}, facts))
        case SignalKind.INTERNAL_LEAK:
            return Tale(_("this went to them, and reads as if it was meant for us alone"))
        case SignalKind.COMPLAINT:
            return _complaint(facts)
    return None


def _back(facts: Facts, now: datetime, zone: tzinfo) -> Tale | None:
    said_at = facts.first_at
    first = ""
    if said_at is not None:
        day = dates.day(said_at, zone=zone)
        first = _("first on %(day)s") % {"day": day.rpartition(" ")[0] if said_at.year == now.year else day}
    earlier = facts.earlier
    if earlier is None:
        return Tale(first) if first else None
    quote = earlier.quote if len(earlier.quote) <= _LONGEST else earlier.quote[: _LONGEST - 1].rstrip() + "…"
    times = _(" (%(n)s times by now)") % {"n": facts.times} if facts.times > 2 else ""
    return Tale(f"“{quote}”{times}," if quote else "", first or _("earlier"), earlier.thread, earlier.message)


def _dated(said: str, facts: Facts) -> str:
    return said + " " + _("(not confirmed)") if facts.unconfirmed else said


def _complaint(facts: Facts) -> Tale | None:
    parts = []
    if facts.again > 1:
        said = ngettext("said %(n)s time in this conversation", "said %(n)s times in this conversation", facts.again)
        parts.append("(" + said % {"n": facts.again} + ")")
    if facts.wanted:
        parts.append(_("would put it right: “%(what)s”") % {"what": facts.wanted})
    return Tale(" ".join(parts), joint="" if facts.again > 1 else " ·") if parts else None
