"""Hours brought in on a telephone with the keyboard alone: upload, the choice of a reading, preview, import, report."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from amends.clients.models import Client, Engagement, TimeEntry, Upload
from amends.flows.carry_out import carry_out

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Shoot = Callable[["Page", str], None]
HEADERS = "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name"


def tab_to(page: Page, target: Locator) -> None:
    """Press Tab until the element has the focus, as somebody without a mouse does."""
    for _ in range(80):
        if target.evaluate("one => one === document.activeElement"):
            return
        page.keyboard.press("Tab")
    message = f"the keyboard does not reach {target}"
    raise AssertionError(message)


def press(page: Page, target: Locator) -> None:
    tab_to(page, target)
    page.keyboard.press("Enter")


def sound(page: Page, name: str) -> None:
    """No rule of axe is broken, and nothing scrolls sideways."""
    assert page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth") <= 0, name
    broken = [
        f"{name}: {violation['id']} {node['target']} {node['failureSummary']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
    assert broken == []


def test_hours_with_the_keyboard_alone(narrow_page: Page, shoot: Shoot, tmp_path: Path, fresh: datetime) -> None:
    page = narrow_page
    sheet = tmp_path / "hours.csv"
    rows = [f"03/0{n}/2026,Hartwell,Brochure,Design,Proof {n},1.5,Yes,Ada,Moss" for n in range(1, 7)]
    sheet.write_text("\n".join([HEADERS, *rows, "05/06/2026,Hartwell,Brochure,Design,Broken,,Yes,Ada,Moss"]))
    page.goto("/import/")
    press(page, page.get_by_role("link", name="Hours"))
    page.wait_for_url("**/import/hours/")
    sound(page, "hours")
    choose = page.get_by_label("Drop a time tracker’s export here, or choose it")
    tab_to(page, choose)  # what opens then is the system's own dialog
    choose.set_input_files(sheet)
    expect(page.locator("[data-names]")).to_contain_text("hours.csv")
    press(page, page.get_by_role("button", name="Look at it"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Which day is meant?")
    sound(page, "choice")
    shoot(page, "hours-choice-narrow")
    press(page, page.get_by_role("button", name="Read it so 3 January 2026"))
    expect(page.locator(".verdict")).to_contain_text("6 entries are new")
    sound(page, "preview")
    shoot(page, "hours-preview-narrow")
    assert not TimeEntry.objects.exists()
    press(page, page.get_by_role("button", name="Import 6 entries"))
    expect(page.locator("#run")).to_contain_text("Waiting for its turn")
    carry_out(Upload.objects.get().pk, clock=lambda: fresh)
    expect(page.locator("#run")).to_contain_text("All of it is here.")
    expect(page.get_by_role("row", name="Imported 6")).to_be_visible()
    sound(page, "report")
    shoot(page, "hours-report-narrow")
    press(page, page.get_by_role("link", name="Look at the engagements"))
    press(page, page.get_by_role("link", name="Brochure"))
    expect(page.get_by_role("heading", level=1)).to_have_text("Brochure")
    sound(page, "engagement")
    shoot(page, "engagement-narrow")


def test_a_table_of_clients_is_mapped_and_imported(
    narrow_page: Page, shoot: Shoot, tmp_path: Path, fresh: datetime
) -> None:
    page = narrow_page
    table = tmp_path / "clients.csv"
    table.write_text("Name,E-mail\nElmer,info@studio-d.example\nPelham,post@studio-q.example\n")
    page.goto("/import/people/")
    page.get_by_label("Drop a file of clients here, or choose it").set_input_files(table)
    press(page, page.get_by_role("button", name="Look at it"))
    expect(page.get_by_role("alert")).to_contain_text("may be the client or a person")
    sound(page, "mapping")
    page.get_by_label("Name", exact=True).select_option(label="Client’s name")
    press(page, page.get_by_role("button", name="Look again"))
    expect(page.locator(".verdict")).to_contain_text("2 rows bring something new")
    sound(page, "people preview")
    shoot(page, "people-preview-narrow")
    press(page, page.get_by_role("button", name="Import them"))
    expect(page.locator("#run")).to_contain_text("Waiting for its turn")
    carry_out(Upload.objects.get().pk, clock=lambda: fresh)
    expect(page.locator("#run")).to_contain_text("All of it is here.")
    assert Client.objects.filter(name="Elmer").count() == 1


def test_an_engagement_is_closed_through_its_hiccups(page: Page, shoot: Shoot, fresh: datetime) -> None:
    client = Client.objects.get(name="Hartwell")
    work = Engagement.objects.create(
        client=client, name="Brochure", starts_on=fresh.date() - timedelta(days=200), created_at=fresh
    )
    page.goto(f"/clients/{client.public_id}/engagements/{work.public_id}/")
    sound(page, "engagement")
    press(page, page.get_by_role("link", name="Close it"))
    expect(page.locator(".hiccup").first).to_contain_text("I am furious")
    sound(page, "close")
    shoot(page, "engagement-close-wide")
    while (own := page.get_by_role("button", name="Own it")).count():
        left = own.count()
        own.first.click()
        expect(own).to_have_count(left - 1)
    expect(page.get_by_text("A word on how it ended (optional)")).to_be_visible()
    press(page, page.get_by_role("button", name="Close it"))
    expect(page.get_by_text("Brochure is closed.")).to_be_visible()
    expect(page.get_by_role("button", name="Open it again")).to_be_visible()
