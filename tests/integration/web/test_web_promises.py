"""The page of promises: what it says beside a date."""

from __future__ import annotations

from datetime import datetime

import pytest
from django.test import Client as Browser

from amends.clients.models import Client, Standing
from amends.firm.models import Firm
from amends.signals.models import Promise


@pytest.fixture
def hartwell(firm: Firm, fresh: datetime) -> Client:
    return Client.objects.create(
        name="Hartwell", standing=Standing.CLIENT, standing_fixed=True, first_at=fresh, last_at=fresh, created_at=fresh
    )


def test_a_day_on_which_nobody_works_is_taken_and_remarked_on(browser: Browser, hartwell: Client) -> None:
    given = {"client": "Hartwell", "by": "firm", "text": "Bring the proofs", "due": "Saturday"}
    said = browser.post("/promises/add/", given, follow=True).content.decode()
    assert Promise.objects.get().due is not None
    assert said.count("a Saturday: we do not work then") == 2  # in what was noted, and beside the date
    waits = browser.get("/promises/?show=waiting").content.decode()
    assert '<input type="hidden" name="next" value="/promises/?show=waiting">' in waits
    browser.post("/promises/add/", {**given, "text": "Send the list", "due": "Monday"})
    assert browser.get("/promises/").content.decode().count("we do not work then") == 1
