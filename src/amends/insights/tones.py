"""How a client's messages have sounded, week by week."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from amends.clients.models import Client
from amends.firm.models import Firm
from amends.mail.models import Direction
from amends.mail.privacy import Reader, readable
from amends.signals.models import Tone

TOLD = ("anger", "frustration", "disappointment", "gratitude")
_SHOWN = 0.35  # a message that sounds so much like one thing, and most like it


@dataclass(frozen=True, slots=True)
class Tones:
    """By week, oldest first: how many messages were heard, and the mean share of each feeling of `TOLD`."""

    heard: list[int]
    shares: dict[str, list[float]]

    @property
    def silent(self) -> bool:
        """Whether nothing is known."""
        return not any(self.heard)


def tones_by_week(reader: Reader, firm: Firm, client: Client, *, until: date, weeks: int) -> Tones:
    """The tones of what this client wrote in the `weeks` that end on `until`; one query."""
    zone = ZoneInfo(firm.timezone)
    first = until - timedelta(days=7 * weeks - 1)
    since = datetime.combine(first, datetime.min.time(), tzinfo=zone).astimezone(UTC)
    theirs = readable(reader).filter(client=client, direction=Direction.IN, sent_at__gte=since)
    # Asked by key: as a join, SQLite would look at every tone of the firm first.
    rows = Tone.objects.filter(message__in=theirs.values("pk")).values_list("message__sent_at", "feelings")
    heard, sums = [0] * weeks, {name: [0.0] * weeks for name in TOLD}
    for sent_at, feelings in rows:
        week = (sent_at.astimezone(zone).date() - first).days // 7
        if 0 <= week < weeks:
            heard[week] += 1
            for name in TOLD:
                sums[name][week] += _share(feelings, name)
    shares = {
        name: [total / count if count else 0.0 for total, count in zip(sums[name], heard, strict=True)] for name in TOLD
    }
    return Tones(heard, shares)


def loudest(feelings: object) -> tuple[str, float] | None:
    """The feeling that a message shows more than any other and more than calm, with its share; None where none does."""
    if not isinstance(feelings, dict) or not feelings:
        return None
    name = max(feelings, key=lambda one: _share(feelings, one))
    share = _share(feelings, name)
    return (str(name), share) if name != "neutral" and share >= _SHOWN else None


def _share(feelings: object, name: str) -> float:
    value = feelings.get(name) if isinstance(feelings, dict) else None
    return min(1.0, max(0.0, float(value))) if isinstance(value, int | float) else 0.0
