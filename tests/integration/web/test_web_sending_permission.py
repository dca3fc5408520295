"""Sending with the permission of a mailbox (XOAUTH2), against a provider and a mail server of ours on loopback."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.test import Client as Browser
from tests.grantor import Provider
from tests.smtp import Sink, sink

from amends.firm.models import Member
from amends.firm.secrets import seal, unseal
from amends.flows.live.opening import PURPOSE
from amends.flows.send.deliver import send_next
from amends.mail.models import Account, Mailbox
from amends.outbox.models import SmtpAccount

ADA = "ada@studio.example"


@pytest.fixture
def provider(settings: Any) -> Iterator[Provider]:
    with Provider() as found:
        settings.MAIL_GRANTORS = {"google": found.settings()}
        found.refresh["refresh-first"] = ADA
        yield found


@pytest.fixture
def server(provider: Provider) -> Iterator[Sink]:
    with sink(auth_require_tls=False) as made:
        made.vouches = lambda token: str(provider.vouch(token)["email"])
        yield made


@pytest.fixture
def permitted(member: Member, provider: Provider, fresh: datetime) -> Account:
    """A mailbox of Ada's that the provider lets Amends read."""
    mailbox, _ = Mailbox.objects.update_or_create(address=ADA, defaults={"created_at": fresh, "owner": member})
    return Account.objects.create(
        mailbox=mailbox, host="localhost", username=ADA, credential="google", since=date(2020, 1, 1),
        secret=seal("refresh-first", purpose=PURPOSE), created_at=fresh, state_since=fresh,
    )  # fmt: skip


def _given(account: Account, port: int, **more: Any) -> dict[str, Any]:
    fields = {
        "from_address": ADA, "from_name": "Ada", "host": "127.0.0.1", "port": port, "security": "plain", "user": "",
        "password": "", "signature": "", "permission": str(account.public_id), **more,
    }  # fmt: skip
    return {"whose": "own"} | {f"own-{name}": value for name, value in fields.items()}


def _try(browser: Browser) -> str:
    browser.post("/settings/sending/trial/", {"whose": "own"})
    account = SmtpAccount.objects.get()
    assert send_next(account.pk, sender=uuid.uuid4(), clock=lambda: datetime.now(UTC) + timedelta(minutes=1))
    return str(browser.get("/settings/sending/state/?whose=own").content.decode())


def test_it_leaves_with_the_permission_and_no_password(
    browser: Browser, permitted: Account, server: Sink, provider: Provider
) -> None:
    assert f"The permission given for {ADA}" in browser.get("/settings/sending/").content.decode()
    assert browser.post("/settings/sending/", _given(permitted, server.port)).status_code == 302
    kept = SmtpAccount.objects.get()
    assert (kept.user, kept.password, kept.permission) == (ADA, "", permitted)
    assert "took a message" in _try(browser)
    assert server.recipients == [[ADA]]
    permitted.refresh_from_db()
    assert provider.refresh == {unseal(permitted.secret, purpose=PURPOSE): ADA}, "the new refresh token is kept"


def test_a_permission_that_was_taken_back_says_where_to_mend_it(
    browser: Browser, permitted: Account, server: Sink, provider: Provider
) -> None:
    browser.post("/settings/sending/", _given(permitted, server.port))
    provider.refuses = True
    assert "does not give the permission" in _try(browser)
    assert server.begun == 0


def test_a_server_that_refuses_is_heard_to_the_end(browser: Browser, permitted: Account, server: Sink) -> None:
    browser.post("/settings/sending/", _given(permitted, server.port))
    server.vouches = None
    assert f"refused the permission of {ADA}" in _try(browser)
    assert server.begun == 0


def test_a_token_goes_to_its_providers_server_alone(browser: Browser, permitted: Account, server: Sink) -> None:
    refused = browser.post("/settings/sending/", _given(permitted, server.port, host="smtp.else.example"))
    assert refused.status_code == 422
    assert "This permission is for 127.0.0.1 alone" in refused.content.decode()
    browser.post("/settings/sending/", _given(permitted, server.port))
    SmtpAccount.objects.update(host="localhost")
    assert "is for 127.0.0.1 alone" in _try(browser)
    assert server.begun == 0


def test_nobody_sends_by_anothers_permission(browser: Browser, permitted: Account, server: Sink) -> None:
    Mailbox.objects.update(owner=None)
    refused = browser.post("/settings/sending/", _given(permitted, server.port))
    assert refused.status_code == 422
    assert SmtpAccount.objects.count() == 0
