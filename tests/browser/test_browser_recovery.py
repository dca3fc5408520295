"""One recovery in a browser: from Today by a key to its answer, with the keyboard; axe in both themes and widths."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from amends.firm.models import Member

Shoot = Callable[["Page", str], None]


def _broken(page: Page) -> list[str]:
    results = Axe().run(page)
    return [f"{one['id']} {node['target']}" for one in results.response["violations"] for node in one["nodes"]]


def _open_everything(page: Page) -> None:
    page.evaluate("document.querySelectorAll('details:not(.menu, .drop)').forEach((one) => { one.open = true; })")
    page.wait_for_load_state("networkidle")


def _begin(page: Page) -> None:
    page.goto("/")
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.wait_for_url("**/recoveries/*/")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_recovery_by_keyboard(page: Page, shoot: Shoot, member: Member, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    _begin(page)
    assert page.locator(".first-words").inner_text().startswith("Dear Petra")
    shoot(page, f"recovery-own-wide-{theme}")
    page.get_by_role("button", name="Go on to Listen").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**at=listen*")
    page.get_by_text("Add a point").click()
    page.get_by_label("What they say, as they say it").fill("Nobody told us.")
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Add it").focus()
    page.keyboard.press("Enter")
    page.get_by_text("“Nobody told us.”").first.wait_for()
    page.keyboard.press("z")  # undo
    page.get_by_text("Taken back.").wait_for()
    assert page.locator(".points .point").count() == 1
    page.get_by_label("In their words").fill("A correct invoice by Friday.")
    page.get_by_role("button", name="Keep it").first.click()
    page.get_by_text("written down").wait_for()
    _open_everything(page)
    page.locator(".pick-own").first.wait_for()
    assert _broken(page) == []
    shoot(page, f"recovery-open-wide-{theme}")
    page.goto("/recoveries/")
    assert _broken(page) == []
    shoot(page, f"recoveries-wide-{theme}")
    for name, address in {"new": "/recoveries/new/", "playbooks": "/playbooks/", "clocks": "/settings/recoveries/",
                          "playbook": "/playbooks/software-outage/"}.items():  # fmt: skip
        page.goto(address)
        assert _broken(page) == [], name
        shoot(page, f"recovery-{name}-wide-{theme}")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_fits_a_telephone(narrow_page: Page, shoot: Shoot, theme: str) -> None:
    page = narrow_page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    _begin(page)
    shoot(page, f"recovery-own-narrow-{theme}")
    _open_everything(page)
    page.locator(".pick-own").first.wait_for()
    shoot(page, f"recovery-open-narrow-{theme}")
    troubles = _broken(page)
    for address in (page.url, "/recoveries/", "/playbooks/", "/playbooks/software-outage/", "/recoveries/new/"):
        page.goto(address)
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        troubles += [f"{address}: {beyond} px too wide"] if beyond > 0 else []
    assert troubles == []


def test_on_a_telephone_all_places_are_there_whichever_is_lit(narrow_page: Page, member: Member) -> None:
    _begin(narrow_page)
    whole = "(e) => e.scrollWidth <= e.clientWidth"
    for place in ("/", "/recoveries/", "/clients/", "/promises/", "/check/"):
        narrow_page.goto(place)
        assert narrow_page.locator(".nav").evaluate(whole), place


def test_where_nothing_can_leave_the_first_reply_is_written_checked_and_taken_along(page: Page, member: Member) -> None:
    _begin(page)
    recovery = page.url
    page.get_by_role("link", name="Write the first reply").click()
    page.get_by_text("Nothing can leave from here yet").wait_for()
    page.locator("[data-reply-text]").press_sequentially("This is your own fault. ")
    link = page.get_by_role("link", name="Open it in your mail program")
    link.focus()
    assert (link.get_attribute("href") or "").startswith("mailto:petra@")
    with page.expect_download() as taken:
        page.get_by_role("button", name="Take it as a message (EML)").click()
    assert taken.value.suggested_filename == "answer.eml"
    page.get_by_role("button", name="I sent it myself").click()
    page.get_by_text("they have had a first reply").wait_for()
    assert page.url.startswith(recovery)
    assert page.evaluate("Object.keys(localStorage).filter((key) => key.startsWith('amends-reply'))") == []
    page.keyboard.press("z")
    page.get_by_role("button", name="I answered them myself").wait_for()
