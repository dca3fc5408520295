"""People in a real browser: invited and in, two steps, and passkeys with Chromium's own virtual device."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import pytest
from tests.browser.conftest import PASSWORD
from tests.browser.test_browser_every_page import _broken

from amends.firm import totp
from amends.firm.models import Member, Passkey, Role

if TYPE_CHECKING:
    from playwright.sync_api import Page
    from pytest_django.live_server_helper import LiveServer

Shoot = Callable[["Page", str], None]


@pytest.fixture(autouse=True)
def _named(settings: Any, live_server: LiveServer) -> None:
    """Passkeys and links count for the address that people type."""
    settings.PUBLIC_URL = live_server.url


@pytest.fixture
def device(page: Page) -> str:
    """A telephone that unlocks by itself."""
    chrome = page.context.new_cdp_session(page)
    chrome.send("WebAuthn.enable")
    made = chrome.send(
        "WebAuthn.addVirtualAuthenticator",
        {"options": {
            "protocol": "ctap2", "transport": "internal", "hasResidentKey": True, "hasUserVerification": True,
            "isUserVerified": True, "automaticPresenceSimulation": True,
        }},
    )  # fmt: skip
    return str(made["authenticatorId"])


def _sign_out(page: Page) -> None:
    page.get_by_label("Menu of Ada Moss").click()
    page.get_by_role("button", name="Sign out").click()
    page.wait_for_url("**/sign-in/")


def test_somebody_is_invited_and_comes_in(page: Page, shoot: Shoot, live_server: LiveServer) -> None:
    page.goto("/settings/members/")
    page.get_by_label("E-mail address").fill("jo@studio.example")
    page.get_by_role("region", name="Invite somebody").get_by_label("Role").select_option("partner")
    page.get_by_role("button", name="Make a link to copy").click()
    link = page.get_by_label("The link").input_value()
    assert link.startswith(f"{live_server.url}/enter/")
    shoot(page, "members-link")
    troubles = _broken(page, "members with a link")
    page.get_by_label("Change the invitation of jo@studio.example").click()
    troubles += _broken(page, "members with a panel open")
    _sign_out(page)
    page.goto(link)
    troubles += _broken(page, "invitation")
    shoot(page, "invitation")
    page.get_by_label("Your name").fill("Jo Wren")
    page.get_by_label("A password").fill("twelve seams in a bowl")
    page.get_by_role("button", name="Join").click()
    page.wait_for_url("**/welcome/")
    troubles += _broken(page, "welcome")
    shoot(page, "welcome-joined")
    page.get_by_label("Menu of Jo Wren").click()
    assert page.get_by_role("link", name="Settings").count() == 0
    assert Member.objects.get(email="jo@studio.example").role == Role.PARTNER
    assert troubles == []


def test_the_second_step_is_asked_for(page: Page, shoot: Shoot) -> None:
    page.goto("/settings/you/two-factor/")
    page.get_by_text("No camera").click()
    secret = page.locator("#key").inner_text().replace(" ", "")
    code = page.get_by_label("Then the code that it shows")
    code.fill(totp.code_of(secret, totp.step_at(datetime.now(UTC))))
    code.press("Enter")
    recovery = page.locator("#codes li").first.inner_text()
    troubles = _broken(page, "recovery codes")
    _sign_out(page)
    page.get_by_label("E-mail address").fill("ada@studio.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/sign-in/second/")
    shoot(page, "second-step")
    troubles += _broken(page, "second step")
    page.get_by_label("Code").fill(recovery)
    page.keyboard.press("Enter")
    page.get_by_label("Menu of Ada Moss").wait_for()
    assert troubles == []


def test_a_passkey_is_added_and_signs_in(page: Page, device: str, shoot: Shoot) -> None:
    page.goto("/settings/you/two-factor/")
    page.get_by_label("What you call it").fill("My telephone")
    page.get_by_role("button", name="Add a passkey").click()
    page.get_by_text("My telephone").first.wait_for()
    page.get_by_text("Your recovery codes").wait_for()
    shoot(page, "passkeys")
    troubles = _broken(page, "passkeys")
    _sign_out(page)
    shoot(page, "sign-in-with-passkeys")
    troubles += _broken(page, "sign-in with passkeys")
    page.get_by_role("button", name="Sign in with a passkey").click()
    page.get_by_label("Menu of Ada Moss").wait_for()
    assert Passkey.objects.get().used_at is not None
    _sign_out(page)
    page.get_by_label("E-mail address").fill("ada@studio.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/sign-in/second/")
    page.get_by_role("button", name="Use a passkey").click()
    page.get_by_label("Menu of Ada Moss").wait_for()
    assert troubles == []
