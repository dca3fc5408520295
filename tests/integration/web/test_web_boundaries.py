"""Pages: what we do, suppliers, answering a request for more, an introduction and its letter."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.letters import judged, letter

from amends.boundaries.models import ReferralOut, ScopeAnswer, Service, Supplier
from amends.clients.models import Client, Engagement
from amends.firm.models import Firm, Member, Role
from amends.mail.models import Message
from amends.outbox.models import Draft, SmtpAccount

ASKED = "I know it is not in our agreement, but could you take the VAT registrations as well?"


@pytest.fixture
def asked(firm: Firm, fresh: datetime) -> Message:
    """Petra asks for more."""
    at = fresh - timedelta(days=1)
    judged(letter(f"Dear Ada,\n\n{ASKED}\n\nPetra\n", at=at, message_id="more@hartwell.example"), now=fresh)
    return Message.objects.get()


@pytest.fixture
def supplier(firm: Firm, fresh: datetime) -> Supplier:
    return Supplier.objects.create(
        name="Tax House", contact="Vera Tax", email="vera@taxhouse.example", does="VAT", at=fresh
    )


def test_services_are_said_changed_removed_and_brought_back(browser: Browser, supplier: Supplier) -> None:
    address = reverse("services")
    assert "Nothing is said yet" in browser.get(address).content.decode()
    assert browser.post(address, {"name": "", "how": "not"}).status_code == 422
    browser.post(address, {"name": "Video", "how": "not", "sentence": "A craft of its own.",
                           "suppliers": str(supplier.public_id)})  # fmt: skip
    (row,) = Service.objects.all()
    page = browser.get(address).content.decode()
    assert "A craft of its own." in page
    assert reverse("supplier", args=[supplier.public_id]) in page
    one = reverse("service", args=[row.public_id])
    assert browser.post(one, {"name": "Film", "how": "sometimes", "version": "9"}).status_code == 422
    assert browser.post(one, {"name": "Film", "how": "sometimes", "version": "1"}).status_code == 302
    assert list(Service.objects.values_list("name", "how")) == [("Film", "sometimes")]
    browser.post(one, {"do": "remove"})
    assert not Service.objects.exists()
    assert "Removed: “Film”." in browser.get(address).content.decode()


def test_suppliers_are_kept_with_our_experience(browser: Browser) -> None:
    address = reverse("suppliers")
    assert "Nobody in the directory yet" in browser.get(address).content.decode()
    assert browser.post(address, {"name": "Film House", "email": "nowhere"}).status_code == 422
    browser.post(address, {"name": "Film House", "experience": "Quick, and dear."})
    (row,) = Supplier.objects.all()
    one = reverse("supplier", args=[row.public_id])
    assert "Quick, and dear." in browser.get(one).content.decode()
    browser.post(one, {"name": "Film House", "version": "1"})
    assert Supplier.objects.get().active is False
    assert "not active" in browser.get(address).content.decode()


def test_staff_read_them_and_change_nothing(client: Browser, firm: Firm, supplier: Supplier, fresh: datetime) -> None:
    who = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.STAFF, now=fresh)
    client.force_login(who, backend="amends.firm.sign_in.MemberBackend")
    assert "Add them" not in client.get(reverse("suppliers")).content.decode()
    assert client.post(reverse("suppliers"), {"name": "X"}).status_code == 403
    assert client.post(reverse("supplier", args=[supplier.public_id]), {"name": "X"}).status_code == 403


def test_today_and_the_conversation_lead_to_the_answer(browser: Browser, asked: Message) -> None:
    way = reverse("scope-answer", args=[asked.public_id])
    Client.objects.update(standing="client", standing_fixed=True)
    assert way in browser.get(reverse("today")).content.decode()
    assert way in browser.get(reverse("thread", args=[asked.thread.public_id])).content.decode()
    page = browser.get(way).content.decode()
    assert "VAT registrations" in page
    assert "Nobody is in the directory yet." in page


def test_a_request_is_absorbed_seen_on_the_engagement_and_taken_back(browser: Browser, asked: Message) -> None:
    client = Client.objects.get()
    work = Engagement.objects.create(client=client, name="Web shop", created_at=asked.sent_at)
    browser.post(reverse("engagement-scope", args=[client.public_id, work.public_id]),
                 {"inside": "The shop", "outside": "Taxes", "version": "0"})  # fmt: skip
    way = reverse("scope-answer", args=[asked.public_id])
    assert "Taxes" in browser.get(way).content.decode()
    typed = {"kind": "absorbed", "words": "VAT", "engagement": str(work.public_id), "hours": "2.5", "cost": "soon"}
    refused = browser.post(way, typed)
    assert refused.status_code == 422
    assert "no amount" in refused.content.decode()
    assert browser.post(way, {**typed, "cost": "100"}).status_code == 302
    page = browser.get(reverse("engagement", args=[client.public_id, work.public_id])).content.decode()
    assert "Scope absorbed: done all the same" in page
    assert "€100" in page
    (row,) = ScopeAnswer.objects.all()
    browser.post(reverse("scope-undo", args=[row.public_id]))
    assert not ScopeAnswer.objects.filter(undone_at=None).exists()
    assert "Answer it" in browser.get(way).content.decode()


def test_a_decline_leads_to_the_draft_and_the_supplier_hears_of_it(
    browser: Browser, asked: Message, supplier: Supplier, account: SmtpAccount
) -> None:
    way = reverse("scope-answer", args=[asked.public_id])
    done = browser.post(way, {"kind": "referred", "words": "VAT", "supplier": str(supplier.public_id)})
    assert done["Location"] == f"{reverse('thread', args=[asked.thread.public_id])}#reply"
    assert "Vera Tax of Tax House" in browser.get(done["Location"].partition("#")[0]).content.decode()
    (row,) = ReferralOut.objects.all()
    address = reverse("referral-out", args=[row.public_id])
    page = browser.get(address).content.decode()
    assert "One of our clients needs somebody" in page
    assert ASKED not in page
    assert "In their own words" in browser.get(address, {"quoted": "1"}).content.decode()
    held = browser.post(address, {"do": "send", "subject": "Hello", "text": "Dear Vera, [name] needs you."})
    assert held.status_code == 422
    sent = browser.post(address, {"do": "send", "subject": "An introduction",
                                  "text": "Dear Vera,\n\nsomebody needs help with VAT.\n\nAda\n"})  # fmt: skip
    assert sent.status_code == 302
    letter_out = Draft.objects.get(thread=None)
    assert letter_out.public_id == ReferralOut.objects.get().supplier_draft
    assert (letter_out.state, letter_out.thread, letter_out.recipients.get().email) == (
        "queued", None, "vera@taxhouse.example",
    )  # fmt: skip
    browser.post(address, {"do": "outcome", "helped": "yes", "words": "They met.", "was": "open"})
    page = browser.get(reverse("supplier", args=[supplier.public_id])).content.decode()
    assert "1 client sent, helped 1" in page
    assert "They met." in page


def test_a_request_by_phone_is_noted_on_the_client(browser: Browser, asked: Message) -> None:
    client = Client.objects.get()
    address = reverse("client-scope", args=[client.public_id])
    browser.post(address, {"kind": "absorbed", "words": "A second language", "hours": "1"})
    assert "A second language" in browser.get(address).content.decode()
