"""The settings page."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import datetime

import pytest
from django.test import Client as Browser

from amends.firm.models import Firm, Member, OwnDomain, Role
from amends.flows.teach import correct
from amends.judgement.model import use
from amends.mail.queries import SYSTEM
from amends.signals.models import Signal


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    """What is noticed here must not change with the model."""
    with use(None):
        yield


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


def test_corrections_leave_with_consent_and_for_administrators_only(
    browser: Browser, member: Member, complaints: Callable[[int], None], fresh: datetime
) -> None:
    assert "Nothing yet." in browser.get("/settings/").content.decode()
    complaints(1)
    signal = Signal.objects.get(kind="complaint")
    correct(SYSTEM, signal.message.public_id, right="", signal=signal.public_id, member=member, now=fresh)
    assert "1 correction so far" in browser.get("/settings/").content.decode()
    refused = browser.post("/settings/corrections/")
    assert refused.status_code == 422
    assert "Tick the box first" in refused.content.decode()
    assert b"furious" not in refused.content
    given = browser.post("/settings/corrections/", {"consent": "yes"})
    assert given["Content-Disposition"].startswith("attachment; filename")
    assert given["Cache-Control"] == "no-store"
    [line] = given.content.decode().splitlines()
    assert json.loads(line) == {
        "text": signal.quote, "kind_said": "complaint", "kind_right": "", "at": fresh.isoformat(), "sure": True,
    }  # fmt: skip
    member.role = Role.PARTNER
    member.save()
    assert browser.get("/settings/").status_code == 403
    assert browser.post("/settings/", GIVEN).status_code == 403
    assert browser.post("/settings/corrections/", {"consent": "yes"}).status_code == 403
