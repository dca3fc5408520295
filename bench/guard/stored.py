"""How long the check takes beside what a firm has stored: one draft of 200 words that answers a conversation.

    python -m bench guard --stored [--clients 2000] [--messages 2000] [--drafts 200]

In a warm process, parsing, all queries, rules and encoder together; by the wall and by CPU, which neighbours do not
disturb. Names of clients are read once a minute: the draft that does has a line of its own. A restricted reader is one
to whom some mailbox is closed. The home is made in a temporary folder, on SQLite.
"""

from __future__ import annotations

import argparse
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import timedelta
from email.message import EmailMessage
from email.utils import format_datetime
from typing import Any

from bench.guard.__main__ import WORDS_200
from bench.table import percentile, show


def main(arguments: Sequence[str] | None = None) -> None:
    """Make the firm, then print one table."""
    parser = argparse.ArgumentParser(prog="bench guard --stored")
    parser.add_argument("--clients", type=int, default=2_000)
    parser.add_argument("--messages", type=int, default=2_000)
    parser.add_argument("--drafts", type=int, default=200)
    wanted = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="bench-guard-") as home:
        os.environ |= {"AMENDS_HOME": home, "DJANGO_SETTINGS_MODULE": "amends.config.settings"}
        os.environ.pop("AMENDS_DATABASE_URL", None)
        import django

        django.setup()
        from amends.cli.migrate import migrate_if_needed
        from amends.cli.start import now
        from amends.firm.scope import firm_scope
        from amends.flows.set_up import found_firm
        from bench.stored import OWN

        migrate_if_needed(say=None)
        with firm_scope(found_firm([OWN], now=now(), name="Studio")):
            _fill(wanted.clients, wanted.messages)
            _measure(wanted.drafts)


def _fill(clients: int, messages: int) -> None:
    """Mail of the invented firm, judged by rules; then as many clients as asked for, each with three people: as in life
    their first names come again and again."""
    from amends.cli.start import now
    from amends.clients.models import Client, Contact, ContactAddress, Domain, GlossaryTerm, Standing
    from amends.firm.models import Member, Role
    from amends.flows.guard import avoid, choose, teach
    from amends.flows.judge import judge_new
    from amends.judgement.model import use
    from amends.mail.actions.store import refresh_statistics, store
    from amends.mail.models import Mailbox, Visibility
    from bench.stored import OWN, Firm, latest

    at = now()
    members = [
        Member.objects.create_member(email=f"member{n}@{OWN}", name=f"Member{n} Studio", role=Role.STAFF, now=at)
        for n in range(8)
    ]
    box = Mailbox.objects.create(address="bench", created_at=at)
    for batch in Firm(messages, until=latest()).digests():
        store(batch, mailbox=box, now=at)
    refresh_statistics()
    with use(None):
        judge_new(now=at)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    more = Client.objects.bulk_create(
        Client(name=f"{_word(n)} {KINDS[n % len(KINDS)]}", standing=Standing.CLIENT, created_at=at)
        for n in range(clients - Client.objects.count())
    )
    Domain.objects.bulk_create(Domain(client=each, value=f"house{n}.example") for n, each in enumerate(more))
    people = Contact.objects.bulk_create(
        Contact(client=each, name=f"{FIRST[(7 * n + m) % len(FIRST)]} {_word(n + 37 * m)}")
        for n, each in enumerate(more)
        for m in range(3)
    )
    ContactAddress.objects.bulk_create(
        ContactAddress(contact=each, email=f"person{n % 3}@house{n // 3}.example") for n, each in enumerate(people)
    )
    first = members[0]
    for client in Client.objects.order_by("pk")[:40]:
        for word in ("brochure", "customers", "cheap"):
            GlossaryTerm.objects.create(client=client, wrong=word, right="", at=at)
    for number in range(10):
        avoid(f"some words {number}", instead="", choice="warn", by=first, now=at)
        teach("blame-should-have", f"Sentence {number} of our own that is fine.", fires=False, by=first, now=at)
    choose("excuse", "advice", by=first, now=at)
    Mailbox.objects.create(address="closed", owner=members[1], visibility=Visibility.METADATA, created_at=at)


KINDS = ("Foods", "Hotels", "Partners", "Studios", "Trust", "Clinic", "Ltd", "Builders")
FIRST = (
    *("Marta", "Tom", "Jo", "Ana", "Ben", "Clara", "Dev", "Emma", "Femi", "Greta", "Hugo", "Ines", "Jack", "Kim"),
    *(f"{start}{end}" for start in ("Al", "Bri", "Cor", "Dam", "El", "Fa", "Gi", "Har", "Iv") for end in
      ("an", "as", "da", "er", "ia", "ina", "is", "o", "on", "ra")),
)  # fmt: skip


def _word(number: int) -> str:
    """A name that no other number has."""
    parts = (
        "bal",
        "cor",
        "den",
        "fal",
        "gor",
        "hul",
        "jen",
        "kas",
        "lom",
        "mer",
        "nol",
        "pir",
        "ros",
        "sel",
        "tov",
        "wen",
    )
    return "".join(parts[number >> shift & 15] for shift in (0, 4, 8)).capitalize()


def _drafts(count: int) -> Iterator[bytes]:
    """Answers to the last messages of conversations with different clients."""
    from amends.cli.start import now
    from amends.mail.models import Message

    for number, last in enumerate(Message.objects.filter(direction="in").order_by("-id")[:count]):
        made = EmailMessage()
        to = last.participants.get(role="to")
        made["From"], made["To"] = f"{to.name} <{to.email}>", f"{last.sender_name} <{last.sender_email}>"
        made["Subject"], made["Date"] = f"Re: {last.subject}", format_datetime(now())
        made["In-Reply-To"] = made["References"] = f"<{last.message_id}>"
        quoted = "\n".join(f"> {line}" for line in last.body.text.splitlines())
        text = WORDS_200.replace("Wednesday", f"Wednesday {number}").replace("Dear Marta", f"Dear {last.sender_name}")
        made.set_content(f"{text}\n\nOn Monday they wrote:\n{quoted}\n")
        yield made.as_bytes()


def _measure(count: int) -> None:
    from amends.cli.start import now
    from amends.clients.models import Client
    from amends.firm.models import Member
    from amends.flows.guard import check_message
    from amends.insights import around
    from amends.judgement.model import use
    from amends.mail.queries import SYSTEM, Reader

    drafts, member, at = list(_drafts(count)), Member.objects.earliest("pk"), now()

    def check(reader: Callable[[], Reader], *, cold: bool = False) -> Callable[[bytes], Any]:
        def once(raw: bytes) -> Any:
            if cold:
                around._directories.clear()  # noqa: SLF001 (as if the minute was over)
            moment = at if not cold else at + timedelta(minutes=2)
            return check_message(reader(), raw, by=member, now=moment)

        return once

    def administrator() -> Reader:
        return SYSTEM

    def restricted() -> Reader:
        return Reader(member)

    lines = []
    for name, ask, model, of in (
        ("rules alone", check(administrator), False, drafts),
        ("with the encoder where in doubt", check(administrator), True, drafts),
        ("the same, restricted reader", check(restricted), True, drafts),
        ("the first of a minute", check(administrator, cold=True), True, drafts[:20]),
    ):
        if model:
            lines.append(_line(name, ask, of))
        else:
            with use(None):
                lines.append(_line(name, ask, of))
    heads = ("milliseconds a draft", "drafts", "p50", "p99", "CPU p50", "CPU p99")
    show(f"the whole stored check: {Client.objects.count():,} clients", heads, lines)


def _line(name: str, ask: Callable[[bytes], Any], drafts: Sequence[bytes]) -> tuple[str, ...]:
    for raw in drafts[:20]:
        ask(raw)
    wall, cpu = [], []
    for raw in drafts:
        began, spent = time.perf_counter(), time.process_time()
        ask(raw)
        wall.append((time.perf_counter() - began) * 1000)
        cpu.append((time.process_time() - spent) * 1000)
    figures = (percentile(each, share) for each in (wall, cpu) for share in (0.5, 0.99))
    return (name, str(len(drafts)), *(f"{each:.1f}" for each in figures))


if __name__ == "__main__":
    main()
