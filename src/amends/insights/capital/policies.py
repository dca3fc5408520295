"""The policy as it holds, its history, and what every balance would be had another one always held."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import cache

from django.db.models import F

from amends.capital import fold, queries
from amends.capital.models import PolicyVersion, Posting
from amends.capital.policy import Policy, read, shipped
from amends.clients.models import Client
from amends.firm.models import Member

Progress = Callable[[int, int], None]
_EACH = 20_000  # postings between two words of progress


@dataclass(frozen=True, slots=True)
class Version:
    """One version as it is told; `number` 0 is the shipped one before anything was posted."""

    number: int
    policy: Policy
    text: str
    why: str
    by: str
    at: datetime | None


@dataclass(frozen=True, slots=True)
class Would:
    """One client's balance in whole points: as it is, and as it would be."""

    client: Client
    now: int
    then: int

    @property
    def more(self) -> int:
        """How many points more it would be."""
        return self.then - self.now


@dataclass(frozen=True, slots=True)
class Preview:
    """Every account under another policy, the largest differences first. Kinds that are in no policy so far were never
    posted, and are not in it."""

    rows: list[Would]
    postings: int

    @property
    def changed(self) -> int:
        """How many balances would be others."""
        return sum(row.more != 0 for row in self.rows)


def versions() -> list[Version]:
    """Every version, the newest (which holds) first; the shipped one where nothing was adopted. Two queries."""
    rows = list(PolicyVersion.objects.order_by("-number"))
    if not rows:
        return [Version(0, read(shipped()), shipped(), "", "", None)]
    named = dict(
        Member.objects.filter(public_id__in=[row.by for row in rows if row.by]).values_list("public_id", "name")
    )
    return [
        Version(row.number, read(row.text), row.text, row.why, named.get(row.by, "") if row.by else "", row.at)
        for row in rows
    ]


def preview(text: str, *, now: datetime, progress: Progress = lambda _done, _all: None) -> Preview:
    """Every balance had this text always held; writes nothing. Raises `BadPolicy`.

    One pass over all postings: of each kind, strength and speaker are known, and an amount depends on nothing else.
    What an older policy took for at least half meant stays so.
    """
    policy = read(text)
    total = Posting.objects.count()
    sums: dict[int, int] = {}
    amount = _amounts(policy)
    rows = Posting.objects.filter(effective_at__lte=now).annotate(into=F("client__merged_into"))
    columns = "client_id", "into", "kind", "strength", "speaker", "turn", "effective_at"
    for done, (client, into, kind, strength, speaker, turn, at) in enumerate(
        rows.values_list(*columns).iterator(chunk_size=5000), 1
    ):
        worth = amount(kind, strength, speaker)
        weight = fold.weight(-worth if turn % 2 else worth, at, policy.half_life_days)
        account = into or client
        sums[account] = sums.get(account, 0) + weight
        if done % _EACH == 0:
            progress(done, total)
    progress(total, total)
    held = queries.balances(None, at=now, now=now)
    clients = Client.objects.only("public_id", "name").in_bulk(list({*held, *sums}))
    found = [
        Would(client, held[pk].points if pk in held else 0, _shown(sums.get(pk, 0), policy, now))
        for pk, client in clients.items()
    ]
    found.sort(key=lambda row: (-abs(row.more), row.client.name, row.client.pk))
    return Preview(found, total)


def _shown(weight: int, policy: Policy, now: datetime) -> int:
    return fold.shown(fold.balance({policy.half_life_days: weight}, now), policy.lowest, policy.highest)


def _amounts(policy: Policy) -> Callable[[str, int, str], int]:
    """What a posting of this kind, strength (hundredths) and speaker would be worth, each worked out once."""

    @cache
    def amount(kind: str, strength: int, speaker: str) -> int:
        return policy.worth(kind, Decimal(strength) / 100, speaker)

    return amount
