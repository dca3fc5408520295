"""Pages of parting: for partners, from the signs to the letter; and the reminder for everybody."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from django.urls import reverse
from tests.letters import judged, letter

from amends.boundaries.models import HandoverItem, Parting
from amends.clients.models import Client
from amends.firm.models import Firm, Member, Role
from amends.mail.models import Thread
from amends.outbox.models import Draft, SmtpAccount

ANGRY = "I am furious that the third invoice has an error again."


@pytest.fixture
def hartwell(firm: Firm, fresh: datetime) -> Client:
    judged(
        *[
            letter(f"Dear Ada,\n\n{ANGRY}\n\nPetra\n", at=fresh - timedelta(days=ago),
                   message_id=f"angry{ago}@hartwell.example", subject=f"Invoice {ago}")
            for ago in (100, 50, 5)
        ],
        now=fresh,
    )  # fmt: skip
    Client.objects.update(standing="client", standing_fixed=True)
    return Client.objects.get()


def test_from_the_signs_to_the_end(browser: Browser, hartwell: Client, account: SmtpAccount) -> None:
    address = reverse("client-parting", args=[hartwell.public_id])
    assert address in browser.get(reverse("client", args=[hartwell.public_id])).content.decode()
    page = browser.get(reverse("partings")).content.decode()
    assert "petra@hartwell.example wrote in anger 3 times in a year, 95 days from the first to the last." in page
    assert ANGRY in page
    browser.post(address, {"whose": "ours", "reasons": ""})
    (row,) = Parting.objects.all()
    act = reverse("parting", args=[row.public_id])
    assert browser.post(act, {"do": "decide", "reasons": ""}).status_code == 422
    browser.post(act, {"do": "decide", "reasons": "They do not listen."})
    assert browser.post(act, {"do": "save", "version": "1", "reasons": "x"}).status_code == 422
    version = Parting.objects.get().version
    browser.post(act, {"do": "save", "version": str(version), "reasons": "They do not listen.", "invoice": "no. 118"})
    browser.post(act, {"do": "hand_over"})
    assert browser.post(act, {"do": "item", "kind": "we_hold", "what": "The domain", "due": "soon"}).status_code == 422
    browser.post(act, {"do": "item", "kind": "we_hold", "what": "The domain", "due": "2026-04-01"})
    assert "The domain" in browser.get(address).content.decode()
    lies = browser.post(act, {"do": "letter"})
    assert lies["Location"].startswith("/threads/")
    assert "our door stays open" in browser.get(lies["Location"].partition("#")[0]).content.decode().replace("\n", " ")
    assert Draft.objects.get().text.count("The domain") == 1
    refused = browser.post(act, {"do": "part"})
    assert "not handed over yet" in refused.content.decode()
    item = HandoverItem.objects.get()
    browser.post(reverse("parting-item", args=[row.public_id, item.public_id]), {"do": "done"})
    browser.post(act, {"do": "part"})
    assert Parting.objects.get().state == "parted"
    for place in (reverse("client", args=[hartwell.public_id]),
                  reverse("thread", args=[Thread.objects.first().public_id])):  # type: ignore[union-attr]  # fmt: skip
        assert "We parted" in browser.get(place).content.decode()


def test_others_are_reminded_and_see_no_reasons(client: Browser, hartwell: Client, fresh: datetime) -> None:
    who = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.ACCOUNT_MANAGER, now=fresh)
    Parting.objects.create(
        client=hartwell, state="parted", reasons="They do not listen.", opened_at=fresh, ended_at=fresh
    )
    client.force_login(who, backend="amends.firm.sign_in.MemberBackend")
    page = client.get(reverse("client", args=[hartwell.public_id])).content.decode()
    assert "We parted" in page
    assert "do not listen" not in page
    assert "How it ended" not in page
    assert client.get(reverse("client-parting", args=[hartwell.public_id])).status_code == 403
    assert client.get(reverse("partings")).status_code == 403


def test_they_left_by_themselves(browser: Browser, hartwell: Client) -> None:
    address = reverse("client-parting", args=[hartwell.public_id])
    browser.post(address, {"whose": "theirs", "why_they_left": "Cheaper elsewhere"})
    act = reverse("parting", args=[Parting.objects.get().public_id])
    assert "Ask them why" in browser.get(address).content.decode()
    browser.post(act, {"do": "ask"})
    assert "what made you decide so" in Draft.objects.get().text
    browser.post(act, {"do": "stay", "reasons": "They came back."})
    assert "They came back." in browser.get(address).content.decode()
