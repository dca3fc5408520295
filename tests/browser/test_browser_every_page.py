"""Every page in both themes and two widths: no rule of axe is broken, nothing scrolls sideways, a picture is kept."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]


def _addresses(page: Page) -> dict[str, str]:
    page.goto("/")
    client = page.locator(".row-name").first.get_attribute("href") or ""
    thread = page.locator("[data-key=enter]").first.get_attribute("href") or ""
    page.goto("/mailboxes/")
    mailbox = page.get_by_role("link", name="refused@studio.example").get_attribute("href") or ""
    return {
        "today": "/", "clients": "/clients/", "unsure": "/clients/?group=unsure", "client": client,
        "engagement": f"{client}engagements/new/", "thread": thread, "search": "/search/?q=plan", "import": "/import/",
        "set-aside": "/set-aside/", "set-apart": "/set-apart/", "outbox": "/outbox/", "settings": "/settings/",
        "sending": "/settings/sending/", "check": "/check/?example=1",
        "welcome": "/welcome/", "drills": "/drills/", "drill": "/drills/the-remark/", "check-rules": "/settings/check/",
        "glossary": f"{client}glossary/", "worth": f"{client}worth/",
        "model": "/model/", "mailboxes": "/mailboxes/", "mailbox-add": "/mailboxes/add/", "mailbox": mailbox,
        "mailbox-mend": f"{mailbox}mend/", "mailbox-aside": f"{mailbox}set-aside/",
        "engagements": "/engagements/", "hours": "/import/hours/", "people": "/import/people/",
        "tokens": "/settings/tokens/", "webhooks": "/settings/webhooks/", "policy": "/settings/policy/",
        "members": "/settings/members/", "audit": "/settings/audit/", "you": "/settings/you/",
        "two-factor": "/settings/you/two-factor/", "confirm": "/settings/you/confirm/",
        "jobs": "/settings/jobs/", "set-up": "/set-up/", "set-up-firm": "/set-up/?step=firm",
        "set-up-mail": "/set-up/?step=mail", "set-up-people": "/set-up/?step=people",
    }  # fmt: skip


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_wide_pages_are_accessible(page: Page, shoot: Shoot, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    troubles = []
    for name, address in _addresses(page).items():
        page.goto(address)
        shoot(page, f"{name}-wide-{theme}")
        troubles += _broken(page, name)
        if name in {"today", "client", "thread", "clients"}:
            _open_everything(page)
            shoot(page, f"{name}-open-{theme}")
            troubles += _broken(page, f"{name} with everything open")
    assert troubles == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_narrow_pages_are_accessible_and_never_scroll_sideways(narrow_page: Page, shoot: Shoot, theme: str) -> None:
    page = narrow_page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    troubles = []
    for name, address in _addresses(page).items():
        page.goto(address)
        shoot(page, f"{name}-narrow-{theme}")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        troubles += [f"{name}: {beyond} px too wide"] if beyond > 0 else []
        troubles += _broken(page, name)
    assert troubles == []


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_door_is_accessible(page: Page, shoot: Shoot, theme: str) -> None:
    page.context.clear_cookies()
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    troubles = []
    for name, address in {
        "sign-in": "/sign-in/",
        "forgotten": "/sign-in/forgotten/",
        "link": "/enter/used-up/",
    }.items():
        page.route("**/enter/**", lambda route: route.fulfill(response=route.fetch(), status=200))
        page.goto(address)
        shoot(page, f"{name}-wide-{theme}")
        troubles += _broken(page, name)
    assert troubles == []


def test_forced_colours_keep_the_charts(page: Page, shoot: Shoot) -> None:
    page.emulate_media(forced_colors="active")
    page.goto(_addresses(page)["client"])
    shoot(page, "client-forced-colours")
    assert page.evaluate("getComputedStyle(document.querySelector('.chart-in')).fill") != "none"


def _open_everything(page: Page) -> None:
    """Open what is folded (one of the panels that exclude each other stays open)."""
    page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })")


def _broken(page: Page, name: str) -> list[str]:
    results = Axe().run(page)
    return [
        f"{name}: {violation['id']} {node['target']} {node['failureSummary']}"
        for violation in results.response["violations"]
        for node in violation["nodes"]
    ]
