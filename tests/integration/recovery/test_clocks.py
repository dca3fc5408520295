"""Clocks count in business hours, tell one person once, and the first reply is noted however it left."""

from __future__ import annotations

import pytest
from tests.conftest import NOW
from tests.letters import bring, days, letter

from amends.firm.models import Member
from amends.flows.guard import Written, check_written
from amends.flows.recovery import owning, points, stages
from amends.flows.recovery.opening import Asked, open_recovery
from amends.mail.models import Message, Thread
from amends.mail.privacy import SYSTEM, Reader
from amends.outbox.actions.accounts import Settings, save_account
from amends.outbox.compose import Person
from amends.outbox.models import Draft
from amends.outbox.recipients import Audience
from amends.recovery.models import Clocks, Recovery
from amends.recovery.queries import points as standing
from amends.recovery.queries import states
from amends.recovery.rules import Missing, missing
from amends.recovery.shipped import shipped


@pytest.fixture
def mail_server(member: Member) -> None:
    given = Settings("smtp.studio.example", 465, "tls", "", "", "ada@studio.example", "Ada Moss")
    save_account(given, whose=None, by=member, now=NOW)


def test_what_is_late_is_told_once(recovery: Recovery, member: Member, staff: Member, mail_server: None) -> None:
    assert stages.tend(now=NOW + days(1)) == 0  # nobody is named
    Clocks.objects.create(escalate_to=staff)
    assert stages.tend(now=NOW) == 0  # it was opened a moment ago
    assert stages.tend(now=NOW + days(1)) == 1  # the first reply
    assert stages.tend(now=NOW + days(1)) == 0
    texts = list(Draft.objects.filter(purpose="notice").values_list("text", flat=True))
    assert len(texts) == 1
    assert not any("invoice" in text for text in texts)  # no words of theirs leave
    assert stages.tend(now=NOW + days(30)) == 2  # the answer, and to make good


def test_without_a_mail_server_it_is_told_later(recovery: Recovery, staff: Member, member: Member) -> None:
    Clocks.objects.create(escalate_to=staff)
    assert stages.tend(now=NOW + days(1)) == 0
    save_account(Settings("smtp.studio.example", 465, "tls", "", "", "a@studio.example", ""), whose=None, by=member,
                 now=NOW)  # fmt: skip
    assert stages.tend(now=NOW + days(1)) == 1


def test_a_first_reply_by_any_way_counts(recovery: Recovery) -> None:
    assert Missing.FIRST_REPLY in missing("own", states([recovery])[recovery.pk].facts)
    bring(
        letter(
            "Dear Petra,\n\nI hear you.\n", at=NOW + days(0.1), sender="ada@studio.example", subject="Re: The invoice",
            to="petra@hartwell.example", message_id="reply@studio.example", references=["three@hartwell.example"],
        ),
        now=NOW + days(0.1),
    )  # fmt: skip
    assert Missing.FIRST_REPLY not in missing("own", states([recovery])[recovery.pk].facts)
    stages.tend(now=NOW + days(0.2))
    assert Recovery.objects.get().replied_at == NOW + days(0.1)


def test_the_first_reply_passes_the_check(recovery: Recovery, member: Member, mail_server: None) -> None:
    text = owning.first_words(Reader(member), recovery, by=member, now=NOW)
    assert "I hear that you are really angry: you write “The third invoice has an error again”" in text
    answering = Message.objects.get(message_id="three@hartwell.example").public_id
    audience = Audience(to=(Person("Petra Hartwell", "petra@hartwell.example"),))
    written = Written(text, audience, subject="Re: The invoice", answering=answering, sender="ada@studio.example")
    found = check_written(Reader(member), written, by=member, now=NOW)[1].findings
    assert [(one.rule, one.quote) for one in found if one.severity != "advice"] == []


def test_every_playbook_has_what_it_needs() -> None:
    books = shipped()
    assert {book.trade for book in books} == {"design", "software", "pr", "events", "accounting", "translation"}
    assert len({book.mode for book in books}) == len(books)
    assert all(book.first_words and book.questions and book.remedies and book.never for book in books)


def test_what_comes_back_is_linked_and_counted(recovery: Recovery, thread: Thread, member: Member) -> None:
    Recovery.objects.update(closed_at=NOW + days(1), closing="yes")
    later = NOW + days(40)
    bring(letter("Dear Ada,\n\nThe third invoice has an error again, and I am furious about that.\n", at=later,
                 subject="Invoices",
                 message_id="again@hartwell.example"), now=later)  # fmt: skip
    from amends.flows.judge import judge_new
    from amends.insights.recovery.earlier import last_time

    judge_new(now=later)
    again = Message.objects.get(message_id="again@hartwell.example").thread
    made = open_recovery(SYSTEM, Asked(threads=[again.public_id]), by=member, now=later)
    (point,) = standing(made)
    first = standing(Recovery.objects.get(pk=recovery.pk))[0]
    assert point.recurs == first
    assert Recovery.objects.get(pk=made.pk).recurs_id == recovery.pk
    told = last_time(Reader(member), made, [point])[point.pk]
    assert told.times == 2
    assert (told.earlier[0].quote, told.earlier[0].ended, told.earlier[0].linked) == (first.quote, "yes", True)
    points.same_as(SYSTEM, made.public_id, point.public_id, earlier=None)
    assert Recovery.objects.get(pk=made.pk).recurs_id is None
