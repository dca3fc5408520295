"""The statement as a page and as files; the balance on the client's page."""

from __future__ import annotations

import csv
import io
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from tests.letters import judged, letter
from tests.pdftext import words

from amends.capital.rules import Event
from amends.clients.models import Client, Standing
from amends.core.ids import uuid7
from amends.firm.models import Firm
from amends.flows.capital import posting
from amends.flows.capital.posting import settle

COMPLAINT = "=SUM is what we asked for, and the third invoice is wrong again. I am furious."


@pytest.fixture
def hartwell(firm: Firm, fresh: datetime) -> Client:
    judged(letter(COMPLAINT, at=fresh - timedelta(days=3), message_id="angry@x"), now=fresh)
    found = Client.objects.get(domains__value="hartwell.example")
    Client.objects.filter(pk=found.pk).update(standing=Standing.CLIENT, standing_fixed=True, name="Hartwell")
    posting.catch_up([found.pk], now=fresh)
    found.refresh_from_db()
    return found


def test_a_statement_shows_each_line_with_what_it_rests_on(browser: Browser, hartwell: Client) -> None:
    page = browser.get(f"/clients/{hartwell.public_id}/capital/").content.decode()
    assert "Complaint" in page
    assert "third invoice is wrong" in page
    assert "The client says that something is wrong." in page
    assert "points since it began" in page


def test_the_client_page_says_the_balance_and_leads_there(browser: Browser, hartwell: Client) -> None:
    page = browser.get(f"/clients/{hartwell.public_id}/").content.decode()
    assert f'href="/clients/{hartwell.public_id}/capital/"' in page
    assert "Relationship capital over half a year: −" in page


def test_an_account_without_a_line_teaches(browser: Browser, firm: Firm, fresh: datetime) -> None:
    other = Client.objects.create(name="Quiet", created_at=fresh)
    assert "Nothing has been posted yet" in browser.get(f"/clients/{other.public_id}/capital/").content.decode()
    assert "Relationship capital" in browser.get(f"/clients/{other.public_id}/").content.decode()


def test_older_lines_come_when_they_are_asked_for(browser: Browser, hartwell: Client, fresh: datetime) -> None:
    settle(
        [
            Event(f"p{n}", "praise", hartwell.pk, fresh - timedelta(days=10 + n / 9), ("survey", uuid7()))
            for n in range(60)
        ],
        now=fresh,
    )
    page = browser.get(f"/clients/{hartwell.public_id}/capital/").content.decode()
    assert page.count('class="posting"') == 40
    link = page.partition('hx-get="')[2].partition('"')[0].replace("&amp;", "&")
    more = browser.get(link, headers={"HX-Request": "true"}).content.decode()
    assert more.count('class="posting"') == 23
    assert "<h1" not in more


def test_files_hold_every_line(browser: Browser, hartwell: Client) -> None:
    at = f"/clients/{hartwell.public_id}/capital."
    rows = list(csv.DictReader(io.StringIO(browser.get(f"{at}csv").content.decode())))
    assert [rows[0]["line"], rows[-2]["line"], rows[-1]["line"]] == ["opening", "faded", "closing"]
    assert round(sum(float(row["points"]) for row in rows[:-1]), 2) == float(rows[-1]["points"])
    assert {row["quote"][:2] for row in rows if row["line"] == "Complaint"} == {"'="}
    found = browser.get(f"{at}json").json()
    assert (
        round(found["opening"] + sum(one["amount"] for one in found["postings"]) + found["faded"], 2)
        == (found["closing"])
    )
    paper = browser.get(f"{at}pdf")
    assert paper["Content-Type"] == "application/pdf"
    assert "Statement of Hartwell" in words(paper.content)
    assert browser.get(f"{at}doc").status_code == 404


def test_days_that_are_no_period_are_said_to_be(browser: Browser, hartwell: Client) -> None:
    at = f"/clients/{hartwell.public_id}/capital/"
    turned = browser.get(at, {"from": "2026-03-01", "to": "2025-03-01"})
    assert turned.status_code == 422
    assert "The period ends before it begins" in turned.content.decode()
    assert browser.get(at, {"from": "never"}).status_code == 404


def test_who_was_merged_is_found_where_they_went(browser: Browser, hartwell: Client, fresh: datetime) -> None:
    old = Client.objects.create(name="Old", created_at=fresh, merged_into=hartwell)
    answer = browser.get(f"/clients/{old.public_id}/capital/")
    assert (answer.status_code, answer.headers["Location"]) == (302, f"/clients/{hartwell.public_id}/capital/")
