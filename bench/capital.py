"""How long statements, the portfolio and a rebuilding of all totals take over a large ledger.

    python -m bench capital [--postings 1000000] [--clients 2000] [--requests 300] [--keep FOLDER]

A firm of `--clients` clients with an engagement each, and `--postings` postings of three years of all kinds under one
policy; half of the clients have ten times as many as the others. Statements are asked for as the page asks for them
(the last three months, and in a row of its own a year, clients in turn), the portfolio with values; both as functions,
without templates, and as whole pages over the WSGI application. Rebuilding is `capital.actions.rebuild` on one core:
every posting read, weighed and added up in whole numbers, totals written. Goals: statement 50 ms p99, portfolio 150 ms
p99, 100,000 postings/s.
"""

from __future__ import annotations

import argparse
import os
import random
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from bench.table import percentile, show

NOW = datetime(2026, 11, 28, 10, tzinfo=UTC)
_BATCH = 20_000


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the firm where it is not there, ask, print one table."""
    parser = argparse.ArgumentParser(prog="bench capital", description=__doc__)
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--requests", type=int, default=300)
    parser.add_argument("--keep", type=Path, default=None, help="a folder for the home, to use it again")
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-capital-") as temporary:
        home = ((wanted.keep or Path(temporary)) / f"{wanted.postings}-{wanted.clients}").resolve()
        home.mkdir(parents=True, exist_ok=True)
        os.environ["AMENDS_HOME"], os.environ["DJANGO_SETTINGS_MODULE"] = str(home), "amends.config.settings"
        os.environ.pop("AMENDS_DATABASE_URL", None)
        _measure(wanted.postings, wanted.clients, wanted.requests)


def _measure(postings: int, clients: int, requests: int) -> None:
    import django

    django.setup()
    from amends.cli.migrate import migrate_if_needed
    from amends.firm.models import Firm
    from amends.firm.scope import firm_scope

    migrate_if_needed(say=None)
    if not Firm.objects.exists():
        _make(postings, clients)
    with firm_scope(Firm.objects.get()):
        rows = list(_asked(requests))
        rate, count = _rebuilt()
    lines = [
        [name, f"{1000 * percentile(times, 0.5):.1f}", f"{1000 * percentile(times, 0.99):.1f}", goal]
        for name, times, goal in rows
    ]
    show(f"{postings:,} postings, {clients:,} clients", ["ms", "p50", "p99", "goal p99"], lines)
    print(f"\nRebuilt the totals of {count:,} postings at {rate:,.0f} postings/s (goal: 100,000).")


def _make(postings: int, clients: int) -> None:
    """The firm, its clients, its postings, its totals."""
    from amends.capital.actions import policy_or_shipped, rebuild
    from amends.capital.models import Posting
    from amends.capital.policy import KINDS, read, shipped
    from amends.clients.models import Client, Engagement, Standing
    from amends.core.ids import uuid7
    from amends.firm.models import Firm, Member, Role
    from amends.firm.scope import firm_scope, insert_models
    from amends.flows.set_up import found_firm

    print(f"Making {postings:,} postings of {clients:,} clients …", file=sys.stderr, flush=True)
    chance = random.Random(1)
    found_firm(["studio.example"], now=NOW, name="Studio")
    with firm_scope(Firm.objects.get()):
        Member.objects.create_member(
            email="ada@studio.example", name="Ada", role=Role.ADMINISTRATOR, now=NOW, password="x" * 14
        )
        policy, lines = policy_or_shipped(now=NOW), read(shipped()).lines
        insert_models([
            Client(name=f"Client {number:04}", standing=Standing.CLIENT, standing_fixed=True, created_at=NOW)
            for number in range(clients)
        ])  # fmt: skip
        keys = list(Client.objects.order_by("pk").values_list("pk", flat=True))
        insert_models([
            Engagement(client_id=key, name="Retainer", yearly_value=chance.randrange(2_000, 200_000), created_at=NOW,
                       renews_on=NOW.date() + timedelta(days=chance.randrange(400)))
            for key in keys
        ])  # fmt: skip
        weights = [10 if place % 2 else 1 for place in range(clients)]
        for begin in range(0, postings, _BATCH):
            some = range(begin, min(begin + _BATCH, postings))
            whose = chance.choices(keys, weights, k=len(some))
            made = []
            for number, client in zip(some, whose, strict=True):
                kind = KINDS[chance.randrange(len(KINDS))]
                at = NOW - timedelta(minutes=chance.randrange(3 * 365 * 1440))
                made.append(Posting(client_id=client, key=f"b:{number}", kind=kind, policy=policy,
                                    amount=lines[kind].amount, strength=100, evidence_kind="message",
                                    evidence_id=uuid7(), effective_at=at, recorded_at=at))  # fmt: skip
            insert_models(made)
        rebuild()


def _asked(requests: int) -> Iterator[tuple[str, list[float], str]]:
    """Each question, how long each of its answers took, and its goal."""
    from django.conf import settings
    from django.test import Client as Browser

    from amends.clients.models import Client
    from amends.firm import scope
    from amends.firm.models import Firm, Member
    from amends.insights.capital.portfolio import portfolio
    from amends.insights.capital.statement import statement
    from amends.mail.privacy import SYSTEM

    clients = list(Client.objects.order_by("pk"))
    firm, chance = Firm.objects.get(), random.Random(2)
    year = (NOW - timedelta(days=365)).date()
    some = chance.choices(clients, k=requests)
    yield "statement", _timed(lambda n: statement(SYSTEM, some[n], now=NOW, page=1), requests), "50"
    yield "statement of a year", _timed(
        lambda n: statement(SYSTEM, some[n], now=NOW, first=year, page=1), requests
    ), ""
    yield "portfolio", _timed(lambda n: portfolio(firm, now=NOW, see_money=True), max(50, requests // 3)), "150"
    settings.ALLOWED_HOSTS = ["testserver"]
    browser = Browser()
    browser.force_login(Member.objects.get(), backend="amends.firm.sign_in.MemberBackend")

    def page(address: str) -> Any:
        token = scope._current.set(None)  # noqa: SLF001  # as a request begins: no firm is in scope
        try:
            answer = browser.get(address)
        finally:
            scope._current.reset(token)  # noqa: SLF001
        assert answer.status_code == 200, (address, answer.status_code)
        return answer.content

    yield "statement, page", _timed(lambda n: page(f"/clients/{some[n].public_id}/capital/"), requests), ""
    yield "portfolio, page", _timed(lambda n: page("/portfolio/"), max(50, requests // 3)), ""
    yield "where from, page", _timed(lambda n: page("/portfolio/flows/"), 10), ""


def _timed(ask: Callable[[int], object], count: int) -> list[float]:
    for number in range(3):
        ask(number)
    times = []
    for number in range(count):
        began = time.perf_counter()
        ask(number)
        times.append(time.perf_counter() - began)
    return times


def _rebuilt() -> tuple[float, int]:
    """Postings a second, by the time of this process's core, and how many; the totals come out as they were."""
    from amends.capital.actions import rebuild
    from amends.capital.queries import outdated_totals

    began = time.process_time()
    count = rebuild()
    rate = count / (time.process_time() - began)
    if outdated_totals():
        raise SystemExit("The totals are not what the postings say.")
    return rate, count


if __name__ == "__main__":
    main()
