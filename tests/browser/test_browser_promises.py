"""Promises in a browser: one key for each decision, both themes, two widths."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from tests.letters import OURS, judged, letter

from amends.clients.models import Client, Engagement, TimeEntry
from amends.firm.models import Member
from amends.flows.promises import settle
from amends.flows.promises.settle import Deed, Given
from amends.mail.queries import Reader
from amends.signals.models import Promise

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]
WHO = ("Petra Hartwell <petra@hartwell.example>", "Petra Pelham <petra@pelham.example>")


@pytest.fixture(autouse=True)
def promises(mail: None, member: Member, fresh: datetime) -> None:
    """Four candidates; pending ones that are overdue, due, without hours, ours and theirs, and one that seems kept."""
    at = fresh - timedelta(days=1)
    ours = ("I will send you the corrected invoice tomorrow.", "We will show you the new brochure within two weeks.",
            "I'll check the figures with our printer.")  # fmt: skip
    letters = [
        letter(f"Dear Petra,\n\n{text}\n\nAda\n", at=at + timedelta(minutes=number), sender=OURS, to=WHO[number % 2],
               subject=f"Word {number}", message_id=f"word{number}@studio.example")
        for number, text in enumerate(ours)
    ]  # fmt: skip
    letters.append(letter("Dear Ada,\n\nwe will send you the photographs by the end of next week.\n\nPetra\n", at=at,
                          sender=WHO[0], subject="Photographs", message_id="photos@hartwell.example"))  # fmt: skip
    judged(*letters, now=fresh)
    hartwell = Client.objects.get(name="Hartwell")
    work = Engagement.objects.create(client=hartwell, name="Autumn brochure", created_at=fresh)
    other = Engagement.objects.create(client=hartwell, name="Old site", created_at=fresh, closed_at=fresh)
    TimeEntry.objects.create(
        engagement=other, person="Ada Moss", day=fresh.date() - timedelta(days=40), seconds=60, source="toggl",
        fingerprint="0" * 64, created_at=fresh,
    )  # fmt: skip
    deed = Deed(Reader(member), fresh)
    due = settle.add(hartwell, deed, by="firm", given=Given(
        text="The proofs on thick paper, three copies, to the new address", due="in 3 working days", owner=member,
        engagement=work,
    ))  # fmt: skip
    settle.renegotiate(due.public_id, deed, due="in 4 working days", why="The printer is ill.")
    settle.add(hartwell, deed, by="client", given=Given(text="The signed contract", due="in 2 working days"))
    weekly = settle.add(Client.objects.get(name="Kestrel"), deed, by="firm",
                        given=Given(text="The weekly report", due="in 2 working days", recurs="weekly"))  # fmt: skip
    settle.keep(weekly.public_id, deed)
    late = settle.add(
        Client.objects.get(name="Pelham"), deed, by="firm", given=Given(text="The price list", owner=member)
    )
    Promise.objects.filter(pk=late.pk).update(
        due=fresh - timedelta(days=2), made_at=fresh - timedelta(days=20),
    )  # fmt: skip
    judged(letter("Dear Petra,\n\nhere is the price list, as promised.\n\nAda\n", at=fresh - timedelta(hours=2),
                  sender=OURS, to=WHO[1], subject="Prices", message_id="prices@studio.example"), now=fresh)  # fmt: skip


def test_one_key_for_each_decision(page: Page, shoot: Shoot) -> None:
    page.goto("/promises/")
    shoot(page, "promises-wide-light")
    press = page.keyboard.press
    rows = page.locator("[data-row]")
    first = rows.first
    press("j")
    expect(first).to_be_focused()
    press("y")
    expect(page.locator(".pledge-gone")).to_contain_text("Confirmed. Due")
    expect(page.locator("#week")).to_contain_text("the corrected invoice")
    press("z")
    page.wait_for_load_state()
    expect(page.locator(".pledge-gone")).to_have_count(0)
    press("j")
    press("n")
    expect(page.locator(".pledge-gone")).to_contain_text("Noted: no promise.")
    press("j")
    press("e")
    expect(rows.nth(1).get_by_label("What is promised")).to_be_focused()
    rows.nth(1).get_by_label("By when, in words").fill("in 2 working days")
    shoot(page, "promises-correct")
    rows.nth(1).get_by_role("button", name="Confirm as corrected").click()
    expect(page.locator(".pledge-gone")).to_have_count(2)


def test_kept_by_a_later_message_and_moved_to_another_date(page: Page, shoot: Shoot) -> None:
    page.goto("/promises/")
    late = page.locator("#week .pledge-overdue")
    expect(late).to_contain_text("Ada Moss wrote")
    expect(late).to_contain_text("here is the price list, as promised.")
    late.get_by_role("button", name="So it was kept").click()
    expect(page.locator("#week .pledge-overdue")).to_have_count(0)
    assert Promise.objects.get(text="The price list").evidence is not None
    proofs = page.locator(".pledge", has_text="The proofs on thick paper")
    expect(proofs).to_contain_text("no hours booked yet")
    proofs.focus()
    page.keyboard.press("r")
    expect(proofs.get_by_label("The new date, in words")).to_be_focused()
    page.keyboard.type("in 3 weeks")
    shoot(page, "promises-renegotiate")
    page.keyboard.press("Enter")
    expect(page.locator("[data-toast]")).to_contain_text("The new date stands.")
    proofs.focus()
    page.keyboard.press("b")
    expect(page.locator(".pledge-gone")).to_contain_text("Noted: broken.")
    page.goto("/promises/?show=settled")
    expect(page.locator(".pledge").first).to_contain_text("Broken")
    shoot(page, "promises-settled")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_page_is_accessible(page: Page, shoot: Shoot, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    troubles = []
    for name in ("", "waiting", "settled"):
        page.goto(f"/promises/?show={name}")
        troubles += _broken(page)
        shoot(page, f"promises-{name or 'week'}-wide-{theme}")
        page.evaluate("document.querySelectorAll('details:not(.menu)').forEach((one) => { one.open = true; })")
        troubles += _broken(page)
    page.set_viewport_size({"width": 390, "height": 800})
    for name in ("", "waiting", "settled"):
        page.goto(f"/promises/?show={name}")
        shoot(page, f"promises-{name or 'week'}-narrow-{theme}")
        troubles += _broken(page)
        assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.set_viewport_size({"width": 360, "height": 740})
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    page.goto(f"/clients/{Client.objects.get(name='Hartwell').public_id}/")
    expect(page.locator(".client-promises")).to_contain_text("The signed contract")
    assert troubles == []


def _broken(page: Page) -> list[str]:
    return [
        f"{violation['id']} {node['target']} {node['failureSummary']}"
        for violation in Axe().run(page).response["violations"]
        for node in violation["nodes"]
    ]
