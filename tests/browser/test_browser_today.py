"""Today in a browser: answering, taking back, and doing all of it by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]


def test_own_it_stays_in_place_and_is_undone(page: Page, shoot: Shoot) -> None:
    expect(page.get_by_role("heading", level=1)).to_have_text("4 clients need you")
    row = page.locator("[data-row]").first
    name = row.get_attribute("aria-label")
    row.get_by_role("button", name="Own it").click()
    expect(page.locator(f"[data-row][aria-label='{name}']")).to_contain_text("Ada Moss has it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("3 clients need you")
    expect(page.locator("[data-row]")).to_have_count(4)
    shoot(page, "today-own-it")
    page.get_by_role("button", name="Undo").click()
    expect(page.locator(f"[data-row][aria-label='{name}']")).to_contain_text("Own it")
    expect(page.get_by_role("heading", level=1)).to_contain_text("4 clients need you")


def test_the_keyboard_does_everything(page: Page, shoot: Shoot) -> None:
    rows = page.locator("[data-row]")
    names = [row.get_attribute("aria-label") for row in rows.all()]
    press = page.keyboard.press
    press("j")
    press("j")
    expect(rows.nth(1)).to_be_focused()
    press("k")
    expect(rows.nth(0)).to_be_focused()
    press("o")
    expect(rows.nth(0)).to_contain_text("Ada Moss has it")
    expect(rows.nth(0)).to_be_focused()
    press("z")
    expect(rows.nth(0)).to_contain_text("Own it")
    press("j")
    press("n")
    expect(rows.nth(1).get_by_label("Why not? It teaches Amends.")).to_be_focused()
    shoot(page, "today-not-an-issue")
    page.keyboard.type("we spoke")
    press("Enter")
    expect(rows.nth(1)).to_contain_text("Noted: not an issue.")
    press("z")
    expect(page.locator(f"[data-row][aria-label='{names[1]}']")).to_be_visible()
    press("j")
    press("l")
    expect(page.get_by_role("button", name="Tomorrow").locator("visible=true")).to_be_focused()
    press("Escape")
    expect(page.get_by_role("button", name="Tomorrow").locator("visible=true")).to_have_count(0)


def test_enter_opens_the_message_and_its_sentence_is_marked(page: Page, shoot: Shoot) -> None:
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    page.wait_for_url("**/threads/**")
    expect(page.locator("details[data-letter]").last).to_have_attribute("open", "")
    word = page.locator(".noticed-word:visible").first
    word.focus()
    expect(page.locator(".noticed-card:visible")).to_have_count(1)
    shoot(page, "thread-why")
    page.keyboard.press("Escape")
    expect(page.locator(".noticed-card:visible")).to_have_count(0)


def test_later_leaves_the_list_and_says_when_it_is_back(page: Page) -> None:
    row = page.locator("[data-row]").first
    row.locator("summary", has_text="Later").click()
    row.get_by_role("button", name="In a week").click()
    expect(page.locator("[data-toast]")).to_contain_text("It is back")
    page.reload()
    expect(page.locator("[data-row]")).to_have_count(3)


def test_the_palette_goes_to_a_client(page: Page, shoot: Shoot) -> None:
    page.keyboard.press("Control+k")
    palette = page.get_by_role("dialog", name="Go to a client or page")
    expect(palette).to_be_visible()
    page.keyboard.type("delac")
    expect(palette.get_by_role("option").first).to_contain_text("Delacroix")
    shoot(page, "palette")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    page.wait_for_url("**/clients/*/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Delacroix")


def test_help_search_and_places_have_keys(page: Page, shoot: Shoot) -> None:
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keyboard")).to_be_visible()
    shoot(page, "keyboard-help")
    page.keyboard.press("Escape")
    page.keyboard.press("g")
    page.keyboard.press("c")
    page.wait_for_url("**/clients/")
    page.keyboard.press("/")
    expect(page.locator("#top-q")).to_be_focused()
    page.keyboard.type("furious")
    page.keyboard.press("Enter")
    page.wait_for_url("**/search/**")
    expect(page.locator("mark").first).to_have_text("furious")


@pytest.mark.parametrize("choice", ["Dark", "Light"])
def test_a_chosen_theme_is_kept(page: Page, choice: str) -> None:
    page.locator("summary", has=page.locator(".avatar")).click()
    page.get_by_role("button", name=choice).click()
    expect(page.locator("html")).to_have_attribute("data-theme", choice.lower())
    page.goto("/clients/")
    expect(page.locator("html")).to_have_attribute("data-theme", choice.lower())
    paper = page.evaluate("getComputedStyle(document.body).backgroundColor")
    lightness = float(paper.removeprefix("oklch(").split()[0])
    assert (lightness > 0.9) == (choice == "Light")
