"""Boundaries in a real browser, wide and narrow: pages that axe accepts and that never scroll sideways."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe
from tests.letters import judged, letter

from amends.boundaries.actions.limits import ServiceTyped, SupplierTyped, add_service, add_supplier, say_scope
from amends.boundaries.models import Parting
from amends.clients.models import Client, Engagement
from amends.firm.models import Member
from amends.flows.boundaries import parting, referrals, scope
from amends.mail.models import Message
from amends.mail.queries import Reader
from amends.outbox.models import SmtpAccount

if TYPE_CHECKING:
    from playwright.sync_api import Page

Shoot = Callable[["Page", str], None]
ASKED = "I know it is not in our agreement, but could you take the VAT registrations as well?"


@pytest.fixture
def addresses(mail: None, member: Member, fresh: datetime) -> dict[str, str]:
    """Hartwell asks for more, and was angry in three months; Pelham's request was sent to Tax House."""
    who, reader = "Petra Hartwell <petra@hartwell.example>", Reader(member)
    judged(
        letter(f"Dear Ada,\n\n{ASKED}\n\nPetra\n", at=fresh - timedelta(days=2), message_id="more@hartwell.example",
               sender=who, subject="One more thing"),
        *[
            letter("Dear Ada,\n\nI am furious that the third invoice has an error again.\n", sender=who,
                   subject=f"Bill {ago}", at=fresh - timedelta(days=ago), message_id=f"bill{ago}@hartwell.example")
            for ago in (120, 70, 9)
        ],
        now=fresh,
    )  # fmt: skip
    Client.objects.update(standing="client", standing_fixed=True)
    hartwell = Client.objects.get(domains__value="hartwell.example")
    SmtpAccount.objects.create(host="127.0.0.1", port=1, security="plain", from_address="hi@studio.example",
                               changed_at=fresh)  # fmt: skip
    tax = add_supplier(
        SupplierTyped("Tax House", "Vera Tax", "vera@taxhouse.example", does="VAT registrations in all of the EU",
                      experience="Two clients sent there. Quick to answer, and dear; say at once which countries."),
        by=member, now=fresh,
    )  # fmt: skip
    say = {"how": "not", "sentence": "Tax is a craft of its own; we work with people who do nothing else."}
    add_service(ServiceTyped("VAT and customs", suppliers=[tax.public_id], **say), by=member, now=fresh)
    add_service(ServiceTyped("Web shops", "well"), by=member, now=fresh)
    work = Engagement.objects.create(client=hartwell, name="Web shop", yearly_value=48000, created_at=fresh)
    say_scope(work, inside="The shop, its texts in two languages, one round of changes a month.",
              outside="Taxes, customs, warehouse.", version=0, by=member, now=fresh)  # fmt: skip
    absorbed = scope.Typed("absorbed", "A third language", work.public_id, hours="6", cost="420")
    scope.answer(reader, absorbed, client=hartwell.public_id, by=member, now=fresh)
    pelham = Client.objects.get(domains__value="pelham.example")
    sent = scope.answer(reader, scope.Typed("referred", "VAT in three countries", supplier=tax.public_id),
                        client=pelham.public_id, by=member, now=fresh).referral  # fmt: skip
    assert sent is not None
    referrals.say_helped(reader, sent.public_id, "yes", words="They met the next day.", by=member, now=fresh)
    made = parting.begin(hartwell.public_id, by=member, now=fresh)
    parting.decide(reader, made.public_id, reasons="We explained it three times.", by=member, now=fresh)
    parting.hand_over_now(reader, made.public_id, by=member, now=fresh)
    due = (fresh + timedelta(days=20)).date()
    parting.add_item(
        made.public_id, kind="we_hold", what="The domain and its passwords", due_on=due, by=member, now=fresh
    )
    delacroix = Client.objects.get(domains__value="delacroix.example")
    Parting.objects.create(client=delacroix, whose="theirs", state="parted", opened_at=fresh, ended_at=fresh,
                           why_they_left="Cheaper elsewhere")  # fmt: skip
    asked = Message.objects.get(message_id="more@hartwell.example")
    client = f"/clients/{hartwell.public_id}/"
    return {
        "services": "/settings/services/", "suppliers": "/settings/suppliers/",
        "supplier": f"/settings/suppliers/{tax.public_id}/", "scope-answer": f"/scope/{asked.public_id}/",
        "client-scope": f"{client}scope/", "referral-out": f"/referrals-out/{sent.public_id}/",
        "partings": "/partings/",
        "client-parting": f"{client}parting/", "parted": f"/clients/{delacroix.public_id}/parting/",
        "engagement-scoped": f"{client}engagements/{work.public_id}/",
        "work": f"{client}engagements/{work.public_id}/scope/", "client-asks": client,
    }  # fmt: skip


def test_wide_pages_are_accessible(page: Page, shoot: Shoot, addresses: dict[str, str]) -> None:
    assert _looked_at(page, shoot, addresses, "wide") == []


def test_narrow_pages_never_scroll_sideways(narrow_page: Page, shoot: Shoot, addresses: dict[str, str]) -> None:
    assert _looked_at(narrow_page, shoot, addresses, "narrow") == []


def test_dark_pages_are_accessible(page: Page, shoot: Shoot, addresses: dict[str, str]) -> None:
    page.emulate_media(color_scheme="dark", reduced_motion="reduce")
    assert _looked_at(page, shoot, addresses, "dark") == []


def _looked_at(page: Page, shoot: Shoot, addresses: dict[str, str], how: str) -> list[str]:
    troubles = []
    for name, address in addresses.items():
        page.goto(address)
        page.evaluate(
            "document.querySelectorAll('details:not(.menu)').forEach((one) => { one.name = ''; one.open = true; })"
        )
        shoot(page, f"{name}-{how}")
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        troubles += [f"{name}: {beyond} px too wide"] if beyond > 0 else []
        for violation in Axe().run(page).response["violations"]:
            troubles += [f"{name}: {violation['id']} {node['target']}" for node in violation["nodes"]]
    return troubles
