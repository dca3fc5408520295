"""The check in a real browser: live lines, the keyboard through findings, accept, dismiss, two people at one hold."""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.letters import letter

from amends.firm.models import Member, Role
from amends.flows import send
from amends.flows.guard import choose
from amends.mail.models import Message
from amends.mail.queries import Reader
from amends.outbox.compose import Person
from amends.outbox.models import Draft, Reaction, SmtpAccount
from amends.outbox.recipients import Audience

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from pytest_django.live_server_helper import LiveServer

    from amends.firm.models import Firm

Shoot = Callable[["Page", str], None]
BLAME = "You should have told us about the date."
TEXT = f"Dear Petra,\n\n{BLAME} Nothing changed at our end.\n"


@pytest.fixture
def account(mail: None, fresh: datetime) -> SmtpAccount:
    """The firm's own; nothing leaves through it here."""
    return SmtpAccount.objects.create(
        host="127.0.0.1", port=1, security="plain", from_address="hello@studio.example", changed_at=fresh
    )


@pytest.fixture
def held(account: SmtpAccount, firm: Firm, member: Member, fresh: datetime) -> Draft:
    """An answer of Sam's that waits for a decision."""
    choose("blame-should-have", "stop", by=member, now=fresh)
    sam = Member.objects.create_member(email="sam@studio.example", name="Sam Okafor", role=Role.STAFF, now=fresh)
    message = Message.objects.get(message_id="now@hartwell.example")
    people = Audience((Person("Petra Hartwell", "petra@hartwell.example"),))
    given = send.Answer(uuid.uuid4(), message.public_id, people, TEXT)
    with pytest.raises(send.LookAgain) as raised:
        send.reply(Reader(sam), message.thread.public_id, given, by=sam, now=fresh)
    seen = frozenset(each.mark for each in raised.value.findings)
    again = send.Answer(given.key, given.answering, people, TEXT, seen=seen)
    return send.reply(Reader(sam), message.thread.public_id, again, by=sam, now=fresh)


@pytest.fixture
def signed_in(chromium: Browser, live_server: LiveServer) -> Iterator[Callable[[str], Page]]:
    """Opens a browser of somebody's own, whose console may complain: here answers fail on purpose."""
    contexts = []

    def enter(email: str) -> Page:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
        contexts.append(context)
        context.set_default_timeout(10_000)
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("E-mail address").fill(email)
        page.get_by_label("Password").fill("a long password 1")
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        return page

    yield enter
    for context in contexts:
        context.close()


def _thread(page: Page) -> None:
    message = Message.objects.get(message_id="now@hartwell.example")
    page.goto(f"/threads/{message.thread.public_id}/")


def _broken(page: Page) -> list[tuple[str, list[str]]]:
    found = Axe().run(page).response["violations"]
    return [(one["id"], [f"{node['target']} {node['failureSummary']}" for node in one["nodes"]]) for one in found]


def test_what_is_typed_is_underlined_and_mended_by_key(page: Page, shoot: Shoot) -> None:
    page.goto("/check/")
    field = page.get_by_label("Your text")
    field.focus()
    page.keyboard.type(f"Dear Petra,\n\n{BLAME} Nothing changed at our end.")
    page.locator(".under").nth(1).wait_for()
    assert page.locator(".under").all_inner_texts() == [BLAME, "Nothing changed at our end."]
    assert page.locator("[data-check-say]").inner_text() == "2 findings"
    boxes = [field.bounding_box(), page.locator(".check-under").bounding_box()]
    assert boxes[0] == boxes[1], "the lines lie exactly under the words"
    page.keyboard.press("Alt+n")
    card = page.locator(".finding-now")
    assert card.get_attribute("aria-label") == "Warning: Blame"
    assert page.evaluate("document.activeElement.className").startswith("finding")
    shoot(page, "check-card")
    page.keyboard.press("F8")
    assert page.locator(".finding-now").get_attribute("aria-label") == "Warning: Denial"
    page.keyboard.press("Shift+F8")
    page.keyboard.press("Alt+a")
    page.locator(".under", has_text=BLAME).wait_for(state="detached")
    assert "We should have asked you about this before going on." in field.input_value()
    chosen = page.evaluate("((one) => one.value.slice(one.selectionStart, one.selectionEnd))(document.activeElement)")
    assert chosen == "[what we do now]", "the first gap is chosen, to be filled in"
    page.keyboard.type("correct it")
    assert "We will correct it by [day]." in field.input_value()
    assert Reaction.objects.get().made == "accepted"
    for _ in "correct it":
        page.keyboard.press("Control+z")
    assert "[what we do now]" in field.input_value(), "the browser's own undo knows it"


def test_a_finding_is_dismissed_with_a_reason_and_brought_back(page: Page) -> None:
    page.goto("/check/")
    page.get_by_label("Your text").fill(TEXT)
    page.locator(".finding").nth(1).wait_for()
    page.keyboard.press("Alt+n")
    page.keyboard.press("Alt+d")
    assert page.get_by_role("radio", name="It doesn't say that").is_visible()
    page.keyboard.press("Escape")
    assert page.get_by_role("radio").first.is_hidden()
    assert page.locator(".finding").count() == 2, "left, not dismissed"
    page.keyboard.press("Alt+d")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("She said so herself.")
    page.keyboard.press("Enter")
    page.get_by_text("1 dismissed").wait_for()
    assert page.url.endswith("/check/"), "Enter confirms, and sends no form"
    row = Reaction.objects.get()
    assert (row.made, row.reason, row.why) == ("dismissed", "fits", "She said so herself.")
    assert page.locator(".under").all_inner_texts() == ["Nothing changed at our end."]
    page.get_by_text("1 dismissed").click()
    page.get_by_role("button", name="Bring it back").click()
    page.locator(".finding").nth(1).wait_for()
    assert not Reaction.objects.exists()


def test_lines_move_with_the_words_before_the_next_answer(
    mail: None, member: Member, signed_in: Callable[[str], Page]
) -> None:
    page = signed_in("ada@studio.example")
    page.goto("/check/")
    field = page.get_by_label("Your text")
    field.fill(TEXT)
    page.locator(".under").nth(1).wait_for()
    page.route("**/check/", lambda route: route.abort() if route.request.method == "POST" else route.fallback())
    field.press("Control+Home")
    page.keyboard.type("My ")
    assert page.locator(".under").all_inner_texts() == [BLAME, "Nothing changed at our end."]
    page.get_by_text("The check cannot be reached just now").wait_for()
    page.keyboard.type("own ")
    assert field.input_value().startswith("My own Dear Petra"), "it never stands in the way"
    page.unroute("**/check/")
    page.keyboard.type("text. ")
    page.get_by_text("The check cannot be reached just now").wait_for(state="hidden")


def test_the_newest_answer_wins(page: Page) -> None:
    page.goto("/check/")
    field = page.get_by_label("Your text")
    page.route("**/check/", lambda route: None, times=1)  # the first question is never answered
    with page.expect_request(lambda asked: asked.method == "POST"):
        field.fill(TEXT)
    field.fill("Dear Petra,\n\nNothing changed at our end.\n")
    page.locator(".under").first.wait_for()
    assert page.locator(".under").all_inner_texts() == ["Nothing changed at our end."]
    assert page.locator("[data-check-trouble]").is_hidden()


def test_a_message_is_dropped_on_the_page(page: Page, fresh: datetime, shoot: Shoot) -> None:
    page.goto("/check/")
    made = letter(f"Dear Petra,\n\n{BLAME}\n\nOn Monday Petra wrote:\n> please\n", at=fresh,
                  sender="Ada <ada@studio.example>",
                  to="Petra <petra@hartwell.example>, spy@rival.example", subject="Re: Week 2",
                  references=["now@hartwell.example"])  # fmt: skip
    page.evaluate(
        """(text) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([text], "draft.eml", { type: "message/rfc822" }));
          const given = { dataTransfer: transfer, bubbles: true, cancelable: true };
          document.body.dispatchEvent(new DragEvent("drop", given));
        }""",
        made.decode(),
    )
    page.locator(".finding").nth(1).wait_for()
    assert BLAME in page.get_by_label("Your text").input_value()
    assert page.get_by_label("To", exact=True).input_value().endswith("spy@rival.example")
    assert page.locator(".finding", has_text="rival.example").count() == 1
    assert page.get_by_role("link", name="Re: Week 2").get_attribute("href")
    shoot(page, "check-message")
    page.get_by_label("To", exact=True).fill("petra@hartwell.example")
    page.locator(".finding", has_text="rival.example").wait_for(state="detached")


def test_the_box_says_what_sending_means(account: SmtpAccount, page: Page, shoot: Shoot) -> None:
    _thread(page)
    button = page.locator("[data-check-send]")
    assert "Send" in button.inner_text()
    page.get_by_label("Your answer").fill(TEXT)
    page.locator(".under").first.wait_for()
    assert "Send anyway" in button.inner_text()
    shoot(page, "check-reply")
    page.get_by_label("Your answer").press("Control+Enter")
    page.get_by_text("Leaves in a few seconds").wait_for()
    assert {row.made for row in Reaction.objects.all()} == {"sent"}
    assert Draft.objects.get().text == TEXT


def test_sent_before_the_check_answered_it_comes_back(
    account: SmtpAccount, member: Member, signed_in: Callable[[str], Page]
) -> None:
    page = signed_in("ada@studio.example")
    _thread(page)
    page.route("**/reply/check/", lambda route: route.abort())
    page.get_by_label("Your answer").fill(TEXT)
    page.keyboard.press("Control+Enter")
    page.get_by_text("It was not sent yet").wait_for()
    assert page.locator(".finding").count() == 3
    page.unroute("**/reply/check/")
    page.get_by_role("button", name=re.compile("Send anyway")).click()
    page.get_by_text("Leaves in a few seconds").wait_for()


def test_two_people_at_one_hold(held: Draft, signed_in: Callable[[str], Page], shoot: Shoot, fresh: datetime) -> None:
    Member.objects.create_member(
        email="pat@studio.example", name="Pat Quill", role=Role.PARTNER, now=fresh, password="a long password 1"
    )
    page, second = signed_in("ada@studio.example"), signed_in("pat@studio.example")
    for each in (page, second):
        each.goto("/outbox/")
        assert each.get_by_role("heading", name="Held back").is_visible()
    page.locator(".hold summary", has_text="Edit").click()
    page.get_by_label("The words it leaves with").fill(
        "Dear Petra,\n\nthe mistake is ours, and I am sorry. You have it on Friday.\n"
    )
    page.get_by_label("What did you change, and why?").fill("Softer.")
    second.locator(".hold summary", has_text="Release").click()
    second.get_by_label("Why may it leave as it stands?").fill("She knows it.")
    second.get_by_role("button", name="Let it go", exact=True).click()
    second.get_by_text("Let go. It leaves in a moment").wait_for()
    page.get_by_role("button", name="Let it go with these words").click()
    page.get_by_text("Pat Quill let it go while you looked at it. “She knows it.” It leaves once.").wait_for()
    page.get_by_text("What you had written was not sent").click()
    assert page.get_by_text("the mistake is ours").is_visible()
    shoot(page, "hold-too-late")
    draft = Draft.objects.get()
    assert (draft.state, draft.text) == ("queued", TEXT)
    assert draft.not_before is not None
    assert draft.not_before > datetime.now(UTC) - timedelta(minutes=5)


def test_whoever_decides_writes_on_it_with_the_check_beside(held: Draft, page: Page) -> None:
    page.goto("/outbox/")
    page.locator(".hold summary", has_text="Edit").click()
    page.locator(".hold-edit .under").nth(1).wait_for()
    page.get_by_label("The words it leaves with").fill(
        "Dear Petra,\n\nthe mistake is ours, and I am sorry. You have it on Friday.\n"
    )
    page.locator(".hold-edit .finding").first.wait_for(state="detached")
    page.get_by_label("What did you change, and why?").fill("Softer.")
    page.get_by_role("button", name="Let it go with these words").click()
    page.get_by_text("Let go with your words").wait_for()
    assert "the mistake is ours" in Draft.objects.get().text


def test_a_rule_is_weighed_in_place(page: Page) -> None:
    page.goto("/settings/check/")
    page.locator("#weigh-blame-should-have").select_option("stop")
    page.locator("#now-blame-should-have", has_text="Stop").wait_for()
    page.get_by_text("Saved. It counts from the next word").wait_for()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_it_is_accessible_at_every_width(held: Draft, page: Page, shoot: Shoot, theme: str) -> None:
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    troubles: list[object] = []
    for width in (1280, 390, 360):
        page.set_viewport_size({"width": width, "height": 900})
        for name in ("check", "reply", "outbox", "rules"):
            if name == "reply":
                _thread(page)
                page.get_by_label("Your answer").fill(TEXT)
            elif name == "check":
                page.goto("/check/")
                page.get_by_label("Your text").fill(TEXT)
            elif name == "outbox":
                page.goto("/outbox/")
                page.locator(".hold summary", has_text="Edit").click()
            else:
                page.goto("/settings/check/")
                page.locator("#rule-blame-should-have summary").click()
            if name != "rules":
                page.locator(".under:not(.under-read)").first.wait_for()
                page.locator("[data-check-dismiss]:visible").first.click()
            shoot(page, f"guard-{name}-{width}-{theme}")
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            troubles += [f"{name} {width}: {beyond} px too wide"] if beyond > 0 else []
            troubles += [(name, width, one) for one in _broken(page)]
    assert troubles == []


def test_on_a_telephone_everything_works_by_touch(narrow_page: Page) -> None:
    page = narrow_page
    page.goto("/check/")
    page.get_by_label("Your text").fill(TEXT)
    page.locator(".finding").nth(1).click()
    page.locator(".finding").nth(1).get_by_role("button", name="Use it").click()
    page.locator(".finding", has_text="Nothing changed at our end").wait_for(state="detached")
    page.get_by_role("button", name="Dismiss").first.click()
    page.locator("label:visible", has_text="True, and right here").click()
    page.locator("[data-check-confirm]:visible").click()
    page.get_by_text("1 dismissed").wait_for()
