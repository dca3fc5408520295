"""The pages: what they say, what they refuse without losing words, and what a reader sees who may not read."""

from __future__ import annotations

import html
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.conftest import NOW
from tests.integration.recovery.conftest import BROKEN, WRONG

from amends.clients.models import Engagement, TimeEntry
from amends.core.ids import uuid7
from amends.firm.models import AuditEntry, Member
from amends.firm.queries import firm_in_scope
from amends.insights.recovery.evidence import suggestions
from amends.insights.recovery.page import recovery_page
from amends.mail.models import Mailbox, Thread, Visibility
from amends.mail.privacy import Reader
from amends.recovery.models import Clocks, Evidence, Finding, Playbook, Recovery
from amends.recovery.queries import playbook, points


@pytest.fixture
def browser(client: Browser, member: Member) -> Browser:
    client.force_login(member)
    return client


def test_one_page_shows_it_all(recovery: Recovery, browser: Browser) -> None:
    said = browser.get(reverse("recovery", args=[recovery.public_id])).content.decode()
    for words in (
        WRONG,
        BROKEN,
        "missing:",
        "a first reply",
        "I hear that you are really angry",
        "What would put it right",
    ):
        assert words in said, words


def test_the_number_of_queries_does_not_grow(
    recovery: Recovery, member: Member, django_assert_max_num_queries: Any
) -> None:
    first = points(recovery)[0]
    for number in range(30):
        first.pk, first.public_id, first.place = None, None, 10 + number  # type: ignore[assignment]
        first.public_id = uuid7()
        first._state.adding = True
        first.save()
    with django_assert_max_num_queries(32):
        page = recovery_page(Reader(member), firm_in_scope(), recovery.public_id, now=NOW)
    assert len(page.points) == 32


def test_what_is_refused_keeps_the_words(recovery: Recovery, browser: Browser) -> None:
    point = points(recovery)[0]
    address = reverse("recovery-finding", args=[recovery.public_id, point.public_id])
    given = {"version": "0", "happened": "The rate was old.", "by_when": "2020-01-01", "we_do": "x"}
    response = browser.post(address, given)
    assert response.status_code == 422
    assert "That day is over" in response.content.decode()
    assert "The rate was old." in response.content.decode()
    assert browser.post(address, {**given, "by_when": ""}).status_code == 302
    response = browser.post(address, {**given, "by_when": "", "happened": "Something else."})
    assert response.status_code == 422
    assert "Something else." in response.content.decode()
    assert "The rate was old." in response.content.decode()


def test_who_answered_them_past_amends_says_so(recovery: Recovery, browser: Browser) -> None:
    address = reverse("recovery-replied", args=[recovery.public_id])
    page = browser.get(reverse("recovery", args=[recovery.public_id])).content.decode()
    assert "Nothing can leave from here yet" in page
    assert "I answered them myself" in page
    said = browser.post(address, follow=True).content.decode()
    assert "they have had a first reply" in said
    assert "I answered them myself" not in said
    recovery.refresh_from_db()
    assert recovery.replied_at is not None
    first = recovery.replied_at
    assert "noted already" in browser.post(address, follow=True).content.decode()
    undo = html.unescape(said.split(f'action="{address}?')[1].split('"')[0])
    for bad in ("undo=", "undo=2026-13-45T99:00", "undo=2026-03-03T10:00", "undo=%00"):
        assert browser.post(f"{address}?{bad}").status_code == 404
    assert "changed this meanwhile" in browser.post(f"{address}?undo=2026-03-03T10:00Z", follow=True).content.decode()
    recovery.refresh_from_db()
    assert recovery.replied_at == first
    assert "Taken back" in browser.post(f"{address}?{undo}", follow=True).content.decode()
    recovery.refresh_from_db()
    assert recovery.replied_at is None
    did = AuditEntry.objects.filter(did="recovery.replied").order_by("-pk").values_list("detail", flat=True)
    assert [one["how"] for one in did] == ["taken back", "by hand"]  # the newest first


def test_a_playbook_of_ones_own_takes_no_others_place_and_bad_numbers_are_said(browser: Browser) -> None:
    new = reverse("playbook", args=["new"])
    given = {"trade": "software", "name": "Outage", "first_words": "It stands still.", "seen": "0"}
    made = browser.post(new, given)
    assert made["Location"] == reverse("playbook", args=["software-outage-2"])
    assert playbook("software-outage").edition == 0  # type: ignore[union-attr]
    for number, name in enumerate(("遅れ", "失敗"), 1):
        made = browser.post(new, {**given, "trade": "", "name": name})
        assert made["Location"] == reverse("playbook", args=["own" if number == 1 else "own-2"])
    assert browser.post(new, {**given, "trade": "new", "name": "!"})["Location"] == reverse("playbook", args=["new-2"])
    for cost in ("²", "1.5", "-4", "9" * 5000, ""):
        answer = browser.post(new, {**given, "name": "Bad", "remedies": f"fix | mend it | {cost}"})
        assert (answer.status_code, "whole number" in answer.content.decode()) == (422, True), cost
    there = reverse("playbook", args=["software-outage-2"])
    for seen in ("²", "-1", "0", "x"):
        assert "new edition meanwhile" in browser.post(there, {**given, "seen": seen}).content.decode()
    assert browser.post(there, {**given, "seen": "1", "name": "Out\x00age"}).status_code == 302
    assert Playbook.objects.get(mode="software-outage-2", edition=2).name == "Outage"


def test_a_day_on_which_nobody_works_is_taken_and_remarked_on(recovery: Recovery, browser: Browser) -> None:
    point = points(recovery)[0]
    day = datetime.now(UTC).date()  # pages look from the real clock
    saturday = day + timedelta(days=14 + (5 - day.weekday()) % 7)
    address = reverse("recovery-finding", args=[recovery.public_id, point.public_id])
    given = {"version": "0", "happened": "The rate was old.", "we_do": "A new invoice.", "responsibility": "ours"}
    said = browser.post(address, {**given, "by_when": saturday.isoformat()}, follow=True).content.decode()
    assert Finding.objects.get().by_when == saturday
    assert "(a Saturday: we do not work then)" in said


def test_undo_from_the_page(recovery: Recovery, browser: Browser) -> None:
    point = points(recovery)[0]
    address = reverse("recovery-issue", args=[recovery.public_id, point.public_id])
    response = browser.post(address, {"do": "remove"}, follow=True)
    said = response.content.decode()
    seal = said.split('name="seal" value="')[1].split('"')[0]
    assert [one.quote for one in points(recovery)] == [BROKEN]
    browser.post(reverse("recovery-undo", args=[recovery.public_id]), {"seal": seal})
    assert [one.quote for one in points(recovery)] == [WRONG, BROKEN]


def test_who_may_not_read_sees_no_words(recovery: Recovery, client: Browser, staff: Member, member: Member) -> None:
    Mailbox.objects.update(visibility=Visibility.METADATA, owner=member)
    client.force_login(staff)
    for address in (reverse("recovery", args=[recovery.public_id]), reverse("recoveries")):
        said = client.get(address).content.decode()
        assert "Hartwell" in said
        assert not any(words in said for words in (WRONG, BROKEN, "furious", "The invoice"))
    point = points(recovery)[0]
    address = reverse("recovery-issue", args=[recovery.public_id, point.public_id])
    client.post(address, {"do": "remove"})
    assert len(points(recovery)) == 2
    client.post(reverse("recovery-own", args=[recovery.public_id]), {"seen": str(member.public_id)})
    assert Recovery.objects.get().owner == staff


def test_evidence_is_suggested_and_hours_are_told(recovery: Recovery, browser: Browser, member: Member) -> None:
    work = Engagement.objects.create(client=recovery.client, name="Retainer", created_at=NOW)
    TimeEntry.objects.create(
        engagement=work, person="Ada Moss", day=NOW.date(), seconds=5400, source="toggl", description="Invoices",
        fingerprint="1" * 64, created_at=NOW,
    )  # fmt: skip
    point = points(recovery)[0]
    found = suggestions(Reader(member), firm_in_scope(), point)
    assert [one.engagement for one in found.hours] == [work]
    address = reverse("recovery-evidence", args=[recovery.public_id, point.public_id])
    assert "Retainer" in browser.get(address).content.decode()
    browser.post(address, {"kind": "time", "about": str(work.public_id), "label": ""})
    browser.post(address, {"kind": "message", "about": str(work.public_id)})  # no message: refused
    (piece,) = Evidence.objects.all()
    browser.post(reverse("recovery-piece", args=[recovery.public_id, piece.public_id]), {"do": "shown"})
    report = reverse("recovery-hours", args=[recovery.public_id])
    said = browser.get(f"{report}?engagement={work.public_id}&evidence={piece.public_id}").content.decode()
    for words in ("1.5 h", "Invoices", "shown to the client", "Ada Moss"):
        assert words in said, words
    assert browser.get(report).status_code == 404


def test_the_reply_box_begins_with_the_first_words(
    recovery: Recovery, browser: Browser, thread: Thread, member: Member
) -> None:
    from amends.outbox.actions.accounts import Settings, save_account

    save_account(
        Settings("smtp.x.example", 465, "tls", "", "", "ada@studio.example", ""), whose=None, by=member, now=NOW
    )
    address = f"{reverse('thread', args=[thread.public_id])}?recovery={recovery.public_id}"
    assert "I hear that you are really angry" in browser.get(address).content.decode()


def test_clocks_and_playbooks_are_set(recovery: Recovery, browser: Browser, staff: Member) -> None:
    given = {"to_own": "2", "to_reply": "4", "to_answer": "16", "to_make_good": "60", "ask_after_days": "7",
             "escalate_to": str(staff.pk)}  # fmt: skip
    assert browser.post(reverse("recovery-clocks"), {**given, "to_own": "0"}).status_code == 422
    assert browser.post(reverse("recovery-clocks"), given).status_code == 302
    assert (Clocks.objects.get().to_own, Clocks.objects.get().escalate_to) == (2, staff)
    address = reverse("playbook", args=["software-outage"])
    book = {"seen": "0", "name": "Down", "remedies": "fix | It runs again | 0", "questions": "Since when?"}
    assert browser.post(address, {**book, "remedies": "gift | a pen | 5"}).status_code == 422
    assert browser.post(address, {**book, "remedies": "fix | It runs | -5"}).status_code == 422
    assert browser.post(address, book).status_code == 302
    assert browser.post(address, book).status_code == 422  # somebody wrote edition 1 meanwhile
    assert Playbook.objects.get().content["remedies"] == [{"kind": "fix", "what": "It runs again", "cost": 0}]
    for page in (address, reverse("playbooks"), reverse("playbook", args=["new"])):
        assert browser.get(page).status_code == 200


def test_how_we_failed_is_chosen_early_and_its_playbook_counts_at_once(
    recovery: Recovery, browser: Browser, client: Browser, staff: Member, member: Member
) -> None:
    page, failed = (reverse(name, args=[recovery.public_id]) for name in ("recovery", "recovery-failed"))
    said = browser.get(page).content.decode()
    assert "It sounds like:" in said
    guesses = said.split("It sounds like:")[1].split("</form>")[0]
    assert 'value="accounting-error"' in guesses  # "The third invoice has an error again."
    assert Recovery.objects.get().failure_mode == "", "a guess sets nothing"

    said = browser.post(failed, {"mode": "accounting-error", "version": "1"}, follow=True).content.decode()
    for words in (
        "A figure in what you had from us does not hold for you",  # first words
        "Where have you used the figure since?",  # a question under Listen
        "The correction and the check are not billed",  # a remedy under Agree
        "The software did that.",  # what never to say
    ):
        assert words in said, words
    learn = browser.get(reverse("recovery-learning", args=[recovery.public_id])).content.decode()
    assert '<option value="accounting-error" selected>A figure was wrong</option>' in learn

    undo = said.split("data-toast")[1].split('action="')[1].split('"')[0].replace("&amp;", "&")
    late = browser.post(failed, {"mode": "software-defect", "version": "1"}, follow=True).content.decode()
    assert "Somebody else changed this meanwhile" in late
    browser.post(undo)
    found = Recovery.objects.get()
    assert (found.failure_mode, found.version) == ("", 3)
    browser.post(undo)  # twice: nothing more happens
    assert browser.post(failed, {"mode": "x" * 81, "version": "3"}, follow=True).content.decode().count("at most") == 1

    Mailbox.objects.update(visibility=Visibility.METADATA, owner=member)
    client.force_login(staff)
    client.post(failed, {"mode": "software-defect", "version": "3"})
    assert Recovery.objects.get().failure_mode == "", "who may not read what it rests on says nothing of it"
