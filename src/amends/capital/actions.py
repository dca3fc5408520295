"""Writes of the ledger: new lines, the totals beside them, and new versions of the policy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Sequence
from datetime import datetime

from django.db import transaction

from amends.capital import fold
from amends.capital.models import PolicyVersion, Posting, Total
from amends.capital.policy import BadPolicy, read, shipped
from amends.capital.queries import ALL, added_up, month_of, policy_version
from amends.clients.models import Client
from amends.firm.models import Member
from amends.firm.scope import insert_models, insert_rows


def hold(clients: Collection[int]) -> None:
    """Until the transaction ends, nobody else posts to these clients' accounts."""
    list(Client.objects.select_for_update(no_key=True).filter(pk__in=clients).order_by("pk").values_list("pk"))


def policy_or_shipped(*, now: datetime) -> PolicyVersion:
    """The policy that holds; the shipped one becomes the firm's first."""
    found = policy_version()
    if found is not None:
        return found
    text = shipped()
    made, _new = PolicyVersion.objects.get_or_create(
        number=1, defaults={"text": text, "half_life": read(text).half_life_days, "at": now, "why": "As it comes"}
    )
    return made


def adopt(text: str, *, why: str, by: Member | None, after: int, now: datetime) -> PolicyVersion:
    """A new version, for what is posted from now on. Raises `BadPolicy`, also where somebody was quicker."""
    policy = read(text)
    if not why.strip():
        raise BadPolicy("Say why it changes: the statement shows it beside the version.")
    with transaction.atomic():
        current = policy_or_shipped(now=now)
        if current.number != after:
            raise BadPolicy(f"Version {current.number} was adopted meanwhile: look at it, and change that one.")
        return PolicyVersion.objects.create(
            number=current.number + 1, text=text, half_life=policy.half_life_days, why=" ".join(why.split())[:500],
            by=by.public_id if by else None, at=now,
        )  # fmt: skip


def write(postings: Sequence[Posting]) -> None:
    """Append lines and bring the totals up; in the transaction of whoever holds their clients (`hold`)."""
    insert_models(postings)
    sums: dict[tuple[int, int, int], list[int]] = defaultdict(lambda: [0, 0])
    for row in postings:
        half_life = row.policy.half_life
        weight = fold.weight(row.amount, row.effective_at, half_life)
        for month in (month_of(row.effective_at), ALL):
            entry = sums[row.client_id, half_life, month]
            entry[0] += weight
            entry[1] += 1
    clients = {client for client, _half_life, _month in sums}
    months = {month for _client, _half_life, month in sums}
    there = {
        (row.client_id, row.half_life, row.month): row
        for row in Total.objects.filter(client__in=clients, month__in=months)
    }
    new = []
    for key, (weight, count) in sums.items():
        row_of = there.get(key)
        if row_of is None:
            new.append(_total(key, weight, count))
        else:
            row_of.weight, row_of.postings = str(int(row_of.weight) + weight), row_of.postings + count
    Total.objects.bulk_update([there[key] for key in sums if key in there], ["weight", "postings"], batch_size=200)
    insert_models(new)


def rebuild() -> int:
    """Throw all totals away and work them out anew; returns how many postings there are."""
    with transaction.atomic():
        hold(list(Client.objects.values_list("pk", flat=True)))
        wanted = added_up()
        Total.objects.all().delete()
        columns = ("client_id", "half_life", "month", "weight", "postings")
        insert_rows(Total, columns, [(*key, str(weight), count) for key, (weight, count) in sorted(wanted.items())])
    return sum(count for (_client, _half_life, month), (_weight, count) in wanted.items() if month == ALL)


def _total(key: tuple[int, int, int], weight: int, count: int) -> Total:
    client, half_life, month = key
    return Total(client_id=client, half_life=half_life, month=month, weight=str(weight), postings=count)
