"""How long it takes from "put it right" on a long conversation to a brief that can be edited.

    python -m bench recovery [--messages 200] [--rounds 5]

A client and the firm write to and fro in one conversation; one message of theirs in four says that something is wrong,
each in its own words. The mail is stored and judged beforehand, as it is when somebody looks. Timed are the three pages
that a person waits for, with every middleware, in one process with the model loaded: opening (a POST), the recovery,
and the brief in its editor. Every round opens on a conversation of its own. The goal is two seconds in all.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from pathlib import Path

from bench.table import show, spread

ROOT = Path(__file__).resolve().parents[1]
OWN, THEIRS = "Ada Moss <ada@studio.example>", "Petra Hartwell <petra@hartwell.example>"
_THINGS = ("invoice", "catalogue", "price list", "banner", "booking page", "translation", "floor plan", "newsletter")
_WRONG = (
    "The {thing} of week {n} has an error again, and nobody told us.",
    "We are still waiting for the {thing} that was promised for week {n}.",
    "In the {thing} of week {n} the prices are last year's, although I sent you the new ones.",
    "Nobody called me back about the {thing} in week {n}. I am really disappointed.",
)
_PLAIN = "Thank you, that is fine. Please send the {thing} of week {n} to my colleague as well.\n\nKind regards"


def main(arguments: Sequence[str] | None = None) -> None:
    """Measure in a process and a home of their own, then print one table."""
    parser = argparse.ArgumentParser(
        prog="bench recovery", description=__doc__, formatter_class=argparse.RawTextHelpFormatter
    )
    parser.add_argument("--messages", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--one", action="store_true", help=argparse.SUPPRESS)
    wanted = parser.parse_args(arguments)
    if wanted.one:
        print(json.dumps(_measured(wanted.messages, wanted.rounds)))
        return
    with tempfile.TemporaryDirectory(prefix="bench-recovery-") as home:
        ended = subprocess.run(
            [sys.executable, "-m", "bench.recovery", "--one", *(arguments or sys.argv[1:])],
            cwd=ROOT, env={**os.environ, "AMENDS_HOME": home, "AMENDS_DATABASE_URL": ""}, stdout=subprocess.PIPE,
            check=True,
        )  # fmt: skip
    found = json.loads(ended.stdout)
    rows = [[name, spread(times, ",.2f")] for name, times in found["seconds"].items()]
    rows.append(["points in the brief", spread(found["points"])])
    show(f"A conversation of {wanted.messages} messages, seconds (median, least and most)", ["", "SQLite"], rows)


def _measured(messages: int, rounds: int) -> dict[str, object]:
    os.environ["DJANGO_SETTINGS_MODULE"] = "amends.config.settings"
    import django

    django.setup()
    from django.test import Client as Browser

    from amends.cli.migrate import migrate_if_needed
    from amends.cli.start import now
    from amends.firm.models import Member, Role
    from amends.firm.scope import firm_scope
    from amends.flows.set_up import found_firm
    from amends.mail.models import Thread
    from amends.recovery.models import Issue

    migrate_if_needed(say=None)
    firm = found_firm(["studio.example"], now=now(), name="Studio")
    seconds: dict[str, list[float]] = {"opening": [], "the recovery": [], "the brief, to edit": [], "in all": []}
    points = []
    with firm_scope(firm):
        firm.set_up_at = now()
        firm.save()
        _store(messages, rounds, at=now())
        ada = Member.objects.create_member(
            email="ada@studio.example", name="Ada Moss", role=Role.ADMINISTRATOR, now=now(), password="a long one 1"
        )
        threads = list(Thread.objects.order_by("pk").values_list("public_id", flat=True))
        browser = Browser(headers={"host": "127.0.0.1"})
        browser.force_login(ada, backend="amends.firm.sign_in.MemberBackend")
    for thread in threads:
        taken = []
        began = time.perf_counter()
        page = browser.post("/recoveries/open/", {"thread": str(thread)})["Location"]
        for address in (page, f"{page}brief/edit/"):
            taken.append(time.perf_counter() - began)
            answer = browser.get(address)
            if answer.status_code != 200:
                raise SystemExit(f"{address} answered {answer.status_code}")
        taken.append(time.perf_counter() - began)
        parts = [taken[0], taken[1] - taken[0], taken[2] - taken[1], taken[2]]
        for name, each in zip(seconds, parts, strict=True):
            seconds[name].append(each)
        with firm_scope(firm):
            points.append(Issue.objects.filter(recovery__public_id=page.strip("/").split("/")[-1]).count())
    return {"seconds": seconds, "points": points}


def _store(messages: int, rounds: int, *, at: datetime) -> None:
    from amends.flows.judge import judge_new
    from amends.mail.actions.store import store
    from amends.mail.digest import digest
    from amends.mail.models import Mailbox
    from amends.mail.sources import Item

    mailbox = Mailbox.objects.create(address="ada@studio.example", created_at=at)
    for number in range(rounds):
        letters = _letters(number, messages, at=at)
        read = [digest(Item(Path("x"), 0, len(one), f"{n}", data=one), now=at) for n, one in enumerate(letters)]
        for first in range(0, len(read), 50):
            store(read[first : first + 50], mailbox=mailbox, now=at)
    judge_new(now=at)


def _letters(number: int, messages: int, *, at: datetime) -> Iterator[bytes]:
    """One conversation, a message every four hours, the last of them an hour ago."""
    names: list[str] = []
    for place in range(messages):
        theirs = place % 2 == 0
        words = _WRONG[place // 8 % len(_WRONG)] if place % 8 == 0 else _PLAIN
        made = EmailMessage()
        made["From"], made["To"] = (THEIRS, OWN) if theirs else (OWN, THEIRS)
        made["Subject"] = f"Year {number}"
        made["Date"] = format_datetime(at - timedelta(hours=4 * (messages - place)))
        name = f"<{number}.{place}@{'hartwell' if theirs else 'studio'}.example>"
        made["Message-ID"] = name
        if names:
            made["In-Reply-To"], made["References"] = names[-1], " ".join(names[-20:])
        names.append(name)
        hello = "Dear Ada" if theirs else "Dear Petra"
        made.set_content(f"{hello},\n\n{words.format(thing=_THINGS[place // 3 % len(_THINGS)], n=place // 2)}\n")
        yield made.as_bytes()


if __name__ == "__main__":
    main()
