"""Signs that a relationship should end, each with its evidence and its arithmetic, for partners.

What rests on mail that the reader may not read does not count and is not shown: of a dispute, of anger, of a recovery.
Respect is told by anger alone: nothing that is noticed in clients' mail says more surely that it was withdrawn.
"""

from __future__ import annotations

import uuid
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from django.db.models import Q, Sum

from amends.boundaries.models import ScopeAnswer, ScopeKind
from amends.boundaries.signs import YEAR, Said, SignKind, again_and_again, below_for_long, moments, unanswered
from amends.capital.queries import balances, family
from amends.clients.models import Client, Engagement, TimeEntry
from amends.core.money import Money, digits, of_decimal
from amends.firm.models import Firm
from amends.mail.models import Direction
from amends.mail.queries import Reader, readable
from amends.recovery.models import Finding, Recovery, RecoveryThread, Remedy, RemedyState, Responsibility
from amends.recovery.queries import seen_whole
from amends.signals.models import Signal, SignalKind
from amends.signals.queries import standing

_AGAINST = (SignalKind.COMPLAINT, SignalKind.ANGER)
_QUOTES = 6


@dataclass(frozen=True, slots=True)
class Rests:
    """One piece of evidence: words of a message in its conversation, a recovery, or an engagement."""

    at: datetime | None
    words: str
    kind: str
    about: uuid.UUID
    thread: uuid.UUID | None = None
    who: str = ""


@dataclass(frozen=True, slots=True)
class Sign:
    """One sign: its kind, its numbers by name (money as amounts in the firm's currency), and what it rests on."""

    kind: SignKind
    numbers: dict[str, int | str]
    rests: list[Rests]


def signs_of(reader: Reader, firm: Firm, looked: Sequence[Client], *, now: datetime) -> dict[int, list[Sign]]:
    """What shows of these clients, by key; those of whom nothing shows are left out. A fixed number of queries, and
    one more a recovery in which they were told that they were mistaken."""
    found: dict[int, list[Sign]] = defaultdict(list)
    kin = family([client.pk for client in looked])
    for each in (_honesty(reader, kin, now), _respect(reader, kin, now), _cost(firm, kin, now), _capital(kin, now)):
        for client, sign in each:
            found[client].append(sign)
    return dict(found)


def _honesty(reader: Reader, kin: dict[int, int], now: datetime) -> list[tuple[int, Sign]]:
    """We told them, with respect, that the fault was theirs; nothing came back, or they dispute it."""
    mistaken = Finding.objects.filter(
        issue__recovery__client__in=kin, issue__recovery__answered_at__gte=now - YEAR, issue__merged_into=None,
        issue__removed_at=None, responsibility=Responsibility.CLIENT,
    )  # fmt: skip
    rows = Recovery.objects.filter(pk__in=mistaken.values("issue__recovery")).order_by("answered_at", "pk")
    recoveries = list(rows)
    seen = seen_whole(reader, recoveries) if recoveries else set()
    found = []
    for row in recoveries:
        if row.pk not in seen or row.answered_at is None:
            continue
        threads = RecoveryThread.objects.filter(recovery=row).values("thread")
        after = readable(reader).filter(thread__in=threads, direction=Direction.IN, sent_at__gt=row.answered_at)
        replies = list(after.values_list("sent_at", flat=True))
        against = standing().filter(kind__in=_AGAINST, message__in=after.values("pk")).select_related("message__thread")
        disputed = _worded(list(against.order_by("said_at", "pk")))
        if not disputed and not unanswered(row.answered_at, replies, now=now):
            continue
        numbers: dict[str, int | str] = {
            "days": (now - row.answered_at).days, "replies": len(replies), "disputed": len(disputed)
        }  # fmt: skip
        about = Rests(row.answered_at, row.title, "recovery", row.public_id)
        found.append((kin[row.client_id], Sign(SignKind.HONESTY, numbers, [about, *disputed])))
    return found


def _respect(reader: Reader, kin: dict[int, int], now: datetime) -> list[tuple[int, Sign]]:
    """The same person was angry in several messages, over months."""
    rows = standing().filter(
        kind=SignalKind.ANGER, client__in=kin, said_at__gte=now - YEAR, said_at__lte=now,
        message__in=readable(reader).filter(client__in=kin, direction=Direction.IN).values("pk"),
    )  # fmt: skip
    by_client: dict[int, list[Rests]] = defaultdict(list)
    for signal in rows.select_related("message__thread").order_by("said_at", "pk"):
        by_client[kin[signal.client_id]] += _worded([signal])
    found = []
    for client, said in by_client.items():
        once = {one.about: one for one in said}  # of one message, one
        angry = again_and_again(Said(one.at, one.who) for one in once.values() if one.at is not None)
        for sender, messages in angry.items():
            numbers: dict[str, int | str] = {
                "who": sender, "messages": len(messages), "days": (messages[-1].at - messages[0].at).days,
            }  # fmt: skip
            rests = [one for one in once.values() if one.who == sender][-_QUOTES:]
            found.append((client, Sign(SignKind.RESPECT, numbers, rests)))
    return found


def _worded(signals: Sequence[Signal]) -> list[Rests]:
    """The messages of these signals, each once, with the words of the first."""
    found: dict[uuid.UUID, Rests] = {}
    for signal in signals:
        message = signal.message
        found.setdefault(
            message.public_id,
            Rests(message.sent_at, signal.quote, "message", message.public_id, message.thread.public_id,
                  message.sender_email),
        )  # fmt: skip
    return list(found.values())


def _cost(firm: Firm, kin: dict[int, int], now: datetime) -> list[tuple[int, Sign]]:
    """What the year cost us: hours, remedies, scope absorbed; against what its engagements are worth in a year.

    Of other currencies than the firm's nothing is added up, and without a value nothing is said.
    """
    since = (now - YEAR).date()
    ours = Q(currency="") | Q(currency=firm.currency)
    works = Engagement.objects.filter(ours, client__in=kin).filter(Q(closed_at=None) | Q(closed_at__gte=now - YEAR))
    worth: dict[int, Decimal] = defaultdict(Decimal)
    works_of: dict[int, list[Rests]] = defaultdict(list)
    for work in works.order_by("pk"):
        recent = work.starts_on is None or work.starts_on >= since
        value = work.yearly_value if work.yearly_value is not None else work.value if recent else None
        if value is not None:
            worth[kin[work.client_id]] += value
            works_of[kin[work.client_id]].append(Rests(None, work.name, "engagement", work.public_id))
    hours: dict[int, Decimal] = defaultdict(Decimal)
    spent = TimeEntry.objects.filter(ours, engagement__client__in=kin, day__gte=since, cost__isnull=False).order_by()
    for client, total in spent.values_list("engagement__client").annotate(total=Sum("cost")):
        hours[kin[client]] += total
    remedies = _units(kin, Remedy.objects.filter(
        recovery__client__in=kin, state=RemedyState.DONE, changed_at__gte=now - YEAR, currency=firm.currency
    ).order_by().values_list("recovery__client").annotate(total=Sum("cost")))  # fmt: skip
    absorbed = _units(kin, ScopeAnswer.objects.filter(
        client__in=kin, kind=ScopeKind.ABSORBED, undone_at=None, at__gte=now - YEAR, currency=firm.currency,
        cost__isnull=False,
    ).order_by().values_list("client").annotate(total=Sum("cost")))  # fmt: skip
    found = []
    for client, value in worth.items():
        parts = {
            "hours": _rounded(hours[client], firm.currency), "remedies": remedies[client],
            "absorbed": absorbed[client],
        }  # fmt: skip
        total, most = sum(parts.values()), _rounded(value, firm.currency)
        if most > 0 and total > most:
            shown: dict[str, int | str] = {
                name: Money(units, firm.currency).shown()
                for name, units in {**parts, "cost": total, "value": most}.items()
            }
            found.append((client, Sign(SignKind.COST, shown, works_of[client])))
    return found


def _units(kin: dict[int, int], rows: Iterable[tuple[int, int]]) -> dict[int, int]:
    found: dict[int, int] = defaultdict(int)
    for client, total in rows:
        found[kin[client]] += total
    return found


def _rounded(amount: Decimal, currency: str) -> int:
    """In the smallest unit; hours may cost fractions of it."""
    return of_decimal(amount.quantize(Decimal(1).scaleb(-digits(currency))), currency).units


def _capital(kin: dict[int, int], now: datetime) -> list[tuple[int, Sign]]:
    """The balance is below the line, and was at the end of each of the last months."""
    accounts = sorted(set(kin.values()))
    rows_at = {at: balances(accounts, at=at, now=now) for at in moments(now)}
    found = []
    for account in accounts:
        points = {at: rows[account].points for at, rows in rows_at.items() if account in rows}
        if below_for_long(points):
            numbers: dict[str, int | str] = {"now": points[now], "before": " · ".join(
                str(points[at]) for at in sorted(points, reverse=True)[1:]
            )}  # fmt: skip
            found.append((account, Sign(SignKind.CAPITAL, numbers, [])))
    return found
