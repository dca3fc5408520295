"""Statement, portfolio and policy in a browser: lines open in place, both themes, two widths, axe clean."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from amends.capital.rules import Event
from amends.clients.models import Client, Engagement, Standing
from amends.core.ids import uuid7
from amends.firm.models import Member
from amends.flows.capital.posting import settle

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]
STORY = (
    ("renewal", 340), ("praise", 300), ("promise_kept", 260), ("referral_in", 230), ("praise", 200),
    ("promise_kept", 150), ("gesture", 120), ("review_good", 110), ("promise_broken", 60), ("complaint", 52),
    ("owned_late", 50), ("anger", 45), ("promise_broken", 40), ("recovery_yes", 12), ("praise", 5),
)  # fmt: skip


@pytest.fixture(autouse=True)
def accounts(mail: None, member: Member, fresh: datetime) -> Client:
    """A client with a year's history, and three others with a value and something of their own."""
    found = None
    for place, client in enumerate(Client.objects.filter(domains__value__endswith=".example").order_by("name")):
        Client.objects.filter(pk=client.pk).update(standing=Standing.CLIENT, standing_fixed=True)
        work = Engagement.objects.create(
            client=client, name="Retainer", kind=("Brochures", "Sites")[place % 2],
            yearly_value=(48_000, 120_000, 9_500, 22_000, 4_000)[place % 5], created_at=fresh,
            renews_on=(fresh + timedelta(days=20 + 60 * place)).date(),
        )  # fmt: skip
        story = STORY if client.name == "Hartwell" else STORY[place :: 3]
        settle(
            [
                Event(f"{client.pk}:{n}", kind, client.pk, fresh - timedelta(days=days), ("survey", uuid7()),
                      engagement=work.pk, cause="software-outage" if kind == "recovery_yes" else "")
                for n, (kind, days) in enumerate(story)
            ], now=fresh,
        )  # fmt: skip
        found = client if client.name == "Hartwell" else found
    assert found is not None
    return found


def _broken(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{one['id']}: {node['html'][:120]}" for one in found for node in one["nodes"]]


def _no_wider(page: Page) -> None:
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert wide <= 0, f"{page.url} scrolls sideways by {wide}"


def test_a_line_opens_to_what_it_rests_on(page: Page, accounts: Client, shoot: Shoot) -> None:
    page.goto(f"/clients/{accounts.public_id}/")
    shoot(page, "client-with-capital")
    page.locator(".client-capital a").click()
    expect(page.get_by_role("heading", name="Relationship capital")).to_be_visible()
    line = page.locator(".posting", has_text="Complaint").first
    line.locator("summary").click()
    expect(line).to_contain_text("The client says that something is wrong.")
    line.get_by_role("link", name="Open the conversation").click()
    expect(page.locator("h1")).to_contain_text("Week 2")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_pages_of_capital_are_accessible(page: Page, accounts: Client, shoot: Shoot, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    troubles = []
    year = (accounts.created_at.date() - timedelta(days=330)).isoformat()
    places = {
        "statement": f"/clients/{accounts.public_id}/capital/?from={year}", "portfolio": "/portfolio/",
        "flows": "/portfolio/flows/", "policy": "/settings/policy/",
    }  # fmt: skip
    for width, size in (("wide", 1280), ("narrow", 360)):
        page.set_viewport_size({"width": size, "height": 900})
        for name, address in places.items():
            page.goto(address)
            shoot(page, f"capital-{name}-{width}-{theme}")
            page.evaluate(
                "[...document.querySelectorAll('.posting details')].slice(0, 3).forEach((one) => { one.open = true; })"
            )
            _no_wider(page)
            troubles += [f"{name} {width}: {one}" for one in _broken(page)]
            if name == "statement":
                shoot(page, f"capital-{name}-open-{width}-{theme}")
    assert troubles == []


def test_the_chart_of_the_portfolio_is_followed_by_key(page: Page, accounts: Client) -> None:
    page.goto("/portfolio/")
    dot = page.locator(".chart-wide .map-dot", has=page.locator("title", has_text="Hartwell"))
    dot.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="Relationship capital")).to_be_visible()
    page.wait_for_load_state("networkidle")
    assert str(accounts.public_id) in page.url
