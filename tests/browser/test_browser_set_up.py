"""A newcomer, from the link that `amends serve` prints to the first rows of Today: the real server, and a browser."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.browser.test_browser_every_page import _broken
from tests.integration.cli.test_serve import Served, served
from tests.letters import letter

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

Shoot = Callable[["Page", str], None]
MOST = 12  # fields and clicks
PATIENCE = 120_000  # milliseconds that a busy machine may take; nothing is measured by it


class Newcomer:
    """Counts what somebody has to do."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.did: list[str] = []

    def fill(self, label: str, value: str) -> None:
        self.did.append(f"fill {label}")
        self.page.get_by_label(label).fill(value)

    def click(self, button: str) -> None:
        self.did.append(f"click {button}")
        self.page.get_by_role("button", name=button, exact=True).click()

    def choose(self, label: str, file: Path) -> None:
        self.did.append(f"choose {label}")
        self.page.get_by_label(label).set_input_files(file)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight clients, each with a complaint of a few days ago that nobody has answered; sixty messages each."""
    now, letters = datetime.now(UTC), []
    for number in range(8):
        who, domain = f"Petra House <petra@house{number}.example>", f"house{number}.example"
        letters += [
            letter("Dear Ada,\n\nthank you, that is fine.\n", at=now - timedelta(days=5 * week, hours=number),
                   sender=who, message_id=f"w{week}@{domain}", subject=f"Week {week}")
            for week in range(60, 0, -1)
        ]  # fmt: skip
        letters.append(
            letter("Dear Ada,\n\nI am furious that the third invoice has an error again. Please look at it.\n",
                   at=now - timedelta(days=3, hours=number), sender=who, message_id=f"now@{domain}",
                   subject="Invoice")
        )  # fmt: skip
    file = tmp_path_factory.mktemp("mail") / "archive.mbox"
    file.write_bytes(b"".join(b"From x Thu Jan  1 00:00:00 2026\n" + one + b"\n" for one in letters))
    return file


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Served]:
    """What `make serve` starts, in an empty home."""
    with served(tmp_path / "home") as running:
        yield running


@pytest.fixture
def page(chromium: Browser, site: Served) -> Iterator[Page]:
    """Somebody in Toronto; whatever the console complains of fails the test."""
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{site.port}", viewport={"width": 1280, "height": 900},
        timezone_id="America/Toronto", locale="en-CA",
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    expect.set_options(timeout=PATIENCE)
    page = context.new_page()
    troubles: list[str] = []
    page.on("console", lambda said: troubles.append(said.text) if said.type in {"error", "warning"} else None)
    page.on("pageerror", lambda error: troubles.append(str(error)))
    yield page
    context.close()
    expect.set_options(timeout=5_000)
    assert troubles == []


def link_of(site: Served) -> str:
    found = re.search(r"(/enter/\S+)", site.log.read_text())
    assert found, site.log.read_text()
    return found[1]


def enter(newcomer: Newcomer, site: Served) -> None:
    newcomer.page.goto(link_of(site))
    newcomer.fill("Your name", "Ada Moss")
    newcomer.fill("Your e-mail address", "ada@studio.example")
    newcomer.fill("A password", "a long password 1")
    newcomer.click("Begin")
    newcomer.page.wait_for_url("**/set-up/")


def open_step(page: Page) -> Locator:
    return page.locator(".set-up > .now")


def test_from_the_link_to_the_first_rows_of_today(page: Page, site: Served, archive: Path, shoot: Shoot) -> None:
    ada = Newcomer(page)
    enter(ada, site)
    expect(page.get_by_label("Name of the firm")).to_have_value("Studio")
    expect(page.get_by_label("Time zone")).to_have_value("America/Toronto")
    expect(page.get_by_label("Country")).to_have_value("CA")
    expect(page.get_by_label("Currency")).to_have_value("CAD")
    expect(page.get_by_label("studio.example")).to_be_checked()
    expect(page.get_by_text("Next public holiday:")).to_be_visible()
    troubles = _look(page, shoot, "set-up-firm")
    ada.click("Next")
    expect(page.get_by_role("heading", name="Drop an archive")).to_be_visible()
    troubles += _look(page, shoot, "set-up-mail")
    ada.choose("Drop archives here, or choose them", archive)
    ada.click("Bring them in")
    expect(page.locator(".set-up-far")).to_be_visible()
    troubles += _look(page, shoot, "set-up-arriving")
    expect(page.get_by_text("Looks right: one of yours is on 100% of your mail.")).to_be_visible()
    ada.click("Next")
    troubles += _look(page, shoot, "set-up-people")
    ada.click("Nobody yet")
    expect(open_step(page).locator(".set-up-rows > li").first).to_contain_text("third invoice")
    troubles += _look(page, shoot, "set-up-filling")
    assert len(ada.did) <= MOST, ada.did
    expect(page.locator(".set-up-far")).to_contain_text("All 488 messages are read and judged.")
    expect(page.locator(".set-up-rows > li")).to_have_count(5)
    expect(page.get_by_text("and 3 more")).to_be_visible()
    page.get_by_role("link", name="Go to Today").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("8 clients need you")
    assert troubles == []


def test_by_keyboard_alone_and_coming_back(page: Page, site: Served, shoot: Shoot) -> None:
    """Changing the country by key; leaving in the midst, and signing in again goes on where it was."""
    enter(Newcomer(page), site)
    page.wait_for_load_state("networkidle")  # what follows from the time zone is there
    country = page.get_by_label("Country")
    country.focus()
    country.press("S")
    country.press("w")
    country.press("i")
    expect(page.get_by_label("Currency")).to_have_value("CHF")
    expect(page.get_by_label("Country")).to_be_focused()
    for _ in range(30):
        page.keyboard.press("Tab")
        if page.evaluate("document.activeElement.textContent.trim()") == "Next":
            break
    page.keyboard.press("Enter")
    expect(page.get_by_text("CHF. Next public holiday:")).to_be_visible()
    page.goto("/")
    page.wait_for_url("**/set-up/")
    expect(open_step(page)).to_contain_text("Drop an archive")
    page.get_by_role("button", name="Later").click()
    page.get_by_label("Their e-mail addresses").fill("Ben Hale <ben@studio.example>, cleo@studio.example")
    page.get_by_role("button", name="Invite them").click()
    expect(page.get_by_label("ben@studio.example")).to_have_value(re.compile("/enter/"))
    troubles = _look(page, shoot, "set-up-links")
    page.get_by_role("button", name="Next", exact=True).click()
    expect(page.get_by_text("No mail is here yet")).to_be_visible()
    troubles += _look(page, shoot, "set-up-nothing")
    page.get_by_role("link", name="Look at Today").click()
    expect(page.get_by_role("heading", name="Nobody needs you now.", exact=True)).to_be_visible()
    assert troubles == []


def test_without_script(chromium: Browser, site: Served, archive: Path) -> None:
    context = chromium.new_context(
        base_url=f"http://127.0.0.1:{site.port}", java_script_enabled=False, locale="de-AT",
        viewport={"width": 360, "height": 740},
    )  # fmt: skip
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    ada = Newcomer(page)
    enter(ada, site)
    assert page.get_by_label("Time zone").input_value() == "Europe/Vienna"
    ada.click("Next")
    ada.choose("Drop archives here, or choose them", archive)
    ada.click("Bring them in")
    ada.click("Next")
    ada.click("Nobody yet")
    again = page.get_by_role("link", name="See how far it is now")
    while not page.locator(".set-up-rows > li").count():
        assert again.count(), page.locator("main").inner_text()
        page.wait_for_timeout(300)  # as a person waits before reloading
        page.goto("/set-up/")
    assert "third invoice" in page.locator(".set-up-rows > li").first.inner_text()
    context.close()


def _look(page: Page, shoot: Shoot, name: str) -> list[str]:
    """The page wide and narrow, light and dark: no rule of axe is broken and nothing scrolls sideways."""
    troubles = []
    for width in (1280, 360):
        for theme in ("light", "dark"):
            page.set_viewport_size({"width": width, "height": 900 if width > 400 else 740})
            page.emulate_media(color_scheme=theme, reduced_motion="reduce")
            shoot(page, f"{name}-{'wide' if width > 400 else 'narrow'}-{theme}")
            troubles += _broken(page, f"{name} {width} {theme}")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        troubles += [f"{name}: {beyond} px too wide"] if beyond > 0 else []
    page.set_viewport_size({"width": 1280, "height": 900})
    return troubles
