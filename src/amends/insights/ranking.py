"""In which order clients need us: told from a few columns of every live signal, before any row is loaded whole."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Case, F, IntegerField, Q, QuerySet, Value, When

from amends.insights.steps import need
from amends.signals.models import Action, Response, Signal
from amends.signals.queries import dismissed

HIDDEN = 0  # stands for the message of whatever a reader may not read: of one kind it is one reason, however many
_OLD = timedelta(days=14)  # what waits for longer needs us no more for that (`steps.need`)


class Ground(NamedTuple):
    """A reason, as far as ranking needs it. `at` is its place in time among the others; `quote` is what was said."""

    kind: str
    message: int
    need: float
    at: int
    owner: str | None
    signal: int
    quote: str


@dataclass(slots=True)
class Ranked:
    """One client that needs us. `owner` is whoever has taken on its strongest reason, where all are taken on.

    `newest` is the highest key of its signals that are seen: one that is noticed later has a higher one.
    """

    client_id: int
    name: str
    reasons: list[Ground] = field(default_factory=list)  # strongest first, one for each kind and message
    newest: int = 0

    @property
    def kinds(self) -> set[str]:
        return {reason.kind for reason in self.reasons}

    @property
    def owner(self) -> str | None:
        return self.reasons[0].owner if all(reason.owner for reason in self.reasons) else None

    @property
    def order(self) -> tuple[bool, float, int, str]:
        """The strongest reason counts; others add a little, so that three troubles outrank one alike."""
        first, *others = [reason.need for reason in self.reasons[:6]]
        return self.owner is not None, -(first + 0.1 * sum(others)), self.reasons[0].at, self.name

    @property
    def sentences(self) -> int:
        """How many sentences its reasons are told with."""
        return len({(reason.message, reason.quote) for reason in self.reasons})

    def strongest(self, count: int) -> list[int]:
        """Keys of the signals that tell what a row says: its `count` strongest reasons, what else the very first words
        give, the first that nobody has taken on, the first that may be read, and all that stand for what may not."""
        first = self.reasons[0]
        chosen = self.reasons[:count]
        chosen += [each for each in self.reasons[count:] if (each.message, each.quote) == (first.message, first.quote)]
        chosen += [each for each in self.reasons[count:] if each.message == HIDDEN]
        chosen += [each for each in self.reasons if each.owner is None][:1]
        chosen += [each for each in self.reasons if each.message != HIDDEN][:1]
        return list(dict.fromkeys(each.signal for each in chosen))


def rank(live: QuerySet[Signal], *, at: datetime, known_at: datetime) -> list[Ranked]:
    """The clients of these signals, whoever needs us most first; two queries, whatever there is.

    `live` says of each signal whether it is `seen`, that is, whether the reader may read what it rests on. Columns are
    read as the database has them, in the order of time: making moments of thousands of rows is what would cost most.
    """
    rows = list(
        live.annotate(
            young=Case(When(raised_at__gt=at - _OLD, then=F("raised_at")), default=None),
            replied=Case(When(answered_at__lte=at, then=Value(1)), default=Value(0), output_field=IntegerField()),
        )
        .order_by("said_at", "client__name", "pk")
        .values_list(
            "pk", "client_id", "client__name", "kind", "message_id", "quote", "confidence", "young", "replied", "seen"
        )
    )
    keys = [row[0] for row in rows] or [0]
    answers: dict[int, list[Response]] = defaultdict(list)
    # By the range of their keys: asked which signals are live, the database would look at all of them once more.
    for answer in answers_at(known_at).filter(signal__gte=min(keys), signal__lte=max(keys)):
        answers[answer.signal_id].append(answer)
    found: dict[int, Ranked] = {}
    old: dict[tuple[str, float, int], float] = {}
    for place, (pk, client, name, kind, message, quote, confidence, young, replied, seen) in enumerate(rows):
        owner = None
        if pk in answers:
            if answered_away(answers[pk], known_at):
                continue
            owner = owner_of(answers[pk])
        same = kind, confidence, replied
        weight = None if young else old.get(same)
        if weight is None:
            weight = need(kind, confidence=confidence, answered=replied == 1, age=at - young if young else _OLD)
            if not young:
                old[same] = weight
        one = found.get(client)
        if one is None:
            one = found[client] = Ranked(client, name)
        if seen:
            one.newest = max(one.newest, pk)
            one.reasons.append(Ground(kind, message, weight, place, owner, pk, quote))
        else:
            one.reasons.append(Ground(kind, HIDDEN, weight, place, owner, pk, ""))
    for one in found.values():
        if len(one.reasons) > 1:
            one.reasons = _once(one.reasons)
    return sorted(found.values(), key=lambda one: one.order)


def _once(reasons: list[Ground]) -> list[Ground]:
    """Strongest first, one for each kind and message; of hidden ones of a kind, one that nobody has taken on speaks."""
    reasons.sort(key=lambda reason: (-reason.need, reason.at))
    if any(reason.message == HIDDEN for reason in reasons):
        reasons.sort(key=lambda reason: reason.message == HIDDEN and reason.owner is not None)
    once: dict[tuple[str, int], Ground] = {}
    for reason in reasons:
        once.setdefault((reason.kind, reason.message), reason)
    return sorted(once.values(), key=lambda reason: (-reason.need, reason.at))


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
