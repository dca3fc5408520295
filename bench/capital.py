"""How long the ledger takes with many postings: statement, portfolio, and all totals worked out anew.

    python -m bench capital [--clients 2000] [--postings 1000000] [--requests 100] [--keep FOLDER]

A firm with so many clients, and postings of every kind of the shipped policy spread evenly over them and over five
years, written as the ledger writes them. Statement and portfolio are asked for as pages, over one connection, with
every middleware, in one process: clients vary over the whole firm. Each answer is read to its end. The rebuild reads
every posting and writes every total, on one core. Goals: statement 50 ms, portfolio 150 ms (p99), rebuild 100,000 a
second.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
import uuid
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from bench.table import percentile, show

ROOT = Path(__file__).resolve().parents[1]
_YEARS = 5
_WARM = 5  # requests before any is timed


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in a process and a home of their own, then print one table."""
    parser = argparse.ArgumentParser(
        prog="bench capital", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--clients", type=int, default=2000)
    parser.add_argument("--postings", type=int, default=1_000_000)
    parser.add_argument("--requests", type=int, default=100)
    parser.add_argument("--keep", type=Path, default=None, help="a folder for the home, to use it again")
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args(arguments)
    if wanted.one:
        print(json.dumps(_measured(wanted.clients, wanted.postings, wanted.requests)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-capital-") as temporary:
        home = (wanted.keep or Path(temporary)).resolve()
        home.mkdir(parents=True, exist_ok=True)
        ended = subprocess.run(
            [sys.executable, "-m", "bench.capital", "--one", *(arguments or sys.argv[1:])],
            cwd=ROOT, env={**os.environ, "AMENDS_HOME": str(home), "AMENDS_DATABASE_URL": ""}, stdout=subprocess.PIPE,
            check=True,
        )  # fmt: skip
    found = json.loads(ended.stdout)
    rows = [
        [name, *(f"{1000 * percentile(times, share):,.1f}" for share in (0.5, 0.99)), str(found["queries"][name])]
        for name, times in found["seconds"].items()
    ]
    title = f"{found['postings']:,} postings of {wanted.clients:,} clients, milliseconds"
    show(title, ["", "p50", "p99", "queries"], rows)
    rate = found["postings"] / found["rebuild"]
    row = ["all totals anew, on one core", f"{found['rebuild']:.1f}", f"{rate:,.0f}"]
    show("Rebuild", ["", "seconds", "postings a second"], [row])


def _measured(clients: int, postings: int, requests: int) -> dict[str, Any]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.settings"
    import django

    django.setup()
    from django.db import connection, transaction
    from django.test import Client as Browser
    from django.test.utils import CaptureQueriesContext

    from amends.capital.actions import rebuild
    from amends.capital.models import Posting
    from amends.cli.migrate import migrate_if_needed
    from amends.cli.start import now
    from amends.clients.models import Client
    from amends.firm.models import Firm, Member, Role
    from amends.firm.scope import firm_scope
    from amends.flows.set_up import found_firm

    migrate_if_needed(say=None)
    firm = Firm.objects.first() or found_firm(["studio.example"], now=now(), name="Studio")
    Firm.objects.filter(pk=firm.pk).update(set_up_at=now())
    with firm_scope(firm):
        if not Posting.objects.exists():
            _fill(clients, postings, now=now())
        ada = Member.objects.filter(email="ada@studio.example").first() or Member.objects.create_member(
            email="ada@studio.example", name="Ada", role=Role.PARTNER, now=now()
        )
        begun = time.perf_counter()
        with transaction.atomic():
            count = rebuild()
        rebuilt = time.perf_counter() - begun
        ids = list(Client.objects.order_by("pk").values_list("public_id", flat=True))
        browser = Browser(raise_request_exception=True, SERVER_NAME="localhost")
        browser.force_login(ada, backend="amends.firm.sign_in.MemberBackend")
    chance = random.Random(1)
    pages: dict[str, Callable[[], str]] = {
        "statement": lambda: f"/clients/{chance.choice(ids)}/capital/",
        "portfolio": lambda: "/portfolio/",
    }
    seconds, queries = {}, {}
    for name, address in pages.items():
        times = []
        for turn in range(requests + _WARM):
            path, begun = address(), time.perf_counter()
            answer = browser.get(path)
            assert answer.status_code == 200, (path, answer.status_code)
            if turn >= _WARM:
                times.append(time.perf_counter() - begun)
        with CaptureQueriesContext(connection) as caught:
            browser.get(address())
        seconds[name], queries[name] = times, len(caught)
    return {"seconds": seconds, "queries": queries, "rebuild": rebuilt, "postings": count}


def _fill(clients: int, postings: int, *, now: datetime) -> None:
    from django.db import transaction

    from amends.capital.actions import policy_or_shipped, write
    from amends.capital.policy import read
    from amends.clients.models import Client, Engagement, Standing

    version = policy_or_shipped(now=now)
    lines = list(read(version.text).lines.values())
    chance = random.Random(7)
    for number in range(clients):
        client = Client.objects.create(
            name=f"Client {number:04}", created_at=now, standing=Standing.CLIENT, last_at=now
        )
        Engagement.objects.create(
            client=client, name="Retainer", kind="Retainer", created_at=now,
            yearly_value=chance.randrange(2, 90) * 1000, renews_on=(now + timedelta(days=chance.randrange(365))).date(),
        )  # fmt: skip
        with transaction.atomic():
            write([_posting(client, version, chance.choice(lines), chance, now) for _ in range(postings // clients)])


def _posting(client: Any, version: Any, line: Any, chance: random.Random, now: datetime) -> Any:
    from amends.capital.models import Posting

    at = now - timedelta(seconds=chance.randrange(_YEARS * 365 * 86_400))
    number = uuid.UUID(int=chance.getrandbits(128))
    return Posting(
        client=client, key=f"message:{number}:{line.kind}", kind=line.kind, policy=version, amount=line.amount,
        strength=100, evidence_kind="message", evidence_id=number, effective_at=at, recorded_at=now,
    )  # fmt: skip


if __name__ == "__main__":
    main()
