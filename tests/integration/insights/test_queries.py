"""The number of queries does not grow with the number of clients, letters or reasons."""

from __future__ import annotations

from collections.abc import Callable

from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import NOW
from tests.letters import OURS, bring, days, judged, letter

from amends.clients.models import Client, Standing
from amends.firm.models import Firm, Member
from amends.flows.judge import judge_new
from amends.insights.address_book import address_book, clients_named
from amends.insights.conversation import read_thread
from amends.insights.finding import find
from amends.insights.progress import reading_progress
from amends.insights.relationship import relationship
from amends.insights.today import live_signals, today
from amends.mail.models import Thread
from amends.mail.queries import SYSTEM, conversation, newest_at, runs, search, set_apart, set_aside, timeline
from amends.signals.actions import respond
from amends.signals.models import Action, Signal


def _grow(first: int, last: int, member: Member) -> None:
    """Clients that complain, are answered by somebody, and are talked with in one thread of growing length."""
    mail = []
    for number in range(first, last):
        them = f"Kim No{number} <kim@client{number}.example>"
        mail += [
            letter("The site is broken again. I am very disappointed.\n", sender=them, at=NOW - days(2 + number / 100),
                   message_id=f"{number}@x", subject=f"Site {number}", references=["root@x"] if number % 2 else []),
            letter("Thank you.\n", sender=OURS, to=them, at=NOW - days(30), subject=f"Hello {number}"),
        ]  # fmt: skip
    judged(*mail, now=NOW)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    respond(list(Signal.objects.values_list("public_id", flat=True)), action=Action.OWN, member=member, at=NOW)


ASKED: dict[str, Callable[[Firm], object]] = {
    "today": lambda firm: today(SYSTEM, firm, now=NOW, limit=100).rows,
    "today then": lambda firm: today(SYSTEM, firm, now=NOW, at=NOW, limit=100).rows,
    "today filtered": lambda firm: today(SYSTEM, firm, now=NOW, kinds=["complaint"], owner="Ada Moss").rows,
    "live signals": lambda firm: live_signals(SYSTEM, firm, at=NOW),
    "address book": lambda firm: address_book(SYSTEM, firm, now=NOW, group="clients").entries,
    "clients named": lambda firm: clients_named("client"),
    "relationship": lambda firm: relationship(SYSTEM, firm, _busiest().client.public_id, now=NOW).messages,  # type: ignore[union-attr]
    "timeline": lambda firm: [one.thread.public_id for one in timeline(SYSTEM, _busiest().client)],  # type: ignore[arg-type]
    "conversation": lambda firm: [
        (one.body.text, list(one.participants.all())) for one in conversation(SYSTEM, _busiest().public_id)[1]
    ],
    "thread": lambda firm: read_thread(SYSTEM, firm, _busiest().public_id, now=NOW),
    "search": lambda firm: [(one.client, one.thread) for one in search(SYSTEM, "kim", limit=100)],
    "find": lambda firm: find(SYSTEM, "kim").messages,
    "newest": lambda firm: newest_at(SYSTEM),
    "set apart": lambda firm: [one.thread.pk for one in set_apart(SYSTEM)] == [],
    "set aside": lambda firm: [one.thread.pk for one in set_aside(SYSTEM)] == [],
    "runs": lambda firm: runs(SYSTEM) == [],
    "progress": lambda firm: not reading_progress(SYSTEM).busy,
}


def _busiest() -> Thread:
    found = Thread.objects.select_related("client").order_by("-message_count", "pk").first()
    assert found is not None
    return found


def _counts(firm: Firm) -> dict[str, int]:
    counts = {}
    for name, ask in ASKED.items():
        assert ask(firm), name  # whatever is loaded once and kept is loaded now
        with CaptureQueriesContext(connection) as queries:
            ask(firm)
        counts[name] = len(queries)
    return counts


def test_queries_do_not_grow(firm: Firm, member: Member) -> None:
    _grow(0, 5, member)
    few = _counts(firm)
    _grow(5, 60, member)
    assert _counts(firm) == few
    assert max(few.values()) <= 22


def test_judging_costs_what_is_new(firm: Firm, member: Member) -> None:
    """One more letter costs as many queries where there are five clients as where there are sixty."""
    counts = []
    for place, (first, last) in enumerate(((0, 5), (5, 60))):
        _grow(first, last, member)
        bring(letter("Any news?\n", sender="kim@client1.example", at=NOW - days(0.1 * place)), now=NOW)
        with CaptureQueriesContext(connection) as queries:
            judge_new(now=NOW)
        counts.append(len(queries))
    assert counts[1] <= counts[0] + 3  # what the firm has in common may be learned anew once a quarter
