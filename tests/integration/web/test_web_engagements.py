"""Engagement pages: hours, mail, what went wrong in its time, closing and opening again, and two people editing."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from amends.clients.models import Client, Engagement, TimeEntry
from amends.firm.models import AuditEntry, Member, Role
from amends.flows.curate import merge
from amends.signals.models import Action, Response


@pytest.fixture(autouse=True)
def _mail(complaints: Callable[[int], None]) -> None:
    complaints(2)


@pytest.fixture
def work(fresh: datetime) -> Engagement:
    """An engagement with the first client, in whose time a complaint came, with twelve weeks of hours by two people."""
    today = fresh.date()
    made = Engagement.objects.create(
        client=Client.objects.earliest("name"), name="Website", starts_on=today - timedelta(days=90),
        renews_on=today + timedelta(days=35), yearly_value=Decimal(48000), created_at=fresh,
    )  # fmt: skip
    entries(made, fresh, 24)
    return made


def entries(work: Engagement, fresh: datetime, count: int, *, mark: str = "") -> None:
    TimeEntry.objects.bulk_create(
        TimeEntry(
            engagement=work, person=("Ada Moss", "Bo Lund")[number % 2], day=fresh.date() - timedelta(days=3 * number),
            seconds=5400, billable=True, source="toggl", fingerprint=f"{mark}{work.pk}-{number}", created_at=fresh,
            description=f"Draft {number} {mark}", rate=Decimal(80), amount=Decimal(120), currency="EUR",
        )
        for number in range(count)
    )  # fmt: skip


def address(work: Engagement, more: str = "") -> str:
    return f"/clients/{work.client.public_id}/engagements/{work.public_id}/{more}"


def test_the_page_shows_period_money_renewal_hours_and_mail(browser: Browser, work: Engagement) -> None:
    page = browser.get(address(work)).content.decode()
    for words in (
        "48,000 EUR", "in 5 weeks", "36 h", "2,880 EUR", "Hours by week and person", "Everybody", "Bo Lund",
        "The same as a table", "Draft 0", "Invoice 0", "I am furious", "All mail with House000 in its period.",
        "Nobody has answered it or taken it on.",
    ):  # fmt: skip
        assert words in page, words
    assert page.index("Ada Moss") < page.index("Bo Lund")  # by name, never by hours


def test_mail_is_not_told_apart_between_engagements_of_one_time(
    browser: Browser, work: Engagement, fresh: datetime
) -> None:
    Engagement.objects.create(client=work.client, name="Print", created_at=fresh)
    page = browser.get(address(work)).content.decode()
    assert "This is House000’s mail in its period; it may be about" in page
    assert ">Print</a>" in page


def test_an_engagement_without_anything_teaches(browser: Browser, fresh: datetime) -> None:
    bare = Engagement.objects.create(client=Client.objects.earliest("name"), name="Bare", created_at=fresh)
    page = browser.get(address(bare)).content.decode()
    for words in ("Nothing says yet when it began.", "No hours yet.", "Say when it began"):
        assert words in page, words
    assert "Invoice 0" not in page


def test_mail_outside_its_period_is_not_shown(browser: Browser, work: Engagement, fresh: datetime) -> None:
    Engagement.objects.filter(pk=work.pk).update(ends_on=fresh.date() - timedelta(days=6))
    page = browser.get(address(work)).content.decode()
    assert "Plan 0" in page
    assert "Invoice 0" not in page
    assert "I am furious" not in page


def test_money_is_for_those_who_may_see_it(browser: Browser, work: Engagement, member: Member) -> None:
    Engagement.objects.filter(pk=work.pk).update(value=Decimal(777))
    Member.objects.filter(pk=member.pk).update(role=Role.STAFF)
    client = f"/clients/{work.client.public_id}/"
    for place in (address(work), address(work, "time/"), client, "/engagements/"):
        page = browser.get(place).content.decode()
        assert "48,000" not in page, place
        assert "120 EUR" not in page, place
        assert "777" not in page, place
    assert browser.get(address(work, "edit/")).status_code == 403
    assert browser.get(address(work, "close/")).status_code == 403
    assert browser.post(address(work, "reopen/")).status_code == 403
    assert browser.get(f"{client}engagements/new/").status_code == 403
    Member.objects.filter(pk=member.pk).update(role=Role.PARTNER)
    assert "48,000" in browser.get(address(work)).content.decode()


def test_the_second_of_two_who_edit_is_told(browser: Browser, work: Engagement) -> None:
    form = {"name": "Website", "starts_on": str(work.starts_on), "version": "1"}
    assert browser.post(address(work, "edit/"), {**form, "name": "Their site"}).status_code == 302
    late = browser.post(address(work, "edit/"), {**form, "name": "My site"})
    assert late.status_code == 409
    page = late.content.decode()
    assert "Somebody else changed this engagement meanwhile" in page
    assert "Their site" in page
    assert 'value="My site"' in page
    assert 'name="version" value="2"' in page
    assert Engagement.objects.get(pk=work.pk).name == "Their site"
    assert browser.post(address(work, "edit/"), {**form, "name": "My site", "version": "2"}).status_code == 302
    assert Engagement.objects.get(pk=work.pk).name == "My site"
    assert browser.post(address(work, "edit/"), {**form, "version": "x"}).status_code == 409
    assert browser.post(address(work, "edit/"), {**form, "name": ""}).status_code == 422
    first = AuditEntry.objects.filter(did="engagement.changed").earliest("pk")
    assert first.detail["fields"] == ["name", "renews_on", "yearly_value"]


@pytest.mark.parametrize(("starts", "ends"), [("0001-01-01", ""), ("2020-01-01", "9999-12-31")])
def test_days_that_nobody_means_break_nothing(browser: Browser, work: Engagement, starts: str, ends: str) -> None:
    base = f"/clients/{work.client.public_id}/engagements/{work.public_id}/"
    given = {"name": work.name, "starts_on": starts, "ends_on": ends, "version": str(work.version)}
    assert "Years from 1980 to 2199" in browser.post(f"{base}edit/", given).content.decode()
    Engagement.objects.update(starts_on=starts, ends_on=ends or None)  # as a file may have brought it in
    assert browser.get(base).status_code == 200
    assert browser.get(f"{base}close/").status_code == 200


def test_closing_goes_through_what_is_open(browser: Browser, work: Engagement, member: Member) -> None:
    page = browser.get(address(work, "close/")).content.decode()
    assert "I am furious" in page
    assert "Why is it closed while something is open?" in page
    assert browser.post(address(work, "close/"), {"version": "1", "why": "  "}).status_code == 422
    assert Engagement.objects.get(pk=work.pk).closed_at is None
    signal = page.split('name="signal" value="')[1].split('"')[0]
    back = {"next": address(work, "close/")}
    for part in page.split('<li class="hiccup"')[1:]:
        signals = [piece.split('"')[0] for piece in part.split("</form>")[0].split('name="signal" value="')[1:]]
        answer = browser.post("/answer/", {"answer": "own", "signal": signals, **back})
        assert answer["Location"] == address(work, "close/")
    page = browser.get(address(work, "close/")).content.decode()
    assert "Ada Moss has it in hand." in page
    assert "A word on how it ended (optional)" in page
    said = browser.post(address(work, "close/"), {"version": "1", "why": ""}, follow=True).content.decode()
    assert "Website is closed." in said
    assert "Open it again" in said
    closed = Engagement.objects.get(pk=work.pk)
    assert (closed.closed_by, closed.version) == (member, 2)
    assert AuditEntry.objects.get(did="engagement.closed").detail["open"] > 0
    assert Response.objects.filter(signal__public_id=signal, action=Action.OWN).exists()
    assert "Website is open again." in browser.post(address(work, "reopen/"), follow=True).content.decode()
    assert "is open already" in browser.post(address(work, "reopen/"), follow=True).content.decode()
    assert [one.did for one in AuditEntry.objects.order_by("pk")] == ["engagement.closed", "engagement.reopened"]


def test_closing_with_a_reason_and_nothing_twice(browser: Browser, work: Engagement) -> None:
    browser.post(address(work, "close/"), {"version": "1", "why": "They went elsewhere."})
    closed = Engagement.objects.get(pk=work.pk)
    assert closed.closed_why == "They went elsewhere."
    assert "“They went elsewhere.”" in browser.get(address(work)).content.decode()
    assert browser.get(address(work, "close/")).status_code == 302
    browser.post(address(work, "close/"), {"version": "2", "why": "Again"})
    assert AuditEntry.objects.filter(did="engagement.closed").count() == 1
    page = browser.get("/engagements/").content.decode()
    assert "No engagements yet" in page or "Website" not in page
    assert "Website" in browser.get("/engagements/?group=closed").content.decode()


def test_closing_what_somebody_changed_meanwhile(browser: Browser, work: Engagement) -> None:
    Engagement.objects.filter(pk=work.pk).update(version=2, name="Renamed")
    answer = browser.post(address(work, "close/"), {"version": "1", "why": "done"})
    assert answer.status_code == 409
    assert "Renamed" in answer.content.decode()
    assert Engagement.objects.get(pk=work.pk).closed_at is None


def test_what_is_no_issue_or_settled_is_no_hiccup(browser: Browser, work: Engagement) -> None:
    page = browser.get(address(work, "close/")).content.decode()
    signals = [part.split('"')[0] for part in page.split('name="signal" value="')[1:]]
    browser.post("/answer/", {"answer": "not_an_issue", "signal": list(dict.fromkeys(signals))})
    assert "Nothing is open in its time." in browser.get(address(work, "close/")).content.decode()


def test_further_entries_and_mail_come_page_by_page(browser: Browser, work: Engagement, fresh: datetime) -> None:
    entries(work, fresh, 50, mark="more")
    page = browser.get(address(work)).content.decode()
    assert page.count('class="work-entry"') == 15
    further = [browser.get(address(work, f"time/?page={number}")).content.decode() for number in range(2, 6)]
    assert [part.count('class="work-entry"') for part in further] == [15, 15, 15, 14]
    assert ["Show older" in part for part in further] == [True, True, True, False]
    assert browser.get(address(work, "time/?page=x")).status_code == 404
    assert browser.get(address(work, "mail/?before=1")).status_code == 200
    assert browser.get(address(work, "mail/?before=x")).status_code == 404


def test_the_address_of_a_client_that_was_merged_leads_on(browser: Browser, work: Engagement, fresh: datetime) -> None:
    old = address(work)
    target = Client.objects.latest("name")
    merge(work.client, target, member=None, now=fresh)
    assert browser.get(old)["Location"] == f"/clients/{target.public_id}/engagements/{work.public_id}/"


def test_what_stands_out_is_said_without_lines_of_a_file(browser: Browser, work: Engagement, fresh: datetime) -> None:
    other = Engagement.objects.create(client=Client.objects.latest("name"), name="Print", created_at=fresh)
    at = fresh.replace(hour=9, minute=0, second=0)
    for number, place in enumerate((work, other)):
        TimeEntry.objects.create(
            engagement=place, person="Ada Moss", day=at.date(), starts_at=at, ends_at=at + timedelta(hours=2),
            seconds=7200, source="toggl", fingerprint=f"o{number}", created_at=fresh, description="Second draft of all",
        )  # fmt: skip
    page = browser.get(address(work)).content.decode()
    assert "Two things at once" in page
    assert "(House000, Website) and" in page
    assert "(House001, Print) overlap by 2:00 hours" in page
    assert "Another reason why you should track your time accurately" in page


def test_the_list_sorts_finds_and_shows_renewals(browser: Browser, work: Engagement, fresh: datetime) -> None:
    Engagement.objects.create(client=Client.objects.latest("name"), name="Aardvark", created_at=fresh)
    page = browser.get("/engagements/").content.decode()
    assert "1 renewal in the next three months." in page
    assert page.index("Website") < page.index("Aardvark")
    by_hours = browser.get("/engagements/?sort=hours").content.decode()
    assert by_hours.index("Website") < by_hours.index("Aardvark")
    assert "Aardvark" not in browser.get("/engagements/?q=websi").content.decode()
    assert "No engagement of that name here" in browser.get("/engagements/?q=zzz").content.decode()
    assert 'href="/engagements/"' in browser.get("/clients/").content.decode()
    client = browser.get(f"/clients/{work.client.public_id}/").content.decode()
    assert "Website" in client
    assert "this month" in client or "none this month" in client


@pytest.mark.parametrize("place", ["page", "list", "client"])
def test_the_number_of_queries_does_not_grow(browser: Browser, work: Engagement, fresh: datetime, place: str) -> None:
    where = {"page": address(work), "list": "/engagements/", "client": f"/clients/{work.client.public_id}/"}[place]

    def cost() -> int:
        browser.get(where)
        with CaptureQueriesContext(connection) as asked:
            assert browser.get(where).status_code == 200
        return len(asked)

    few = cost()
    entries(work, fresh, 200, mark="many")
    for number in range(20):
        more = Engagement.objects.create(
            client=work.client, name=f"W {number}", starts_on=fresh.date() - timedelta(days=900),
            ends_on=fresh.date() - timedelta(days=800), created_at=fresh,
        )  # fmt: skip
        entries(more, fresh, 2, mark="x")
    assert cost() == few
    assert few <= 38  # of a client's page, with what they are worth
