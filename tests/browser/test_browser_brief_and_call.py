"""The brief and the call in a real browser: the network cut, the tab closed, two who take notes, the keyboard alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.recovering import conversation as converse
from tests.recovering import found, recovery

from amends.firm.models import Member, Role
from amends.recovery.models import Call, Issue, Note, Recovery

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

Shoot = Callable[["Page", str], None]
PASSWORD = "a long password 1"
SAVED, HERE = "Saved", "Kept in this browser"


@pytest.fixture
def mail(transactional_db: None, firm: object, fresh: datetime) -> None:
    """Only what these tests need."""
    converse(at=fresh)


@pytest.fixture
def made(mail: None, member: Member, fresh: datetime) -> Recovery:
    one = recovery(by=member, at=fresh)
    first, second, _third = Issue.objects.order_by("place")
    found(first, by=member, at=fresh)
    found(second, by=member, at=fresh, responsibility="client", sure="likely", hard_part="It was their list.")
    return one


@pytest.fixture
def ben(firm: object, fresh: datetime) -> Member:
    return Member.objects.create_member(
        email="ben@studio.example", name="Ben", role=Role.STAFF, now=fresh, password=PASSWORD
    )


def _begin(page: Page, made: Recovery) -> str:
    page.goto(f"/recoveries/{made.public_id}/call/")
    page.get_by_role("button", name="Begin the call").click()
    page.wait_for_url("**/calls/**")
    return page.url


def _saved(page: Page, words: str = SAVED) -> None:
    expect(page.locator("[data-saved]")).to_contain_text(words)


def _forgotten(page: Page) -> None:
    """The browser keeps nothing of the call any more. (Playwright's own waiting evaluates, which our pages forbid.)"""
    for _ in range(200):
        if not page.evaluate("Object.keys(localStorage).some((key) => key.startsWith('amends-call '))"):
            return
        page.wait_for_timeout(50)
    pytest.fail("notes are still kept in the browser")


def _texts() -> list[str]:
    return list(Note.objects.exclude(text="").order_by("at", "pk").values_list("text", flat=True))


def _sign_in(chromium: Browser, live_server: LiveServer, email: str) -> BrowserContext:
    context = chromium.new_context(base_url=live_server.url, viewport={"width": 1024, "height": 768})
    context.set_default_timeout(10_000)
    page = context.new_page()
    page.goto("/sign-in/")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/")
    return context


def _close(context: BrowserContext) -> None:
    """Leave the pages that ask the server every few seconds, so that none asks while the next test clears the rows."""
    context.set_offline(False)
    for page in context.pages:
        page.goto("/healthz")
    context.close()


@pytest.fixture
def ada(chromium: Browser, live_server: LiveServer, member: Member, made: Recovery) -> Iterator[BrowserContext]:
    """Ada's browser; a network that is cut complains in its console, so nobody listens there."""
    context = _sign_in(chromium, live_server, "ada@studio.example")
    yield context
    _close(context)


def test_nothing_is_lost_when_the_network_is_cut_and_the_tab_closed(ada: BrowserContext, made: Recovery) -> None:
    page = ada.pages[0]
    address = _begin(page, made)
    page.keyboard.type("She is furious about the invoices")  # the box of listening has the focus
    _saved(page)
    assert _texts() == ["She is furious about the invoices"]
    ada.set_offline(True)
    page.keyboard.type(", and about Tuesday.")
    _saved(page, HERE)
    page.keyboard.press("Control+Enter")
    page.keyboard.type("Billed twice, she is right.")
    page.keyboard.press("Alt+p")
    page.keyboard.type("corrected invoice by Friday")
    _saved(page, HERE)
    assert _texts() == ["She is furious about the invoices"]
    page.close()  # the laptop is shut

    again = ada.new_page()
    ada.set_offline(False)
    again.goto(address)
    _saved(again)
    assert (
        again.get_by_label("Notes of listening").input_value()
        == "She is furious about the invoices, and about Tuesday."
    )
    assert again.get_by_label("Notes on point 1").input_value() == "Billed twice, she is right."
    expect(again.get_by_label("What we do, and by when")).to_have_value("corrected invoice by Friday")
    expect(again.locator(".call-heard .call-due").first).to_contain_text("Friday")
    assert sorted(_texts()) == sorted(
        [
            "She is furious about the invoices, and about Tuesday.",
            "Billed twice, she is right.",
            "corrected invoice by Friday",
        ]
    )
    # cut while the page stays: what was typed meanwhile is sent when the network is back
    ada.set_offline(True)
    again.get_by_label("Notes on point 2").fill("The list was theirs.")
    _saved(again, HERE)
    ada.set_offline(False)
    _saved(again)
    assert "The list was theirs." in _texts()


def test_notes_left_in_a_closed_tab_are_sent_from_any_page(ada: BrowserContext, made: Recovery) -> None:
    page = ada.pages[0]
    _begin(page, made)
    ada.set_offline(True)
    page.keyboard.type("Left behind.")
    _saved(page, HERE)
    page.close()
    Call.objects.update(ended_at=Call.objects.get().began_at)  # a colleague ended it
    ada.set_offline(False)
    again = ada.new_page()
    with again.expect_response("**/notes"):
        again.goto("/")
    _forgotten(again)
    assert _texts() == ["Left behind."]


def test_two_take_notes_and_neither_disturbs_the_other(
    ada: BrowserContext, chromium: Browser, live_server: LiveServer, made: Recovery, ben: Member
) -> None:
    page = ada.pages[0]
    address = _begin(page, made)
    other = _sign_in(chromium, live_server, "ben@studio.example")
    his = other.pages[0]
    his.goto(address)
    his.keyboard.type("Ben hears this")
    _saved(his)
    page.keyboard.type("Ada hears that")
    expect(page.locator(".call-others li").first).to_contain_text("Ben hears this")
    page.keyboard.type(" as well")  # the caret stayed where it was
    _saved(page)
    assert page.get_by_label("Notes of listening").input_value() == "Ada hears that as well"
    expect(his.locator(".call-others li").first).to_contain_text("Ada hears that as well")
    assert his.get_by_label("Notes of listening").input_value() == "Ben hears this"
    assert {(note.author.name, note.text) for note in Note.objects.exclude(text="") if note.author} == {
        ("Ben", "Ben hears this"), ("Ada Moss", "Ada hears that as well"),
    }  # fmt: skip
    _close(other)


def test_two_tabs_of_one_browser_write_one_note(ada: BrowserContext, made: Recovery) -> None:
    first = ada.pages[0]
    address = _begin(first, made)
    first.keyboard.type("One")
    _saved(first)
    second = ada.new_page()
    second.goto(address)
    second.get_by_label("Notes of listening").press("End")
    second.keyboard.type(" and two")
    _saved(second)
    expect(first.get_by_label("Notes of listening")).to_have_value("One and two")
    first.bring_to_front()
    first.get_by_label("Notes of listening").press("End")
    first.keyboard.type(" and three")
    _saved(first)
    assert _texts() == ["One and two and three"]


def test_signed_out_in_the_middle_it_is_kept_and_sent_after(ada: BrowserContext, made: Recovery) -> None:
    page = ada.pages[0]
    _begin(page, made)
    cookies = ada.cookies()
    ada.clear_cookies()
    page.keyboard.type("Signed out.")
    _saved(page, "sign in again")
    assert _texts() == []
    ada.add_cookies(cookies)  # type: ignore[arg-type]
    page.evaluate("dispatchEvent(new Event('online'))")
    _saved(page)
    assert _texts() == ["Signed out."]


def test_a_browser_without_room_says_so(ada: BrowserContext, made: Recovery) -> None:
    ada.add_init_script("Storage.prototype.setItem = () => { throw new Error('full'); }")
    page = ada.pages[0]
    _begin(page, made)
    page.keyboard.type("Kept by the server alone.")
    _saved(page)
    assert _texts() == ["Kept by the server alone."]
    ada.set_offline(True)
    page.keyboard.type(" And this by nobody.")
    _saved(page, "Not saved")


def test_a_whole_call_by_the_keyboard(ada: BrowserContext, made: Recovery, shoot: Shoot) -> None:
    page = ada.pages[0]
    _begin(page, made)
    expect(page.locator(".call-points")).to_be_hidden()
    page.keyboard.type("She begins with the invoices.")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.keyboard.press("Space")
    page.keyboard.press("Escape")
    page.keyboard.press("o")
    expect(page.get_by_label("Notes on point 1")).to_be_focused()
    page.keyboard.type("Right, billed twice. We'll send the corrected invoice by Friday.")
    expect(page.locator(".call-heard").first.or_(page.locator(".call-due").first).first).to_be_attached()
    expect(page.locator(".call-point").first.locator(".call-due")).to_contain_text("Friday")
    page.keyboard.press("Control+Enter")
    expect(page.get_by_label("Notes on point 2")).to_be_focused()
    page.keyboard.press("Alt+ArrowUp")
    expect(page.get_by_label("Notes on point 1")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    expect(page.get_by_label("Notes on point 2")).to_be_focused()
    page.keyboard.press("Escape")
    page.keyboard.press("n")
    page.keyboard.type("The index is missing.")
    page.keyboard.press("Alt+p")
    page.keyboard.type("index by Monday")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.keyboard.type("One person who checks.")
    page.keyboard.press("Escape")
    page.keyboard.press("m")
    page.keyboard.press("ArrowRight")
    page.keyboard.press("ArrowRight")
    _saved(page)
    shoot(page, "call-keyboard")
    page.get_by_role("button", name="End the call").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/after/")
    call = Call.objects.get()
    assert (call.mood_before, call.mood_after, call.wanted) == (1, 3, "One person who checks.")
    _forgotten(page)
    expect(page.get_by_label("What we do")).to_have_count(2)
    page.get_by_role("button", name="Make it a point").click()
    page.get_by_role("button", name="It is a promise").first.click()
    expect(page.get_by_role("button", name="It is a promise")).to_have_count(1)
    assert Issue.objects.filter(quote="The index is missing.").exists()
    assert Note.objects.filter(kind="promised").count() == 1


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_they_are_accessible_at_every_width(ada: BrowserContext, made: Recovery, shoot: Shoot, theme: str) -> None:
    page = ada.pages[0]
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    held = _begin(page, made)
    page.keyboard.type("She begins with the invoices: three in a row, and each time somebody promised to check.")
    page.get_by_role("radio", name="upset").check(force=True)
    _saved(page)
    root = f"/recoveries/{made.public_id}"
    addresses = {
        "call-listening": held, "call-points": held, "call-start": f"{root}/call/", "brief-team": f"{root}/brief/",
        "brief-client": f"{root}/brief/?for=client", "brief-edit": f"{root}/brief/edit/?for=client",
        "brief-send": f"{root}/brief/send/", "brief-paper": f"{root}/brief/paper/?for=client",
        "call-after": f"{held}after/",
    }  # fmt: skip
    troubles = []
    for name, address in addresses.items():
        page.goto(address)
        if name == "call-points":
            page.keyboard.press("Control+Enter")
            page.keyboard.type("She is right. We'll send the corrected invoice by Friday.")
            page.locator(".call-due").first.wait_for()
            page.keyboard.press("Alt+n")
            page.keyboard.type("The index is missing.")
            _saved(page)
            page.evaluate("scrollTo(0, 0)")
        for width, height in ((1280, 900), (1024, 768), (390, 844)):
            page.set_viewport_size({"width": width, "height": height})
            shoot(page, f"{name}-{width}-{theme}")
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            troubles += [f"{name} at {width}: {beyond} px too wide"] if beyond > 0 else []
            if width == 1024:  # laid out as on the wider screen
                continue
            troubles += [
                f"{name} at {width}: {one['id']} {[node['target'] for node in one['nodes']]}"
                for one in Axe().run(page).response["violations"]
            ]
    assert troubles == []


def test_a_brief_is_edited_and_moves_on(
    page: Page, made: Recovery, member: Member, shoot: Shoot, fresh: datetime
) -> None:
    page.goto(f"/recoveries/{made.public_id}/brief/?for=client")
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("The brief").fill("# What we do\n\nWe mend **it**.")
    page.get_by_role("button", name="Keep it").click()
    expect(page.locator(".brief-sheet strong")).to_have_text("it")
    found(Issue.objects.get(place=1), by=member, at=fresh.replace(year=fresh.year + 1), we_do="Something else.")
    page.reload()
    page.get_by_text("Show what would be written now").click()
    expect(page.locator(".brief-diff ins").filter(has_text="Something else.")).to_be_visible()
    shoot(page, "brief-moved")
    page.get_by_role("button", name="Write it anew").click()
    expect(page.get_by_text("It writes itself from the findings again.")).to_be_visible()
    page.get_by_role("button", name="Bring the edited text back").click()
    expect(page.locator(".brief-sheet strong")).to_have_text("it")
