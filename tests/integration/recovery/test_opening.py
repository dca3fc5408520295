"""Opening: what becomes a point, whose it is, and that there is one only."""

from __future__ import annotations

import uuid

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.conftest import NOW
from tests.integration.recovery.conftest import BROKEN, WRONG
from tests.letters import bring, days, letter

from amends.clients.models import Client
from amends.firm.models import Firm, Member
from amends.flows.judge import judge_new
from amends.flows.recovery.opening import AlreadyOpen, Asked, CannotOpen, open_recovery
from amends.insights.today import today
from amends.mail.models import Message, Thread
from amends.mail.privacy import SYSTEM, Reader
from amends.recovery.models import Recovery
from amends.recovery.queries import points


def test_what_they_say_is_wrong_becomes_points(recovery: Recovery, member: Member) -> None:
    found = points(recovery)
    assert [one.quote for one in found] == [WRONG, BROKEN]
    assert found[0].feeling == "anger"
    assert found[0].message is not None
    assert recovery.title == WRONG
    assert recovery.owner == member
    assert recovery.began_at == found[0].said_at


def test_of_one_conversation_there_is_one(recovery: Recovery, thread: Thread, staff: Member) -> None:
    with pytest.raises(AlreadyOpen) as error:
        open_recovery(Reader(staff), Asked(threads=[thread.public_id], owner=staff), by=staff, now=NOW)
    assert error.value.recovery == recovery


def test_by_hand_it_is_without_points(thread: Thread, member: Member) -> None:
    client = Client.objects.get()
    made = open_recovery(Reader(member), Asked(client=client.public_id, title="The call"), by=member, now=NOW)
    assert (made.title, made.owner, points(made), made.began_at) == ("The call", None, [], NOW)


def test_what_makes_no_recovery_is_refused(thread: Thread, member: Member) -> None:
    for asked in (Asked(), Asked(client=uuid.uuid4()), Asked(threads=[uuid.uuid4()]),
                  Asked(threads=[thread.public_id], engagement=uuid.uuid4())):  # fmt: skip
        with pytest.raises(CannotOpen):
            open_recovery(SYSTEM, asked, by=None, now=NOW)
    assert not Recovery.objects.exists()


def test_the_pages(recovery: Recovery, client: Browser, member: Member) -> None:
    client.force_login(member)
    for address in (reverse("recoveries"), reverse("recovery", args=[recovery.public_id]), reverse("recovery-new"),
                    f"{reverse('recovery-new')}?client={recovery.client.public_id}"):  # fmt: skip
        assert client.get(address).status_code == 200, address


def test_a_row_of_today_opens_on_what_it_showed(thread: Thread, client: Browser, firm: Firm, member: Member) -> None:
    client.force_login(member)
    (row,) = today(Reader(member), firm, now=NOW).rows
    client.post(reverse("recovery-open"), {"client": str(row.public_id), "shown": str(row.shown)})
    made = Recovery.objects.get()
    assert [one.quote for one in points(made)] == [WRONG, BROKEN]
    assert made.title == WRONG


def test_what_tells_on_of_a_wrong_belongs_to_its_point(thread: Thread, member: Member) -> None:
    first, told_on, apart = (
        "The website is broken since Monday and nobody answers.",
        "They still cannot log in, and nobody has answered me.",
        "The third invoice has an error again.",
    )
    bring(letter(f"Dear Ada,\n\n{first} {told_on} {apart}\n", at=NOW - days(0.5), message_id="four@hartwell.example",
                 subject="The portal"), now=NOW)  # fmt: skip
    judge_new(now=NOW)
    about = Message.objects.get(message_id="four@hartwell.example").thread
    made = open_recovery(Reader(member), Asked(threads=[about.public_id], owner=member), by=member, now=NOW)
    assert [one.quote for one in points(made)] == [f"{first} {told_on}", apart]
