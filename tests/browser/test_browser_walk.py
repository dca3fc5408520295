"""One recovery walked by its people, from a complaint in an imported mailbox to the client's yes.

Ben puts it right, Cleo listens beside him, Ada approves, and the mail goes through a real server.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect
from tests.letters import bring, letter
from tests.pdftext import pages, words
from tests.smtp import Sink, sink

from amends.firm.models import Member, Role
from amends.flows.judge import judge_new
from amends.flows.receive import run_import
from amends.flows.recovery.asking import prepare_due
from amends.flows.send.deliver import send_next
from amends.mail.models import ImportRun
from amends.mail.reading import ReaderPool
from amends.outbox.models import SmtpAccount
from amends.recovery.models import Closing, Note, Recovery, Remedy, RemedyState
from amends.signals.models import Promise

if TYPE_CHECKING:
    from playwright.sync_api import Browser, BrowserContext, Page
    from pytest_django.live_server_helper import LiveServer

    from amends.firm.models import Firm

Shoot = Callable[["Page", str], None]
PASSWORD = "a long password 1"
PETRA = ["petra@hartwell.example"]
WRONG = "I am furious that the third invoice has an error again."
SECOND = "The prices on pages 4 and 5 are last year's."


@pytest.fixture
def server() -> Iterator[Sink]:
    with sink() as made:
        yield made


@pytest.fixture
def team(transactional_db: None, firm: Firm, member: Member, server: Sink, fresh: datetime) -> None:
    for name, role in (("Ben", Role.STAFF), ("Cleo", Role.STAFF)):
        Member.objects.create_member(
            email=f"{name.lower()}@studio.example", name=name, role=role, now=fresh, password=PASSWORD
        )
    SmtpAccount.objects.create(
        host="127.0.0.1", port=server.port, security="plain", from_address="hello@studio.example", changed_at=fresh
    )


@pytest.fixture
def enter(
    chromium: Browser, live_server: LiveServer, team: None
) -> Iterator[Callable[[str], tuple[Page, BrowserContext]]]:
    """Sign somebody in, in a browser of their own."""
    contexts = []

    def sign_in(name: str) -> tuple[Page, BrowserContext]:
        context = chromium.new_context(base_url=live_server.url, viewport={"width": 1280, "height": 900})
        context.set_default_timeout(10_000)
        contexts.append(context)
        page = context.new_page()
        page.goto("/sign-in/")
        page.get_by_label("E-mail address").fill(f"{name}@studio.example")
        page.get_by_label("Password").fill(PASSWORD)
        page.get_by_role("button", name="Sign in", exact=True).click()
        page.wait_for_url("**/")
        return page, context

    yield sign_in
    for context in contexts:
        for page in context.pages:
            page.goto("/healthz")  # none asks the server any more while the next test clears the rows
        context.close()


def _import(page: Page, folder: Path, fresh: datetime) -> None:
    ben = "Ben <ben@studio.example>"
    letters = [
        letter("Dear Ben,\n\nplease send the catalogue.\n\nPetra\n", at=fresh - timedelta(days=3),
               to=ben, subject="Spring catalogue", message_id="plan@hartwell.example"),
        letter("Dear Petra,\n\nhere it is.\n\nBen\n", at=fresh - timedelta(days=2.9), sender=ben,
               to="Petra Hartwell <petra@hartwell.example>", subject="Re: Spring catalogue",
               message_id="sent@studio.example", references=["plan@hartwell.example"]),
        letter(f"Dear Ben,\n\n{WRONG} {SECOND}\n\nPetra\n", at=fresh - timedelta(days=2), to=ben,
               subject="Re: Spring catalogue", message_id="angry@hartwell.example",
               references=["plan@hartwell.example", "sent@studio.example"]),
    ]  # fmt: skip
    archive = folder / "archive.mbox"
    archive.write_bytes(b"".join(b"From x Thu Jan  1 00:00:00 2026\n" + one + b"\n" for one in letters))
    page.goto("/import/")
    page.get_by_label("Drop archives here, or choose them").set_input_files(archive)
    page.get_by_role("button", name="Bring them in").click()
    page.wait_for_url("**/import/*/")
    with ReaderPool(workers=1) as readers:
        run_import(ImportRun.objects.get(), readers=readers, clock=lambda: fresh)
    page.get_by_role("link", name="See who needs us").click()


def _leave(*, at: datetime | None = None) -> None:
    """What waits in the outbox leaves, its seconds to take back over, and is read as the jobs do."""
    account, now = SmtpAccount.objects.get(), (at or datetime.now(UTC)) + timedelta(seconds=11)
    while send_next(account.pk, sender=uuid.uuid4(), clock=lambda: now):
        pass
    judge_new(now=now)


def _on(page: Page, stage: str) -> None:
    page.get_by_role("button", name=f"Go on to {stage}").click()
    page.locator(".step-now").filter(has_text=stage).wait_for()


def _due(fresh: datetime, days: int) -> str:
    return f"{fresh + timedelta(days=days):%Y-%m-%d}"


def test_from_a_complaint_to_yes(
    enter: Callable[[str], tuple[Page, BrowserContext]], server: Sink, shoot: Shoot, tmp_path: Path, fresh: datetime,
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    ada, _ = enter("ada")
    _import(ada, tmp_path, fresh)
    page, context = enter("ben")

    # own: from Today, by one key; the first reply begins with the playbook's words
    page.keyboard.press("j")
    page.keyboard.press("p")
    page.wait_for_url("**/recoveries/*/")
    root = page.url
    made = Recovery.objects.get()
    assert made.owner == Member.objects.get(name="Ben")
    page.get_by_role("link", name="Write the first reply").click()
    reply = page.get_by_label("Your answer")
    assert "angry" in reply.input_value()
    shoot(page, "walk-first-reply")
    reply.focus()
    page.keyboard.press("Control+Enter")
    page.get_by_text("Leaves in a few seconds").wait_for()
    _leave()
    assert server.recipients == [PETRA]
    page.goto(root)
    page.get_by_text("It left").wait_for()
    _on(page, "Listen")

    # listen: their words are there; what they want is asked for in the call
    assert [one.quote for one in made.issues.order_by("place")] == [WRONG, SECOND]
    _on(page, "Answer")

    # answer: what happened, why, whose, what we do
    for number, (what, we_do) in enumerate((("The rate of January was in the template.", "Two of us read each invoice"),
                                            ("We set the old list.", "We print pages 4 and 5 anew"))):  # fmt: skip
        form = page.locator(".finding").nth(number)
        form.get_by_label("What happened").fill(what)
        form.get_by_label("Why", exact=True).fill("Nobody compared it with the sheet.")
        form.get_by_label("Whose responsibility").select_option("ours")
        form.get_by_label("How sure we are").select_option("sure")
        form.get_by_label("What we do").fill(we_do)
        form.get_by_label("By when").fill(_due(fresh, 5))
        with page.expect_response(lambda told: told.request.method == "POST"):
            form.get_by_role("button", name="Keep it").click()
        page.locator(".finding").nth(number).locator(".finding-state").wait_for()

    # the brief writes itself, and goes out before the call
    page.goto(f"{root}brief/?for=client")
    expect(page.locator(".brief-sheet")).to_contain_text(WRONG)
    with page.expect_download() as waiting:
        page.get_by_role("link", name="PDF").click()
    paper = Path(waiting.value.path()).read_bytes()
    assert pages(paper) == 1
    assert "rate of January" in words(paper), words(paper)
    page.get_by_role("link", name="Send before the call").click()
    shoot(page, "walk-brief-mail")
    page.get_by_role("button", name="Send", exact=True).click()
    page.wait_for_url(lambda url: "send" not in url)
    _leave()
    assert server.recipients == [PETRA] * 2
    assert b"The rate of January" in server.raw(1)

    # the call: two take notes, and the network is cut in the middle
    page.goto(f"{root}call/")
    page.get_by_role("button", name="Begin the call").click()
    page.wait_for_url("**/calls/**")
    hers, _ = enter("cleo")
    hers.goto(page.url)
    page.keyboard.type("She is tired of checking our invoices.")
    hers.keyboard.type("Her director asked about it.")
    expect(hers.locator("[data-saved]")).to_contain_text("Saved")
    expect(page.locator(".call-others li").first).to_contain_text("Her director asked about it.")
    context.set_offline(True)
    page.keyboard.press("Control+Enter")
    page.keyboard.press("Alt+p")
    page.keyboard.type("a corrected invoice by Friday")
    page.keyboard.press("Escape")
    page.keyboard.press("w")
    page.keyboard.type("Invoices that I need not check.")
    expect(page.locator("[data-saved]")).to_contain_text("Kept in this browser")
    context.set_offline(False)
    expect(page.locator("[data-saved]")).to_contain_text("Saved")
    page.get_by_role("button", name="End the call").click()
    page.wait_for_url("**/after/")
    assert {one.author.name for one in Note.objects.exclude(text="") if one.author} == {"Ben", "Cleo"}
    page.get_by_role("button", name="It is a promise").click()
    expect(page.locator(".call-done")).to_contain_text("corrected invoice")
    if (take := page.get_by_role("button", name="Take this as the wanted outcome")).count():
        take.click()
    shoot(page, "walk-after-call")
    page.locator("#summary").get_by_role("button", name="Send", exact=True).click()
    expect(page.locator("#summary")).to_contain_text("On its way")
    _leave()
    assert server.recipients == [PETRA] * 3

    # agree: above his authority one approval is asked, and Ada gives it
    page.goto(root)
    made.refresh_from_db()
    assert made.wanted == "Invoices that I need not check."
    _on(page, "Agree")
    page.get_by_label("What you give, as the client would put it").fill("Half of the wrong invoice as a credit")
    page.get_by_label("Kind").select_option("credit")
    page.get_by_label("What it costs us").fill("400")
    page.locator("#o-due").fill(_due(fresh, 6))
    page.get_by_role("button", name="Agree it").click()
    page.get_by_role("link", name="Waits for approval").or_(page.locator(".remedy-asked")).first.wait_for()
    ada.goto("/")
    ada.get_by_role("link", name="Look at it").click()
    ada.get_by_role("link", name="Half of the wrong invoice as a credit").click()
    shoot(ada, "walk-approval")
    ada.get_by_role("button", name=re.compile("^Approve")).click()
    ada.get_by_text("Approved, Ada Moss").wait_for()

    # make good: what was agreed is a promise, and is kept
    page.goto(root)
    _on(page, "Make good")
    assert Remedy.objects.get().state == RemedyState.AGREED
    assert Promise.objects.filter(client=made.client).count() >= 2
    shoot(page, "walk-make-good")
    page.locator("#make_good").get_by_role("button", name="It is done").click()
    page.get_by_text("All that was agreed was done").wait_for()
    _on(page, "Learn")

    # learn: seven days later the client is asked, and only yes closes it
    later = datetime.now(UTC) + timedelta(days=8)
    assert prepare_due(now=later - timedelta(days=2)) == 0
    assert prepare_due(now=later) == 1
    monkeypatch.setattr("amends.web.recovery.learn.clock", lambda: later)
    page.goto(f"{root}learning/")
    page.get_by_label("What was really behind it").fill("Nobody reads an invoice twice before it leaves.")
    page.get_by_label("Yes", exact=True).check()
    page.get_by_role("button", name="Keep it").click()
    page.get_by_text("Ask the client").first.wait_for()
    shoot(page, "walk-ask")
    page.get_by_role("button", name="Send it").click()
    page.get_by_text("outbox").first.wait_for()
    _leave(at=later)
    assert server.recipients.count(PETRA) == 4
    assert [[each] for each in ("ada@studio.example", "ben@studio.example")] == [
        one for one in server.recipients if one != PETRA
    ]
    _answers(later + timedelta(hours=3))
    monkeypatch.setattr("amends.web.recovery.learn.clock", lambda: later + timedelta(hours=4))
    page.goto(f"{root}learning/")
    page.get_by_label(re.compile("all right now")).check()
    page.get_by_role("button", name="They say yes: close it").click()
    page.get_by_text("The client says that it is right now.", exact=True).wait_for()
    shoot(page, "walk-yes")
    made.refresh_from_db()
    assert (made.closing, made.kept_word) == (Closing.YES, True)


def _answers(at: datetime) -> None:
    bring(
        letter("Dear Ben,\n\nyes, it is all right now. Thank you.\n\nPetra\n", at=at, subject="Re: Spring catalogue",
               to="Ben <ben@studio.example>", message_id="yes@hartwell.example",
               references=["plan@hartwell.example", "sent@studio.example"]), now=at,
    )  # fmt: skip
    judge_new(now=at)
