"""A provider's permission in place of a password: asked for in the browser, kept sealed, refreshed, taken back."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime
from html import unescape
from typing import Any

import httpx
import pytest
from django.test import Client as Browser
from tests.dovecot import Dovecot, need_dovecot
from tests.grantor import Provider
from tests.letters import letter

from amends.firm.models import Firm, Member
from amends.firm.secrets import unseal
from amends.flows.live.opening import PURPOSE
from amends.flows.live.turn import Turn
from amends.mail.live import Connector, PasswordRefused, open_link
from amends.mail.models import Account, AccountState, Credential, Message

Look = Callable[..., Turn]


@pytest.fixture(scope="module")
def provider() -> Iterator[Provider]:
    with Provider() as running:
        yield running


@pytest.fixture(scope="module")
def token_server(provider: Provider) -> Iterator[Dovecot]:
    """A Dovecot that takes access tokens, and asks the provider whether they are good."""
    with _taking(provider, "xoauth2 oauthbearer") as running:
        yield running


def _taking(provider: Provider, mechanisms: str) -> Dovecot:
    server = Dovecot(need_dovecot(), mechanisms=f" {mechanisms}")
    vouching = server.folder / "oauth2.conf"
    vouching.write_text(
        f"introspection_url = {provider.url}/introspect?token=\nintrospection_mode = get\nusername_attribute = email\n"
        "active_attribute = active\nactive_value = true\n"
    )
    server.configure(f"passdb {{\n  driver = oauth2\n  mechanisms = {mechanisms}\n  args = {vouching}\n}}\n")
    return server


@pytest.fixture
def asked(
    browser: Browser, token_server: Dovecot, provider: Provider, settings: Any
) -> Iterator[Callable[..., tuple[str, str]]]:
    """Ask for permission in the browser; gives the user and where the provider sends people back to."""
    settings.MAIL_CA_FILE = str(token_server.ca)
    settings.MAIL_GRANTORS = {"google": provider.settings()}
    provider.refuses = provider.away = False

    def ask(user: str = "", address: str = "/mailboxes/add/") -> tuple[str, str]:
        user = user or token_server.user()
        given = {
            "address": user, "password": "", "since": "2020-01-01", "visibility": "metadata", "host": "localhost",
            "port": str(token_server.tls_port), "security": "tls", "owner": "", "permission": "google",
        }  # fmt: skip
        page = browser.post(address, given)
        assert page.status_code == 200
        [there] = re.findall(r'href="(http://127[^"]+)"', page.content.decode())
        answer = httpx.get(unescape(there), follow_redirects=False)
        return user, answer.headers["Location"].partition("8000")[2]

    yield ask
    provider.refuses = provider.away = False


@pytest.fixture
def browser(client: Browser, firm: Firm, member: Member) -> Browser:
    client.force_login(member, backend="amends.firm.sign_in.MemberBackend")
    return client


def test_a_permission_is_given_kept_and_refreshed(
    browser: Browser, asked: Callable[..., tuple[str, str]], token_server: Dovecot, provider: Provider, look: Look
) -> None:
    user, back = asked()
    answer = browser.get(back)
    account = Account.objects.select_related("mailbox").get()
    assert answer["Location"] == f"/mailboxes/{account.public_id}/"
    assert (account.credential, account.username) == (Credential.GOOGLE, user)
    first = unseal(account.secret, purpose=PURPOSE)
    assert provider.refresh[first] == user
    token_server.deliver(user, [letter(at=datetime.now(UTC), message_id="1@x.example")])
    look(account)
    assert account.state == AccountState.READY
    assert Message.objects.count() == 1
    second = unseal(account.secret, purpose=PURPOSE)
    assert second != first  # the provider gave a new one, and the old one is worth nothing
    assert provider.refresh[second] == user


def test_an_answer_counts_once_and_for_whoever_asked(browser: Browser, asked: Callable[..., tuple[str, str]]) -> None:
    _, back = asked()
    assert browser.get(back.replace("state=", "state=x"))["Location"] == "/mailboxes/"
    assert browser.get(back)["Location"] == "/mailboxes/"  # what waited was thrown away with the wrong answer
    assert not Account.objects.exists()
    _, back = asked()
    browser.get("/mailboxes/permission/?error=access_denied&state=")
    assert not Account.objects.exists()
    for address in ("/mailboxes/permission/", "/mailboxes/permission/?code=x&state=y"):
        assert browser.get(address)["Location"] == "/mailboxes/"


def test_a_permission_that_is_taken_back_needs_a_person(
    browser: Browser, asked: Callable[..., tuple[str, str]], provider: Provider, look: Look
) -> None:
    user, back = asked()
    browser.get(back)
    account = Account.objects.get()
    provider.away = True
    look(account)
    assert account.next_at is not None  # that passes
    assert account.failures == 1
    provider.away, provider.refuses = False, True
    look(account)
    assert account.state == AccountState.REFUSED
    assert Account.objects.get().next_at is None
    assert "Permission refused since" in browser.get("/mailboxes/").content.decode()
    provider.refuses = False
    _, back = asked(user, f"/mailboxes/{account.public_id}/mend/")
    assert browser.get(back)["Location"] == f"/mailboxes/{account.public_id}/"
    look(account)
    assert account.state == AccountState.READY


def test_a_token_that_the_mail_server_refuses_is_said_so(
    browser: Browser, asked: Callable[..., tuple[str, str]], provider: Provider, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, back = asked()
    monkeypatch.setattr(provider, "vouch", lambda token: {"active": False, "email": ""})
    browser.get(back)
    assert not Account.objects.exists()
    assert "does not take the provider&#x27;s permission" in browser.get("/mailboxes/").content.decode()


def test_a_server_that_knows_only_the_standards_mechanism(provider: Provider) -> None:
    """OAUTHBEARER (RFC 7628), and its refusal, which comes as a challenge."""
    with _taking(provider, "oauthbearer") as server:
        user = server.user()
        provider.access["good"] = user
        where = Connector("localhost", server.tls_port, "tls", user, token="good", ca_file=str(server.ca))
        with open_link(where) as link:
            assert link.examine("INBOX").messages == 0
        with pytest.raises(PasswordRefused, match="does not take the provider's permission"):
            open_link(replace(where, token="bad"))


def test_without_a_registration_nothing_is_offered(browser: Browser, settings: Any) -> None:
    settings.MAIL_GRANTORS = {}
    assert "permission" not in browser.get("/mailboxes/add/").content.decode()
    given = {"address": "x@studio.example", "since": "2020-01-01", "visibility": "all", "permission": "microsoft"}
    answer = browser.post("/mailboxes/add/", given)
    assert "Amends is not registered for Microsoft" in answer.content.decode()
