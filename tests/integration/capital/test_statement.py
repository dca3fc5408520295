"""Statements: they add up, say what moved the account, and tell nobody what is closed to them."""

from __future__ import annotations

import random
import uuid
from datetime import date, timedelta
from typing import TYPE_CHECKING

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import NOW
from tests.letters import judged, letter

from amends.capital import fold, queries
from amends.capital.actions import adopt
from amends.capital.models import Posting
from amends.capital.policy import KINDS, shipped
from amends.capital.rules import Event
from amends.clients.models import Client, Standing
from amends.flows.capital import posting
from amends.flows.capital.posting import settle
from amends.insights.capital.evidence import State
from amends.insights.capital.statement import NoSuchPeriod, Statement, statement
from amends.mail.models import Mailbox, Message, Visibility
from amends.mail.privacy import SYSTEM, Reader

if TYPE_CHECKING:
    from amends.firm.models import Firm, Member

pytestmark = pytest.mark.django_db
TODAY = NOW.date()


@pytest.fixture
def client_row(firm: Firm) -> Client:
    return Client.objects.create(name="Hartwell", created_at=NOW)


def event(client: Client, key: str, kind: str, *, days: float = 0, withdrawn: bool = False) -> Event:
    return Event(
        key, kind, client.pk, NOW - timedelta(days=days), ("survey", uuid.uuid5(uuid.NAMESPACE_OID, key)),
        withdrawn=withdrawn,
    )  # fmt: skip


def adds_up(found: Statement) -> None:
    assert found.opening + found.posted + found.faded == found.closing


def test_an_empty_account_says_that_nothing_was_posted(client_row: Client) -> None:
    found = statement(SYSTEM, client_row, now=NOW)
    assert (found.opening, found.closing, found.count, found.sentence) == (0, 0, 0, "Nothing has been posted yet.")
    assert found.first == date(2025, 12, 1)


def test_opening_postings_and_fading_are_the_closing_whatever_was_posted(client_row: Client) -> None:
    chance = random.Random(7)  # noqa: S311
    for version in range(3):
        events = [
            event(client_row, f"{version}-{number}", chance.choice(KINDS), days=chance.uniform(0, 500))
            for number in range(60)
        ]
        settle(events, now=NOW)
        settle([event(client_row, one.key, one.kind, withdrawn=True) for one in events[::5]], now=NOW)
        text = shipped().replace("half_life_days = 180", f"half_life_days = {chance.randrange(7, 900)}")
        adopt(text, why="It changes", by=None, after=version + 1, now=NOW)
    rows = list(Posting.objects.values_list("amount", "effective_at", "policy__half_life"))
    for _ in range(40):
        first = TODAY - timedelta(days=chance.randrange(0, 600))
        last = first + timedelta(days=chance.randrange(0, 700))
        found = statement(SYSTEM, client_row, now=NOW, first=first, last=last)
        adds_up(found)
        assert found.opening == fold.folded(rows, first - timedelta(days=1))
        assert found.closing == fold.folded(rows, min(last, TODAY))
        assert found.posted == sum(entry.line.amount for entry in found.entries)
        assert found.series[-1] == (found.last, found.closing)


def test_the_default_opening_is_what_the_trend_is_against(client_row: Client) -> None:
    settle([event(client_row, str(days), "praise", days=days) for days in (3, 50, 120, 400)], now=NOW)
    found = statement(SYSTEM, client_row, now=NOW)
    balance = queries.balances([client_row.pk], at=NOW, now=NOW)[client_row.pk]
    assert (found.points, found.before, found.closing) == (balance.points, balance.before, balance.exact)
    assert found.first - timedelta(days=1) == balance.since


def test_the_sentence_names_the_largest_and_leaves_out_what_was_taken_back(client_row: Client) -> None:
    settle(
        [
            *(event(client_row, f"old{number}", "praise", days=120) for number in range(12)),
            event(client_row, "b1", "promise_broken", days=20), event(client_row, "b2", "promise_broken", days=18),
            event(client_row, "late", "owned_late", days=17), event(client_row, "wrong", "leaving", days=16),
        ], now=NOW,
    )  # fmt: skip
    settle([event(client_row, "wrong", "leaving", days=16, withdrawn=True)], now=NOW)
    found = statement(SYSTEM, client_row, now=NOW)
    assert found.sentence == (
        "33 points lower than in November: two broken promises, what was earned before has faded by 14 and a "
        "complaint nobody owned in time."
    )
    assert [entry.back for entry in found.entries if entry.line.kind == "leaving"] == [True, False]
    assert "leaving" not in {mark.kind for mark in found.marks}


def test_each_line_says_what_made_its_amount(client_row: Client) -> None:
    settle([event(client_row, "a", "promise_broken", days=2)], now=NOW)
    entry = statement(SYSTEM, client_row, now=NOW).entries[0]
    assert (entry.name, entry.base, entry.speaker, entry.policy) == ("Promise broken", -800, 1.0, 1)
    assert entry.why.startswith("We did not do what we said we would.")
    assert entry.proof.state is State.ELSEWHERE


def test_pages_hold_the_newest_first_and_queries_do_not_grow(client_row: Client) -> None:
    settle([event(client_row, "first", "praise", days=1)], now=NOW)
    with CaptureQueriesContext(
        connection,
    ) as few:
        statement(SYSTEM, client_row, now=NOW, page=1)
    settle([event(client_row, str(n), "praise", days=n / 2) for n in range(100)], now=NOW)
    with CaptureQueriesContext(connection) as many:
        found = statement(SYSTEM, client_row, now=NOW, page=1)
    assert len(few) == len(many)
    assert (found.count, len(found.entries), found.next) == (101, 40, 2)
    last = statement(SYSTEM, client_row, now=NOW, page=3)
    assert (len(last.entries), last.next) == (21, None)
    assert last.entries[-1].line.day < found.entries[-1].line.day


def test_a_period_ends_after_it_begins(client_row: Client) -> None:
    with pytest.raises(NoSuchPeriod):
        statement(SYSTEM, client_row, now=NOW, first=TODAY, last=TODAY - timedelta(days=1))


@pytest.fixture
def hartwell(firm: Firm) -> Client:
    said = "I am furious. The third invoice is wrong again, and nobody answers me."
    judged(letter(said, at=NOW - timedelta(days=3), message_id="angry@x"), now=NOW)
    found = Client.objects.get(domains__value="hartwell.example")
    Client.objects.filter(pk=found.pk).update(standing=Standing.CLIENT, standing_fixed=True)
    posting.catch_up([found.pk], now=NOW)
    return found


def test_a_line_quotes_what_it_rests_on(hartwell: Client) -> None:
    found = {entry.line.kind: entry.proof for entry in statement(SYSTEM, hartwell, now=NOW).entries}
    assert found["complaint"].state is State.OPEN
    assert "third invoice" in found["complaint"].quote
    assert found["complaint"].thread is not None


def test_who_may_not_read_sees_the_line_and_nothing_of_its_evidence(hartwell: Client, member: Member) -> None:
    Mailbox.objects.update(visibility=Visibility.METADATA, owner=None)
    found = statement(Reader(member), hartwell, now=NOW)
    proof = next(entry.proof for entry in found.entries if entry.line.kind == "complaint")
    assert (proof.state, proof.id, proof.quote, proof.thread, proof.who) == (State.CLOSED, None, "", None, "")
    adds_up(found)


def test_what_was_erased_is_said_to_be(hartwell: Client) -> None:
    before = statement(SYSTEM, hartwell, now=NOW).closing
    Message.objects.all().delete()
    found = statement(SYSTEM, hartwell, now=NOW)
    assert {entry.proof.state for entry in found.entries} == {State.ERASED}
    assert found.closing == before
