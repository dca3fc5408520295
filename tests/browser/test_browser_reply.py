"""Answering from a conversation in a real browser: the keyboard, what is kept, take back, and what arrives."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.smtp import Sink, sink

from amends.flows.send.deliver import send_next
from amends.outbox.models import Draft, SmtpAccount

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from amends.firm.models import Member

Shoot = Callable[["Page", str], None]


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as made:
        yield made


@pytest.fixture
def account(mail: None, member: Member, server: Sink, fresh: datetime) -> SmtpAccount:
    """Ada's own account."""
    return SmtpAccount.objects.create(
        member=member, host="127.0.0.1", port=server.port, security="plain", from_address="ada@studio.example",
        changed_at=fresh,
    )  # fmt: skip


def _open_thread(page: Page) -> str:
    page.goto("/")
    page.goto(page.locator("[data-key=enter]").first.get_attribute("href") or "")
    return page.url.partition("#")[0]


def _leave() -> None:
    account = SmtpAccount.objects.get()
    assert send_next(account.pk, sender=uuid.uuid4(), clock=lambda: datetime.now(UTC) + timedelta(seconds=11))


def test_an_answer_written_kept_sent_and_arrived(account: SmtpAccount, page: Page, server: Sink, shoot: Shoot) -> None:
    _open_thread(page)
    page.keyboard.press("r")
    page.keyboard.type("Dear Petra,")
    page.keyboard.press("Enter")
    page.keyboard.type("the fault is ours. You have it by Thursday noon.")
    page.reload()
    words = page.get_by_label("Your answer")
    assert words.input_value() == "Dear Petra,\nthe fault is ours. You have it by Thursday noon."
    assert not Draft.objects.exists(), "Enter does not send"
    shoot(page, "reply-written")
    letters = page.locator(".letter").count()
    words.focus()
    page.keyboard.press("Control+Enter")
    page.get_by_text("Leaves in a few seconds").wait_for()
    shoot(page, "reply-leaving")
    assert page.get_by_label("Your answer").input_value() == ""
    assert "sent=" not in page.url
    page.reload()
    assert page.get_by_label("Your answer").input_value() == "", "what was sent is not kept"
    _leave()
    page.locator(f".letter >> nth={letters}").wait_for()
    assert page.locator(".out").count() == 0
    assert "You have it by Thursday noon" in page.locator(".letter").last.inner_text()
    assert len(server.taken) == 1
    shoot(page, "reply-arrived")


def test_taken_back_with_the_keyboard_it_can_be_changed(account: SmtpAccount, page: Page, server: Sink) -> None:
    _open_thread(page)
    page.get_by_label("Your answer").fill("The mistake is ours. The new one comes on Friday.")
    page.keyboard.press("Control+Enter")
    page.get_by_role("button", name="Take back").focus()
    page.keyboard.press("Enter")
    words = page.get_by_label("Your answer")
    page.get_by_text("Nothing was sent").wait_for()
    assert words.input_value() == "The mistake is ours. The new one comes on Friday."
    words.fill("We are sorry. The new one comes on Friday.")
    page.get_by_role("button", name=re.compile("^Send")).click()
    page.get_by_text("Leaves in a few seconds").wait_for()
    _leave()
    assert len(server.taken) == 1
    assert b"We are sorry." in server.raw()


def test_who_gets_it_is_shown_as_it_is_typed(account: SmtpAccount, page: Page, shoot: Shoot) -> None:
    _open_thread(page)
    page.get_by_text("Left out").or_(page.get_by_text("Goes to Petra")).first.wait_for()
    page.get_by_text("Change who gets it").click()
    page.get_by_label("Copy", exact=True).fill("spy@rival.example")
    page.get_by_text("rival.example was never part of this conversation").wait_for()
    page.get_by_label("Copy", exact=True).press("Enter")
    assert not Draft.objects.exists(), "Enter in an address field does not send"
    shoot(page, "reply-audience")
    page.get_by_label("Copy", exact=True).fill("")
    page.get_by_text("rival.example was never part of this conversation").wait_for(state="detached")


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_box_and_the_outbox_are_accessible(account: SmtpAccount, page: Page, shoot: Shoot, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    address = _open_thread(page)
    page.get_by_label("Your answer").fill(
        "Dear Petra,\n\nI am sorry, the mistake is ours. We send you the right invoice by Thursday noon."
    )
    page.keyboard.press("Control+Enter")
    page.get_by_text("Leaves in a few seconds").wait_for()
    for state, problem in (
        ("unclear", "127.0.0.1 got the whole message, then the connection broke before it answered."),
        ("failed", "127.0.0.1 refused the message (it said: 554 5.7.1 looks like spam)."),
    ):
        Draft.objects.update(state=state, problem=problem)
        for name, where in (("reply", address), ("outbox", "/outbox/")):
            page.goto(where)
            for width in (1280, 360):
                page.set_viewport_size({"width": width, "height": 900})
                shoot(page, f"{name}-{state}-{width}-{theme}")
                beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
                assert beyond <= 0
                found = Axe().run(page).response["violations"]
                assert [(one["id"], [node["target"] for node in one["nodes"]]) for one in found] == []


def test_sending_is_set_up_and_tried(page: Page, server: Sink, shoot: Shoot) -> None:
    page.goto("/settings/sending/")
    shoot(page, "sending-empty")
    firm = page.locator("#firm")
    firm.get_by_label("Mail comes from").fill("hello@studio.example")
    firm.get_by_label("Mail server", exact=True).fill("127.0.0.1")
    firm.get_by_label("Port").fill(str(server.port))
    firm.get_by_label("Security").select_option("plain")
    firm.get_by_role("button", name="Save").click()
    firm.get_by_role("button", name="Send a test message to myself").click()
    firm.get_by_text("is on its way").wait_for()
    shoot(page, "sending-trial")
    _leave()
    firm.get_by_text("took a message to ada@studio.example").wait_for()
    shoot(page, "sending-tried")
    assert server.recipients == [["ada@studio.example"]]
