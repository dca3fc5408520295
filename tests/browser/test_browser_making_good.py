"""Making good in a real browser: a remedy above one's authority, approved on a telephone; pages that axe accepts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from amends.clients.models import Client, Engagement
from amends.firm.models import Member, Role
from amends.flows.recovery import remedies
from amends.flows.recovery.remedies import Typed
from amends.mail.models import Message, Thread
from amends.mail.queries import SYSTEM
from amends.outbox.models import SmtpAccount
from amends.recovery.models import Approval, Finding, Issue, Playbook, Recovery, RecoveryThread

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]
SUGGESTED = [
    {"kind": "redo", "what": "A right invoice, checked by two of us", "cost": 120},
    {"kind": "credit", "what": "Half of the wrong invoice", "cost": 200},
    {"kind": "gesture", "what": "A note by hand from the partner", "cost": 15},
]


@pytest.fixture
def recovery(mail: None, member: Member, fresh: datetime) -> Recovery:
    """Ben's, of Hartwell's third wrong invoice; one thing is agreed, one waits for approval; Pelham had the same."""
    ben = Member.objects.create_member(email="ben@studio.example", name="Ben Reed", role=Role.STAFF, now=fresh)
    Playbook.objects.create(mode="wrong invoice", trade="any", name="Wrong invoice", edition=1, at=fresh,
                            content={"remedies": SUGGESTED})  # fmt: skip
    made = _of("Hartwell", ben, fresh, title="Three invoices with errors")
    _of("Pelham", None, fresh, title="Price wrong in the invoice")
    _of("Kestrel", None, fresh, title="Invoice sent twice")
    SmtpAccount.objects.create(host="127.0.0.1", port=1, security="plain", from_address="hi@studio.example",
                               changed_at=fresh)  # fmt: skip
    Engagement.objects.create(client=made.client, name="Retainer", yearly_value=48000, created_at=fresh,
                              renews_on=(fresh + timedelta(days=40)).date())  # fmt: skip
    due = f"{fresh + timedelta(days=5):%Y-%m-%d}"
    note = Typed("gesture", "A note by hand from the partner", cost="15", due=due, goodwill=True)
    credit = Typed("credit", "Half of the wrong invoice as a credit", cost="200", due=due, because="The third time.")
    remedies.give(SYSTEM, made.public_id, note, by=ben, now=fresh)
    remedies.give(SYSTEM, made.public_id, credit, by=ben, now=fresh)
    return made


def _of(house: str, owner: Member | None, fresh: datetime, *, title: str) -> Recovery:
    client = Client.objects.get(domains__value=f"{house.lower()}.example")
    message = Message.objects.get(message_id=f"now@{house.lower()}.example")
    made = Recovery.objects.create(
        client=client, title=title, owner=owner, stage="agree", began_at=fresh - timedelta(days=4),
        opened_at=fresh - timedelta(days=3), wanted="I want invoices that I need not check.",
        failure_mode="wrong invoice", root_cause="Nobody reads an invoice twice before it leaves.",
    )  # fmt: skip
    RecoveryThread.objects.create(recovery=made, thread=Thread.objects.get(pk=message.thread_id))
    issue = Issue.objects.create(
        recovery=made, place=1, quote="I am furious that the third invoice has an error again.", message=message,
        said_at=message.sent_at, at=fresh,
    )  # fmt: skip
    Finding.objects.create(issue=issue, happened="An old rate was in the template.", responsibility="ours", at=fresh,
                           we_do="we check all invoices of this year", by_when=fresh.date())  # fmt: skip
    return made


def test_a_remedy_is_approved_on_a_telephone(recovery: Recovery, narrow_page: Page, shoot: Shoot) -> None:
    page = narrow_page
    page.goto("/")
    page.get_by_text("1 remedy waits for approval.").wait_for()
    page.get_by_role("link", name="Look at it").click()
    page.get_by_role("link", name="Half of the wrong invoice as a credit").click()
    page.get_by_text("The third time.").wait_for()
    assert Approval.objects.get().decision == "open"
    shoot(page, "approval-open")
    page.get_by_role("button", name="Approve €200").click()
    page.get_by_text("Approved, Ada Moss").wait_for()
    assert Approval.objects.get().decision == "approved"
    shoot(page, "approval-approved")


def test_a_suggestion_is_agreed_undone_and_withdrawn_by_keyboard(recovery: Recovery, page: Page, shoot: Shoot) -> None:
    page.goto(f"/recoveries/{recovery.public_id}/giving/")
    page.get_by_text("Give something").click()
    page.get_by_role("link", name="A right invoice, checked by two of us").click()
    assert page.get_by_label("What it costs us").input_value() == "120.00"
    page.get_by_label("By when").fill(f"{datetime.now() + timedelta(days=3):%Y-%m-%d}")  # noqa: DTZ005
    page.get_by_role("button", name="Agree it").press("Enter")
    given = page.get_by_role("list", name="Remedies").get_by_role("listitem").filter(has_text="checked by two of us")
    given.get_by_text("Agreed").wait_for()
    shoot(page, "giving-agreed")
    page.keyboard.press("z")
    given.get_by_text("Offered").wait_for()


@pytest.mark.parametrize(("width", "theme"), [(1280, "light"), (390, "dark")])
def test_the_pages_are_accessible(recovery: Recovery, page: Page, shoot: Shoot, theme: str, width: int) -> None:
    page.set_viewport_size({"width": width, "height": 900})
    page.emulate_media(color_scheme=theme, reduced_motion="reduce")  # type: ignore[arg-type]
    approval = Approval.objects.get()
    troubles = []
    for name, address in {
        "giving": f"/recoveries/{recovery.public_id}/giving/",
        "learning": f"/recoveries/{recovery.public_id}/learning/", "approvals": "/approvals/",
        "approval": f"/approvals/{approval.public_id}/", "to-ask": "/recoveries/to-ask/",
        "budget": "/settings/budget/?who=all", "budgets": "/settings/budgets/",
    }.items():  # fmt: skip
        page.goto(address)
        page.evaluate("document.querySelectorAll('main details').forEach((one) => { one.open = true; })")
        shoot(page, f"making-good-{name}-{width}-{theme}")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        troubles += [f"{name}: {beyond} px too wide"] if beyond > 0 else []
        troubles += [
            f"{name}: {violation['id']} {node['target']} {node['failureSummary']}"
            for violation in Axe().run(page).response["violations"]
            for node in violation["nodes"]
        ]
    assert troubles == []
