"""Correcting in place: by pointer, by keyboard alone, on a telephone, and taken back."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from amends.judgement.model import use

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]
SAID = "I am furious that the third invoice has an error again."


@pytest.fixture(autouse=True)
def _rules_alone() -> Iterator[None]:
    """What is noticed here must not change with the model."""
    with use(None):
        yield


def _open(page: Page) -> None:
    page.goto("/search/?q=furious")
    page.locator("a[href*='/threads/']").first.click()
    page.wait_for_url("**/threads/**")


def _broken(page: Page) -> list[str]:
    return [
        f"{violation['id']} {node['target']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_a_sentence_is_corrected_and_taken_back(page: Page, shoot: Shoot, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    _open(page)
    sentence = page.locator(".noticed", has_text=SAID)
    sentence.locator(".noticed-word").focus()
    shoot(page, f"correct-card-{theme}")
    sentence.locator("summary", has_text="It is …").first.click()
    shoot(page, f"correct-kinds-{theme}")
    assert _broken(page) == []
    sentence.get_by_role("button", name="Disappointment").first.click()
    expect(page.locator("[data-toast]")).to_contain_text("Noted: disappointment, not")
    expect(page.locator(".noticed-word")).to_contain_text(["isappointment"])
    shoot(page, f"correct-done-{theme}")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator("[data-toast]")).to_contain_text("Taken back.")
    expect(page.locator(".noticed-word")).not_to_contain_text(["isappointment"])


def test_the_keyboard_corrects_and_marks(page: Page, shoot: Shoot) -> None:
    _open(page)
    press = page.keyboard.press
    kinds = page.locator(".noticed").count()
    word = page.locator(".noticed-word").first
    word.focus()
    press("Tab")
    expect(page.locator(".why-do button").first).to_be_focused()
    press("Tab")
    press("Enter")
    press("Escape")
    expect(page.locator(".noticed-card").first).to_be_visible()
    press("Escape")
    expect(page.locator(".noticed-card").first).to_be_hidden()
    press("m")
    first = page.locator(".letter:last-child .said").first
    expect(first).to_be_focused()
    press("ArrowDown")
    chosen = page.locator(".letter:last-child .said").nth(1)
    expect(chosen).to_be_focused()
    shoot(page, "mark-mode")
    press("Enter")
    card = page.get_by_role("form", name="Say what was missed")
    expect(card.get_by_role("button").first).to_be_focused()
    shoot(page, "mark-card")
    assert _broken(page) == []
    press("Escape")
    expect(card).to_be_hidden()
    expect(chosen).to_be_focused()
    press("Enter")
    press("Tab")
    press("Tab")
    press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("Noted: frustration.")
    expect(page.locator(".noticed")).to_have_count(kinds + 1)
    expect(page.locator(".noticed:focus")).to_have_count(1)
    expect(page.locator("[data-mark]").last).to_have_attribute("aria-pressed", "false")
    press("z")
    expect(page.locator(".noticed")).to_have_count(kinds)
    press("m")
    press("Escape")
    expect(page.locator("[data-mark]").last).to_be_focused()


def test_selected_words_can_be_marked(page: Page) -> None:
    _open(page)
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.letter:last-child .said'))")
    card = page.get_by_role("form", name="Say what was missed")
    card.get_by_role("button", name="Praise").click()
    expect(page.locator("[data-toast]")).to_contain_text("Noted: praise worth answering.")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_on_a_telephone_too(narrow_page: Page, shoot: Shoot, theme: str) -> None:
    page = narrow_page
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    _open(page)
    page.locator(".noticed-word").first.click()
    page.locator(".noticed summary", has_text="It is …").first.click()
    shoot(page, f"correct-narrow-{theme}")
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (beyond, _broken(page)) == (0, [])
    page.keyboard.press("Escape")
    page.keyboard.press("Escape")
    page.locator("[data-mark]").last.click()
    page.locator(".letter:last-child .said").last.click()
    shoot(page, f"mark-narrow-{theme}")
    beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert (beyond, _broken(page)) == (0, [])
