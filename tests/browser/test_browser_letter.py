"""A first message to a client in a real browser: narrow and wide, and nothing to find for axe."""

from __future__ import annotations

from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from tests.browser.test_browser_reply import account, server  # noqa: F401 (fixtures)

from amends.clients.models import Client

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from amends.outbox.models import SmtpAccount


def test_it_fits_and_can_be_used_by_everybody(page: Page, account: SmtpAccount) -> None:  # noqa: F811
    client = Client.objects.filter(contacts__isnull=False).first()
    assert client is not None
    for width in (1280, 360):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(f"/clients/{client.public_id}/write/")
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert Axe().run(page).response["violations"] == []
