"""What is closed, as those see it who may not read it, and as its owner shares it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.letters import bring, judged, letter, mailbox

from amends.firm.models import Firm, Member, Role
from amends.mail.models import Visibility

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

Shoot = Callable[["Page", str], None]
PASSWORD = "a long password 1"


@pytest.fixture
def closed(firm: Firm, member: Member, mail: None, fresh: datetime) -> Member:
    """Ada's own mailbox, of which Ben sees nothing but that it is there, and one of which he sees subjects."""
    for address, visibility in (("ada@studio.example/own", "metadata"), ("ada@studio.example/heads", "subject")):
        box = mailbox(now=fresh, address=address)
        box.owner, box.visibility = member, Visibility(visibility)
        box.save()
    who = "Petra Hartwell <petra@hartwell.example>"
    bring(letter("Dear Ada,\n\nthis stays between us: I am furious that nobody answers me.\n\nPetra\n",
                 at=fresh - timedelta(days=2), sender=who, subject="Between us", message_id="own@hartwell.example",
                 references=["now@hartwell.example"]), now=fresh, address="ada@studio.example/own")  # fmt: skip
    judged(now=fresh)
    bring(letter("Dear Ada,\n\nthe offer is fine.\n", at=fresh - timedelta(days=3), sender=who, subject="The offer",
                 message_id="head@hartwell.example", references=["now@hartwell.example"]),
          now=fresh, address="ada@studio.example/heads")  # fmt: skip
    judged(now=fresh)
    return Member.objects.create_member(
        email="ben@studio.example", name="Ben Vale", role=Role.STAFF, now=fresh, password=PASSWORD
    )


@pytest.fixture
def as_ben(chromium: Browser, live_server: LiveServer, closed: Member) -> Iterator[Callable[[int], Page]]:
    """A page on which Ben is signed in, so many pixels wide."""
    contexts = []

    def enter(width: int, email: str = "ben@studio.example") -> Page:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": width, "height": 900})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in").click()
        page.wait_for_url("**/")
        return page

    yield enter
    for context in contexts:
        context.close()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark"), (360, "light")])
def test_pages_are_calm_about_what_is_closed(as_ben: Callable[..., Page], shoot: Shoot, width: int, theme: str) -> None:
    page = as_ben(width)
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    page.goto("/")
    _open_all(page)
    assert page.get_by_text("In mail that you may not read. Ask Ada Moss to share it.").count()
    assert not page.get_by_text("between us").count()
    client = page.get_by_role("link", name="Hartwell").first.get_attribute("href") or ""
    thread = page.locator(".reason-quote", has_text="third invoice").first.get_attribute("href") or ""
    for name, address in {"today": "/", "client": client, "thread": thread, "who": "/mailboxes/who/"}.items():
        page.goto(address)
        if name == "today":
            _open_all(page)
        shoot(page, f"privacy-{name}-{width}-{theme}")
        results = Axe().run(page)
        assert [violation["id"] for violation in results.response["violations"]] == [], name
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, name


def test_ada_shares_a_conversation_and_takes_it_back(as_ben: Callable[..., Page], shoot: Shoot) -> None:
    ada, ben = as_ben(1280, "ada@studio.example"), as_ben(390)
    ada.goto("/search/?q=furious")
    ada.get_by_role("link", name="Between us").click()
    where = ada.url.partition("#")[0]
    ben.goto(where)
    assert not ben.get_by_text("this stays between us").count()
    ada.get_by_label("Share with").select_option(label="Ben Vale")
    ada.get_by_role("button", name="Share", exact=True).click()
    ada.get_by_text("Ben Vale may read it now.").wait_for()
    shoot(ada, "privacy-sharing-1280")
    assert [violation["id"] for violation in Axe().run(ada).response["violations"]] == []
    ben.goto(where)
    assert ben.get_by_text("this stays between us").count()
    ada.get_by_role("button", name="Take back from Ben Vale").click()
    ada.get_by_text("Taken back.").wait_for()
    ben.goto(where)
    assert not ben.get_by_text("this stays between us").count()
    ada.goto("/mailboxes/who/")
    shoot(ada, "privacy-mine-1280")
    ada.get_by_label("Others see").first.select_option(label="Subjects too")
    ada.get_by_role("button", name="Save").first.click()
    ada.get_by_text("others see who, when and the subject now").wait_for()


def _open_all(page: Page) -> None:
    """Open what each row of *Today* says further, and wait until it is there."""
    page.evaluate("document.querySelectorAll('.row-more').forEach((one) => { one.open = true; })")
    from playwright.sync_api import expect

    expect(page.locator(".row-more > p.row-rest")).to_have_count(0)
