"""How far mail is on its way in, and whose it is."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import pytest
from tests.letters import bring, letter

from amends.firm.models import Firm, Member, OwnDomain
from amends.flows.set_up import begin_run
from amends.insights.arriving import arriving, rounded
from amends.insights.whose import whose_mail
from amends.mail.models import Account, Folder, ImportRun, Mailbox
from amends.mail.queries import SYSTEM, Reader


@pytest.mark.parametrize(
    ("number", "about"),
    [(0, 0), (7, 7), (99, 99), (123, 120), (1240, 1200), (19_700, 20_000), (1_234_567, 1_200_000)],
)
def test_estimates_have_two_figures(number: int, about: int) -> None:
    assert rounded(number) == about


def test_archives_and_mailboxes_are_counted_together(firm: Firm, member: Member, now: datetime) -> None:
    assert arriving(Reader(member)).nothing
    begin_run([], now=now)
    ImportRun.objects.update(state="storing", bytes_total=1_000_000, bytes_done=50_000, report={"seen": 1000})
    box = Mailbox.objects.create(address="ada@studio.example", created_at=now)
    account = Account.objects.create(mailbox=box, host="x", username="x", since=now.date(), state_since=now,
                                     created_at=now)  # fmt: skip
    Folder.objects.create(account=account, name="INBOX", role="inbox", chosen=True, expected=300, done=240)
    found = arriving(Reader(member))
    assert (found.done, found.expected, found.nothing, found.busy_imports) == (1240, 20_300, False, True)


def test_the_number_of_queries_does_not_grow(
    firm: Firm, member: Member, now: datetime, django_assert_num_queries: Any
) -> None:
    for count in (3, 40):
        bring(*[letter(at=now - timedelta(hours=n), message_id=f"{n}@{count}") for n in range(count)], now=now)
        with django_assert_num_queries(4):
            whose_mail(Reader(member))


def test_no_mail_is_nobodys(firm: Firm) -> None:
    found = whose_mail(SYSTEM)
    assert (found.seen, found.covered, found.others) == (0, 0, [])
    assert [(one.value, one.share) for one in found.own] == [("studio.example", 0)]


def test_clients_are_not_taken_for_the_firm(firm: Firm, now: datetime) -> None:
    """A client that is on all of the mail is no candidate, as long as the firm is on it too."""
    bring(*[letter(at=now - timedelta(hours=n), message_id=f"{n}@x") for n in range(9)], now=now)
    found = whose_mail(SYSTEM)
    assert (found.covered, found.others) == (100, [])


def test_what_is_on_the_mail_without_an_own_domain_is_asked_for(firm: Firm, now: datetime) -> None:
    ours = [letter(at=now - timedelta(hours=n), message_id=f"{n}@x") for n in range(6)]
    theirs = [
        letter(at=now - timedelta(days=n), message_id=f"{n}@y", sender=f"a@client{n}.example", to="bo@moss.example")
        for n in range(4)
    ]
    bring(*ours, *theirs, now=now)
    found = whose_mail(SYSTEM)
    assert [(one.value, one.share, one.likely) for one in found.others] == [("moss.example", 40, False)]
    OwnDomain.objects.all().delete()
    found = whose_mail(SYSTEM)
    assert [(one.value, one.share, one.likely) for one in found.others] == [
        ("hartwell.example", 60, False), ("studio.example", 60, False), ("moss.example", 40, False),
    ], "two are on as much: a person decides"  # fmt: skip
