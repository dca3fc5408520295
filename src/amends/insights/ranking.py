"""In which order clients need us: told from a few columns of every live signal, before any row is loaded whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import NamedTuple

from django.db.models import Q, QuerySet

from amends.insights.steps import need
from amends.signals.models import Action, Response, Signal
from amends.signals.queries import dismissed

HIDDEN = 0  # stands for the message of whatever a reader may not read: of one kind it is one reason, however many


class _Reason(NamedTuple):
    kind: str
    message: int
    need: float
    at: datetime
    owner: str | None


@dataclass(slots=True)
class Ranked:
    """One client that needs us. `owner` is whoever has taken on its strongest reason, where all are taken on."""

    client_id: int
    name: str
    reasons: list[_Reason] = field(default_factory=list)  # strongest first, one for each kind and message

    @property
    def kinds(self) -> set[str]:
        return {reason.kind for reason in self.reasons}

    @property
    def owner(self) -> str | None:
        return self.reasons[0].owner if all(reason.owner for reason in self.reasons) else None

    @property
    def order(self) -> tuple[bool, float, datetime, str]:
        """The strongest reason counts; others add a little, so that three troubles outrank one alike."""
        first, *others = [reason.need for reason in self.reasons]
        return self.owner is not None, -(first + 0.1 * sum(others[:5])), self.reasons[0].at, self.name


def rank(live: QuerySet[Signal], *, at: datetime, known_at: datetime) -> list[Ranked]:
    """The clients of these signals, whoever needs us most first; two queries, whatever there is.

    `live` says of each signal whether it is `seen`, that is, whether the reader may read what it rests on.
    """
    answers: dict[int, list[Response]] = defaultdict(list)
    for answer in answers_at(known_at).filter(signal__in=live):
        answers[answer.signal_id].append(answer)
    found: dict[int, Ranked] = {}
    columns = (
        "pk",
        "client_id",
        "client__name",
        "kind",
        "message_id",
        "confidence",
        "said_at",
        "raised_at",
        "answered_at",
        "seen",
    )
    for pk, client, name, kind, message, confidence, said_at, raised_at, answered_at, seen in live.values_list(
        *columns
    ):
        if pk in answers and answered_away(answers[pk], known_at):
            continue
        answered = answered_at is not None and answered_at <= at
        weight = need(kind, confidence=confidence, answered=answered, age=at - raised_at)
        owner = owner_of(answers[pk]) if pk in answers else None
        reason = _Reason(kind, message if seen else HIDDEN, weight, said_at, owner)
        found.setdefault(client, Ranked(client, name)).reasons.append(reason)
    for one in found.values():
        one.reasons.sort(key=_order)
        once: dict[tuple[str, int], _Reason] = {}
        for reason in one.reasons:
            once.setdefault((reason.kind, reason.message), reason)
        one.reasons = sorted(once.values(), key=lambda reason: (-reason.need, reason.at))
    return sorted(found.values(), key=lambda one: one.order)


def _order(reason: _Reason) -> tuple[bool, float, datetime]:
    """Strongest first; of hidden ones of a kind, one that nobody has taken on speaks for all."""
    return reason.message == HIDDEN and reason.owner is not None, -reason.need, reason.at


def answers_at(moment: datetime) -> QuerySet[Response]:
    """The answers that counted at a moment, in their order, with who gave them."""
    rows = Response.objects.filter(Q(undone_at=None) | Q(undone_at__gt=moment), at__lte=moment)
    return rows.select_related("member").order_by("at", "pk")


def answered_away(answers: Sequence[Response], at: datetime) -> bool:
    """Whether it was said last that it is no issue or was read wrongly, or somebody put it off until after `at`."""
    if dismissed(answers):
        return True
    later = [answer for answer in answers if answer.action == Action.LATER]
    return bool(later) and (later[-1].until is None or later[-1].until > at)


def owner_of(answers: Sequence[Response]) -> str | None:
    """Who took it on last; None where nobody did."""
    owners = [answer.member for answer in answers if answer.action == Action.OWN]
    return (owners[-1].name if owners[-1] else "someone who has left") if owners else None
