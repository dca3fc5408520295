"""The morning digest: once a day, in the member's morning, of what they may read; and what later mail suggests."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from tests.conftest import NOW
from tests.integration.flows.test_promises_flow import ON_POSTGRESQL, ours
from tests.letters import days, judged, letter

from amends.clients.models import Client, Engagement, Standing, TimeEntry
from amends.firm.models import Firm, Member, Role
from amends.firm.scope import firm_scope
from amends.flows.jobs import queue_by_the_clock
from amends.flows.promises import digest, settle
from amends.flows.promises.settle import Deed, Given
from amends.insights.promises import one_promise, week
from amends.judgement.model import use
from amends.mail.models import Mailbox, Visibility
from amends.mail.queries import SYSTEM, Reader
from amends.outbox.models import Draft, SmtpAccount
from amends.signals.models import Morning, Promise

EIGHT = NOW.replace(hour=8)


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    with use(None):
        yield


@pytest.fixture
def server(firm: Firm) -> SmtpAccount:
    return SmtpAccount.objects.create(host="smtp.studio.example", from_address="office@studio.example", changed_at=NOW)


@pytest.fixture
def promise(firm: Firm, member: Member) -> Promise:
    """Ours, confirmed, due today at noon."""
    judged(ours("Dear Petra,\n\nwe will send you the new price list by Monday noon.\n", at=NOW - days(3)), now=NOW)
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    return settle.confirm(Promise.objects.get().public_id, Deed(Reader(member), NOW - days(2)))


def sent() -> list[tuple[str, str]]:
    return [(one.subject, one.text) for one in Draft.objects.order_by("pk")]


def test_it_comes_once_a_day_in_the_members_morning(
    firm: Firm, member: Member, promise: Promise, server: SmtpAccount
) -> None:
    queue_by_the_clock(now=EIGHT - timedelta(minutes=1))
    assert sent() == []
    queue_by_the_clock(now=EIGHT)
    queue_by_the_clock(now=EIGHT + timedelta(minutes=1))
    [(subject, text)] = sent()
    assert subject == "Promises: 1 due today"
    assert (
        "Due today:\n- Hartwell: we will send you the new price list by Monday noon. (Monday 16 March at 12:00)" in text
    )
    queue_by_the_clock(now=EIGHT + days(1))
    assert sent()[1][0] == "Promises: 1 overdue"
    queue_by_the_clock(now=EIGHT + days(5))  # a Saturday
    assert len(sent()) == 2
    member.timezone = "America/New_York"
    member.save()
    queue_by_the_clock(now=EIGHT + days(7))
    assert len(sent()) == 2
    queue_by_the_clock(now=EIGHT + days(7) + timedelta(hours=4))
    assert len(sent()) == 3


def test_it_comes_to_whoever_wants_it(firm: Firm, member: Member, promise: Promise) -> None:
    queue_by_the_clock(now=EIGHT)
    assert not Morning.objects.exists()  # no mail can leave
    assert digest.wish_of(member) == digest.Wish(wanted=False, possible=False)
    SmtpAccount.objects.create(host="smtp.studio.example", from_address="office@studio.example", changed_at=NOW)
    assert digest.wish_of(member) == digest.Wish(wanted=True, possible=True)
    digest.wish(member, wanted=False)
    queue_by_the_clock(now=EIGHT)
    assert sent() == []
    digest.wish(member, wanted=True)
    queue_by_the_clock(now=EIGHT + timedelta(hours=5))  # too late for a morning
    assert sent() == []
    queue_by_the_clock(now=EIGHT)
    assert len(sent()) == 1


def test_what_we_wait_for_comes_while_it_is_near_and_the_mail_leads_back(
    firm: Firm, member: Member, server: SmtpAccount, settings: Any
) -> None:
    settings.PUBLIC_URL = "https://amends.studio.example"
    client = Client.objects.create(name="Hartwell", standing=Standing.CLIENT, standing_fixed=True, created_at=NOW)
    deed = Deed(Reader(member), NOW - days(4))

    def wait(text: str, due: str) -> None:
        settle.add(client, deed, by="client", given=Given(text=text, due=due))

    wait("The logo", "")
    wait("The year's plan", "30 June")
    queue_by_the_clock(now=EIGHT)
    assert sent() == [], "nothing of it is near"
    wait("The order numbers", "Friday")  # it was over when the week began
    wait("The photographs", "Wednesday")
    queue_by_the_clock(now=EIGHT + days(1))
    [(subject, text)] = sent()
    assert subject == "Promises: we wait for 2 things"
    assert text == (
        "Good morning, Ada.\n\nWhat we wait for:\n- Hartwell: The order numbers (Friday 13 March, overdue)\n"
        "- Hartwell: The photographs (Wednesday 18 March)\n- Hartwell: The logo (no date)\n\n"
        "All of them: https://amends.studio.example/promises/\n\nYou get this on working days because your settings in"
        " Amends say so: https://amends.studio.example/settings/you/\n"
    )


def test_where_there_is_nothing_to_say_none_comes(firm: Firm, member: Member, server: SmtpAccount) -> None:
    queue_by_the_clock(now=EIGHT)
    assert (sent(), Morning.objects.get().day) == ([], EIGHT.date())


def test_nothing_of_mail_that_they_may_not_read(
    firm: Firm, member: Member, promise: Promise, server: SmtpAccount
) -> None:
    Mailbox.objects.update(owner=member, visibility=Visibility.METADATA)
    sam = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.STAFF, now=NOW)
    Promise.objects.update(owner=None)
    queue_by_the_clock(now=EIGHT)
    assert list(Draft.objects.values_list("author__email", flat=True)) == [member.email]
    hidden = week(Reader(sam), firm, now=NOW)
    assert [(one.client_name, one.by) for one in hidden.hidden] == [("Hartwell", "firm")]
    assert (hidden.this_week, hidden.overdue) == (0, [])
    with pytest.raises(Promise.DoesNotExist):
        settle.keep(promise.public_id, Deed(Reader(sam), NOW))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif(not ON_POSTGRESQL, reason="SQLite's test database is one connection; the claim is the same there")
def test_of_two_runners_one_sends(
    transactional_db: None, firm: Firm, member: Member, promise: Promise, server: SmtpAccount
) -> None:
    together = threading.Barrier(2)

    def run() -> None:
        together.wait(20)
        with firm_scope(firm):
            digest.send_mornings(firm, now=EIGHT)
        connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(sent()) == 1


def test_a_claimed_day_is_not_sent_again(firm: Firm, member: Member, promise: Promise, server: SmtpAccount) -> None:
    """As the slower of two runners, which has read the rows before the other claimed the day."""
    Morning.objects.create(member=member, day=EIGHT.date())
    assert digest._send(member, firm, day=EIGHT.date(), now=EIGHT) is False
    assert sent() == []


# -- what hours and later mail say -----------------------------------------------------------------------------------


def test_hours_on_its_engagement_show_that_work_has_begun(firm: Firm, member: Member, promise: Promise) -> None:
    def warned() -> bool:
        return one_promise(SYSTEM, firm, promise.public_id, now=NOW).no_hours

    work = Engagement.objects.create(client=Client.objects.get(), name="Prices", created_at=NOW)
    Promise.objects.update(engagement=work)
    assert not warned()  # nobody books hours here
    _hours(work, member, NOW - days(4))
    assert warned()
    found = week(SYSTEM, firm, now=NOW - timedelta(hours=1))
    assert "no hours booked yet" in digest.digest_text(found, firm, name="Ada")
    _hours(work, member, NOW - days(2))
    assert not warned()


def _hours(work: Engagement, member: Member, at: datetime) -> None:
    TimeEntry.objects.create(
        engagement=work, person=member.name, member=member, day=at.date(), seconds=60, source="toggl",
        fingerprint=f"{at.day:064}", created_at=NOW,
    )  # fmt: skip


def test_a_later_message_that_seems_to_keep_it_is_put_beside_it(firm: Firm, member: Member, promise: Promise) -> None:
    sent_at = NOW - timedelta(hours=1)
    judged(
        ours("Dear Petra,\n\nthank you for lunch.\n", at=sent_at, message_id="lunch@x"),
        letter("Dear Ada,\n\nhere is our price list, as promised.\n", at=sent_at, message_id="theirs@x"), now=NOW,
    )  # fmt: skip
    assert Promise.objects.get().hint is None
    judged(ours("Dear Petra,\n\nplease find attached the new price list.\n", at=NOW, message_id="list@x"), now=NOW)
    shown = one_promise(SYSTEM, firm, promise.public_id, now=NOW)
    assert shown.hint is not None
    assert shown.hint.quote == "please find attached the new price list."
    deed = Deed(Reader(member), NOW)
    settle.not_it(promise.public_id, deed)
    judged(ours("The price list is attached.\n", at=NOW + timedelta(hours=1), message_id="again@x"), now=NOW)
    again = one_promise(SYSTEM, firm, promise.public_id, now=NOW).hint
    assert again is not None
    assert again.quote == "The price list is attached."
    kept = settle.keep(promise.public_id, deed, evidence=again.message)
    assert kept.evidence == again.message
