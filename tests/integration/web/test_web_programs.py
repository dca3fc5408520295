"""The pages of tokens and webhooks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from html import unescape
from typing import Any

import pytest
from django.test import Client as Browser
from tests.integration.web.conftest import no_firm
from tests.receiver import Receiver

from amends.firm.models import AccessToken, Firm, Member, Role
from amends.firm.rules import Scope
from amends.firm.tokens import make_token
from amends.flows.webhooks.deliver import deliver
from amends.webhooks.models import Delivery, Endpoint
from amends.webhooks.rules import CHOICES

SECRET = re.compile(r"<textarea id=\"secret\"[^>]*>([^<]+)</textarea>")


def _secret(answer: Any) -> str:
    found = SECRET.search(answer.content.decode())
    assert found is not None
    return unescape(found[1])


@pytest.fixture
def staff(firm: Firm, fresh: datetime) -> Member:
    return Member.objects.create_member(email="st@studio.example", name="Stan", role=Role.STAFF, now=fresh)


def _as(member: Member) -> Browser:
    browser = Browser()
    browser.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return browser


def test_a_token_is_made_shown_once_and_revoked(browser: Browser) -> None:
    assert "None yet." in browser.get("/settings/tokens/").content.decode()
    made = browser.post("/settings/tokens/", {"name": "Chat", "lasts": "30", "scopes": ["read:clients", "read:time"]})
    assert "no-store" in made["Cache-Control"]
    secret = _secret(made)
    page = browser.get("/settings/tokens/").content.decode()
    assert "Chat" in page
    assert secret not in page
    with no_firm():
        said = Browser().get("/api/v1/me", headers={"Authorization": f"Bearer {secret}"}).json()
    assert said["scopes"] == ["read:clients", "read:time"]
    token = AccessToken.objects.get()
    assert token.expires_at is not None
    assert token.expires_at - token.created_at == timedelta(days=30)
    assert browser.post(f"/settings/tokens/{token.public_id}/revoke/")["Location"] == "/settings/tokens/"
    assert "None yet." in browser.get("/settings/tokens/").content.decode()
    assert browser.post(f"/settings/tokens/{token.public_id}/revoke/").status_code == 404


@pytest.mark.parametrize("wrong", [{"name": ""}, {"scopes": []}, {"scopes": ["write:everything"]}, {"lasts": "1000"}])
def test_what_a_token_cannot_be_is_said_beside_its_field(wrong: dict[str, object], browser: Browser) -> None:
    answer = browser.post("/settings/tokens/", {"name": "x", "lasts": "", "scopes": ["read:mail"], **wrong})
    assert answer.status_code == 422
    assert 'class="errors"' in answer.content.decode()
    assert not AccessToken.objects.exists()


def test_everybody_has_tokens_and_an_administrator_sees_all(
    browser: Browser, staff: Member, member: Member, fresh: datetime
) -> None:
    mine, _ = make_token(member, name="Mine", scopes=[Scope.READ_MAIL], now=fresh)
    theirs, _ = make_token(staff, name="Theirs", scopes=[Scope.READ_MAIL], now=fresh)
    page = browser.get("/settings/tokens/").content.decode()
    assert "Theirs" in page
    assert "Stan" in page
    other = _as(staff)
    seen = other.get("/settings/tokens/").content.decode()
    assert "Theirs" in seen
    assert "Mine" not in seen
    assert "write:engagements" not in seen  # their role does not allow it
    assert other.post(f"/settings/tokens/{mine.public_id}/revoke/").status_code == 404
    assert browser.post(f"/settings/tokens/{theirs.public_id}/revoke/").status_code == 302
    theirs.refresh_from_db()
    assert theirs.revoked_at is not None
    home = other.get("/").content.decode()
    assert 'data-place="settings" href="/settings/you/"' in home  # what is theirs of the settings begins there


@pytest.fixture
def receiver(settings: Any) -> Iterator[Receiver]:
    settings.WEBHOOKS_PRIVATE = True
    made = Receiver()
    yield made
    made.close()


def test_a_webhook_is_added_tested_paused_and_removed(
    browser: Browser, receiver: Receiver, fresh: datetime, member: Member
) -> None:
    assert "None yet." in browser.get("/settings/webhooks/").content.decode()
    given = {"url": receiver.url, "description": "Chat", "kinds": [str(kind) for kind in CHOICES]}
    secret = _secret(browser.post("/settings/webhooks/", given))
    hook = Endpoint.objects.get()
    address = f"/settings/webhooks/{hook.public_id}/"
    assert secret not in browser.get(address).content.decode()
    assert browser.post(f"{address}act/", {"do": "ping"})["Location"] == address
    waiting = browser.get(address).content.decode()
    assert "On its way" in waiting
    assert 'hx-trigger="every 2s"' in waiting
    receiver.plan = [500]
    _deliver()
    part = browser.get(f"{address}recent/").content.decode()
    assert "The receiver answered 500." in part
    assert "hx-trigger" not in part
    delivery = Delivery.objects.get()
    assert browser.post(f"{address}again/{delivery.public_id}/")["Location"] == address
    _deliver()
    assert "Delivered, 204" in browser.get(f"{address}recent/").content.decode()
    assert [letter.signed_by(secret) for letter in receiver.letters] == [True, True]
    browser.post(f"{address}act/", {"do": "pause"})
    assert "Paused." in browser.get(address).content.decode()
    assert "Paused" in browser.get("/settings/webhooks/").content.decode()
    browser.post(f"{address}act/", {"do": "resume"})
    assert "Up to date" in browser.get("/settings/webhooks/").content.decode()
    renewed = _secret(browser.post(f"{address}act/", {"do": "secret"}))
    assert renewed != secret
    changed = browser.post(address, {**given, "kinds": ["import.done"], "description": "Elsewhere"})
    assert changed["Location"] == address
    hook.refresh_from_db()
    assert (hook.kinds, hook.description) == (["import.done"], "Elsewhere")
    assert browser.post(f"{address}act/", {"do": "dance"}).status_code == 400
    assert browser.post(f"{address}act/", {"do": "remove"})["Location"] == "/settings/webhooks/"
    assert browser.get(address).status_code == 404


def _deliver() -> None:
    from amends.web.http import clock

    deliver(clock=clock)


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"url": "http://example.com/"}, "Write the address with https"),
        ({"url": "https://localhost/"}, "not on the open internet"),
        ({"kinds": []}, "Choose at least one"),
    ],
)
def test_what_a_webhook_cannot_be_is_said(wrong: dict[str, object], says: str, browser: Browser) -> None:
    answer = browser.post("/settings/webhooks/", {"url": "https://example.com/", "kinds": ["import.done"], **wrong})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert not Endpoint.objects.exists()


def test_webhooks_are_for_administrators(staff: Member, browser: Browser) -> None:
    browser.post("/settings/webhooks/", {"url": "https://example.com/", "kinds": ["import.done"]})
    address = f"/settings/webhooks/{Endpoint.objects.get().public_id}/"
    other = _as(staff)
    for answer in (
        other.get("/settings/webhooks/"), other.post("/settings/webhooks/"), other.get(address), other.post(address),
        other.post(f"{address}act/", {"do": "ping"}), other.get(f"{address}recent/"),
        other.post(f"{address}again/{staff.public_id}/"),
    ):  # fmt: skip
        assert answer.status_code == 403
    assert "Webhooks" not in other.get("/settings/tokens/").content.decode()
