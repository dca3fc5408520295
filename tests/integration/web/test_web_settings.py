"""The settings page."""

from __future__ import annotations

from django.test import Client as Browser

from amends.firm.models import Firm, OwnDomain

GIVEN = {
    "name": "Studio Moss", "domains": "studio.example\nmoss.example", "timezone": "Europe/Berlin", "country": "DE",
    "work_days": ["1", "2", "4"], "day_start": "08:30", "day_end": "16:00", "currency": "eur", "reasons_days": "60",
}  # fmt: skip


def test_a_firm_says_who_it_is(browser: Browser, firm: Firm) -> None:
    assert browser.post("/settings/", GIVEN)["Location"] == "/settings/"
    firm.refresh_from_db()
    assert (firm.name, firm.timezone, firm.country) == ("Studio Moss", "Europe/Berlin", "DE")
    assert (firm.work_days, firm.currency, firm.reasons_days) == ("124", "EUR", 60)
    assert set(OwnDomain.objects.values_list("value", flat=True)) == {"studio.example", "moss.example"}
    assert "Studio Moss" in browser.get("/settings/").content.decode()


def test_what_cannot_be_is_refused_beside_its_field(browser: Browser, firm: Firm) -> None:
    wrong = {
        "domains": "no domain", "day_end": "08:00", "currency": "€", "reasons_days": "0", "timezone": "Moon/Base",
    }  # fmt: skip
    for name, value in wrong.items():
        answer = browser.post("/settings/", {**GIVEN, name: value})
        assert answer.status_code == 422, name
        assert 'class="errors"' in answer.content.decode(), name
    firm.refresh_from_db()
    assert firm.name == "Studio"
