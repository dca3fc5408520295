"""The client page, the list of clients, and what a person may say about one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from tests.letters import judged, letter

from amends.clients.models import Client, Engagement, Standing
from amends.mail.models import Message


@pytest.fixture(autouse=True)
def _mail(complaints: Callable[[int], None]) -> None:
    complaints(2)


def _two() -> tuple[Client, Client]:
    one, other = Client.objects.order_by("name")
    return one, other


def test_the_page_shows_need_year_messages_and_people(browser: Browser) -> None:
    one, _ = _two()
    page = browser.get(f"/clients/{one.public_id}/").content.decode()
    assert "I am furious" in page
    assert "They wrote 2 times, we wrote 1" in page
    assert page.count("<desc") == 4  # need, the year, and the tones of what they wrote, by the week and as a whole
    assert "petra@house000.example" in page
    assert "Re: Plan 0" in page


def test_older_messages_come_page_by_page_without_gap(browser: Browser, fresh: datetime) -> None:
    one, _ = _two()
    judged(
        *(
            letter(f"Note {number}.", at=fresh - timedelta(days=20, minutes=number), message_id=f"n{number}@h",
                   sender="Petra House <petra@house000.example>", subject=f"Note {number}")
            for number in range(60)
        ),
        now=fresh,
    )  # fmt: skip
    page = browser.get(f"/clients/{one.public_id}/").content.decode()
    before = page.split("timeline/?before=")[1].split('"')[0]
    more = browser.get(f"/clients/{one.public_id}/timeline/?before={before}").content.decode()
    shown = page.count('class="moment ') + more.count('class="moment ')
    assert shown == Message.objects.filter(client=one).count()
    assert "Show older" not in more
    assert browser.get(f"/clients/{one.public_id}/timeline/?before=nonsense").status_code == 404


def test_a_client_gets_another_name_and_standing(browser: Browser) -> None:
    one, _ = _two()
    base = f"/clients/{one.public_id}/"
    assert "Renamed to Hartwell." in browser.post(f"{base}rename/", {"name": "Hartwell"}, follow=True).content.decode()
    browser.post(f"{base}standing/", {"standing": "vendor", "why": "prints for us"})
    one.refresh_from_db()
    assert (one.name, one.standing, one.standing_why) == ("Hartwell", Standing.VENDOR, "prints for us")
    assert "Hartwell" in browser.get("/clients/?group=vendors").content.decode()
    assert "1 client needs you" in browser.get("/").content.decode()
    late = browser.post(f"{base}rename/", {"name": "Hart", "seen": "hartwell.example"}, follow=True)
    assert "renamed meanwhile, and is “Hartwell” now" in late.content.decode()
    assert browser.post(f"{base}rename/", {"name": ""}, follow=True).status_code == 200


def test_a_client_becomes_part_of_another_and_is_split_off_again(browser: Browser) -> None:
    one, other = _two()
    moved = browser.post(f"/clients/{one.public_id}/merge/", {"target": other.public_id}, follow=True)
    assert "house000.example" in moved.content.decode()
    assert "This is part of" in browser.get(f"/clients/{one.public_id}/").content.decode()
    apart = browser.post(
        f"/clients/{other.public_id}/split/", {"domain": "house000.example", "name": "House Zero"}, follow=True
    )
    assert "House Zero stands for itself now." in apart.content.decode()
    assert Message.objects.filter(client__name="House Zero").count() == 3


def test_a_client_is_not_merged_into_itself(browser: Browser) -> None:
    one, _ = _two()
    refused = browser.post(f"/clients/{one.public_id}/merge/", {"target": one.public_id}, follow=True)
    assert "choose another" in refused.content.decode()
    assert "Choose the client" in browser.post(f"/clients/{one.public_id}/merge/", {}, follow=True).content.decode()


def test_an_engagement_is_added_changed_and_refused_in_words(browser: Browser) -> None:
    one, _ = _two()
    new = f"/clients/{one.public_id}/engagements/new/"
    refused = browser.post(new, {"name": "Site", "starts_on": "2026-05-01", "ends_on": "2026-04-01"})
    assert refused.status_code == 422
    assert "It ends before it begins" in refused.content.decode()
    assert browser.post(new, {"name": "Site", "yearly_value": "-1"}).status_code == 422
    browser.post(new, {"name": "Site", "starts_on": "2026-01-01", "yearly_value": "48000.50"})
    made = Engagement.objects.get()
    assert (made.client, str(made.yearly_value)) == (one, "48000.50")
    change = f"/clients/{one.public_id}/engagements/{made.public_id}/edit/"
    assert 'value="2026-01-01"' in browser.get(change).content.decode()
    browser.post(change, {"name": "Website", "starts_on": "2026-01-01", "version": "1"})
    assert Engagement.objects.get().name == "Website"


def test_the_list_sorts_and_finds(browser: Browser) -> None:
    page = browser.get("/clients/?sort=name").content.decode()
    assert page.index("House000") < page.index("House001")
    assert "House001" not in browser.get("/clients/?q=house000").content.decode()
    assert "Nobody of that name here" in browser.get("/clients/?q=zzz").content.decode()
    assert browser.get("/clients/?group=nonsense&page=2").status_code == 200
