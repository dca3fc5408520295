"""A drill, played by keyboard alone: badly first, taken back, then well to its end, and shown to colleagues."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe

from amends.recovery.drills import shipped
from amends.recovery.models import DrillResult

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]
LINES = next(one for one in shipped() if one.slug == "the-remark").lines


def _press_answer(page: Page, text: str) -> None:
    """The figure that stands beside this answer; they stand in another order each time."""
    answers = page.locator("[data-drill-choice]").all_inner_texts()
    page.keyboard.press(str(next(at for at, said in enumerate(answers, start=1) if text in said)))


def _broken(page: Page, where: str) -> list[str]:
    found = Axe().run(page).response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    return [f"{where}: {one['id']}" for one in found] + ([f"{where}: {wide} px too wide"] if wide > 0 else [])


def test_a_drill_is_played_by_keyboard(page: Page, shoot: Shoot) -> None:
    page.emulate_media(reduced_motion="reduce")
    page.goto("/drills/")
    begin = page.get_by_role("link", name="The remark that reached the client", exact=True)
    begin.focus()
    page.keyboard.press("Enter")
    page.get_by_text("I am furious.").wait_for()

    _press_answer(page, "only meant as a joke")
    page.get_by_text("That did not help").wait_for()
    assert page.evaluate("document.activeElement.id") == "now", "one goes on where the client speaks"
    troubles = _broken(page, "after an answer")
    shoot(page, "drill-answered")
    back = page.get_by_role("button", name="Say that differently")
    back.focus()
    page.keyboard.press("Enter")
    page.get_by_text("That did not help").wait_for(state="detached")
    page.wait_for_load_state()
    assert "joke between colleagues" in page.get_by_label("Or in your own words").input_value()

    assert page.evaluate("document.activeElement.id") == "own-words"
    page.keyboard.press("Escape")
    assert page.evaluate("document.activeElement.id") == "now"
    page.keyboard.press("w")
    page.keyboard.press("Control+a")
    page.keyboard.type(
        "I hear that you are furious, Ines. It is our fault, and I am sorry. I will write to you by five today."
    )
    assert page.get_by_label("Or in your own words").input_value().startswith("I hear that you are furious, Ines.")
    page.keyboard.press("Control+Enter")
    page.get_by_text("That was heard").wait_for()
    _press_answer(page, LINES["between-ourselves"].answers[0][:40])
    page.wait_for_url("**/drills/results/**")
    page.get_by_text("Nobody but you sees this.").wait_for()
    troubles += _broken(page, "the result")
    page.set_viewport_size({"width": 360, "height": 740})
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    troubles += _broken(page, "the result, narrow and dark")
    shoot(page, "drill-result-narrow-dark")
    page.get_by_role("button", name="Show it to colleagues").focus()
    page.keyboard.press("Enter")
    page.get_by_text("You show this to your colleagues.").wait_for()
    assert DrillResult.objects.get().shared
    page.get_by_role("button", name="Undo").focus()
    page.keyboard.press("Enter")
    page.get_by_text("Nobody but you sees this.").wait_for()
    assert not DrillResult.objects.get().shared
    assert troubles == []
