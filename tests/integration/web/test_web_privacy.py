"""What the pages do with what is closed: own it, put it off, share it, open a mailbox; and what they refuse."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client as Browser
from tests.letters import bring, judged, letter, mailbox, stored

from amends.clients.models import Client, Standing
from amends.firm.models import Firm, Member, Role
from amends.mail.models import Mailbox, Share, Visibility
from amends.signals.models import Action, Correction, Response, Signal

CLOSED = "ada@studio.example"
BACKEND = "amends.firm.sign_in.MemberBackend"


@pytest.fixture
def ben(firm: Firm, fresh: datetime) -> Member:
    return Member.objects.create_member(email="ben@studio.example", name="Ben Vale", role=Role.STAFF, now=fresh)


@pytest.fixture
def box(firm: Firm, member: Member, fresh: datetime) -> Mailbox:
    """Ada's closed mailbox with three complaints of one client."""
    made = mailbox(now=fresh, address=CLOSED)
    made.owner, made.visibility = member, Visibility.METADATA
    made.save()
    for number in range(3):
        judged(
            letter("I am furious that the third invoice has an error again.\n", at=fresh - timedelta(days=2 + number),
                   message_id=f"{number}@x", subject=f"Invoice {number}"),
            now=fresh,
        )  # fmt: skip
    Client.objects.update(standing=Standing.CLIENT, standing_fixed=True)
    return made


@pytest.fixture
def as_ben(client: Browser, ben: Member, box: Mailbox) -> Browser:
    client.force_login(ben, backend=BACKEND)
    return client


def _posted(page: str) -> dict[str, object]:
    """What the forms of the only row hold."""
    [shown] = set(re.findall(r'name="shown" value="([^"]+)"', page))
    return {"shown": shown, "client": str(Client.objects.get().public_id)}


def test_a_row_that_may_not_be_read_says_whom_to_ask_and_can_be_owned_whole(as_ben: Browser) -> None:
    page = as_ben.get("/").content.decode()
    assert "In mail that you may not read. Ask Ada Moss to share it." in " ".join(page.split())
    assert "1 client needs you" in page
    assert "Not an issue" not in page.partition('id="palette"')[0].partition('<dialog id="help"')[0]
    assert not re.search(r"furious|/threads/", page)
    answer = as_ben.post("/answer/", {**_posted(page), "answer": "own"}, headers={"HX-Request": "true"})
    assert "Ben Vale has it" in answer.content.decode()
    kinds = set(Response.objects.filter(action=Action.OWN).values_list("signal__kind", flat=True))
    open_ones = Signal.objects.filter(kind__in=kinds, cleared_at=None)
    assert set(Response.objects.values_list("signal", flat=True)) >= set(open_ones.values_list("pk", flat=True))
    assert open_ones.filter(kind="complaint").count() == 3


def test_a_kind_that_was_not_shown_is_not_answered_though_it_may_not_be_read(as_ben: Browser) -> None:
    form = _posted(as_ben.get("/").content.decode())
    first = Signal.objects.filter(cleared_at=None).earliest("pk")
    later = Signal.objects.create(
        client_id=first.client_id, message_id=first.message_id, kind="leaving", quote="We leave.", rule="leaving",
        confidence=0.9, said_at=first.said_at, raised_at=first.raised_at, key="later",
    )  # fmt: skip
    as_ben.post("/answer/", {**form, "answer": "own"}, headers={"HX-Request": "true"})
    assert Response.objects.exists()
    assert not Response.objects.filter(signal=later).exists()


def test_what_a_row_showed_does_not_tell_how_much_is_hidden(as_ben: Browser) -> None:
    """Three letters, or only the newest of them: a form holds the same, but for the moment."""

    def held() -> list[str]:
        return str(_posted(as_ben.get("/").content.decode())["shown"]).split()[1:]

    before = held()
    Signal.objects.filter(message__message_id__in=["1@x", "2@x"]).exclude(kind="silence").update(
        cleared_at=Signal.objects.earliest("pk").said_at
    )
    assert held() == before


def test_what_one_may_not_read_one_cannot_correct(as_ben: Browser) -> None:
    signals = [str(one) for one in Signal.objects.values_list("public_id", flat=True)]
    refused = as_ben.post("/answer/", {"signal": signals, "answer": "not_an_issue", "why": "Misread"}, follow=True)
    assert "You may not read the mail that this rests on" in refused.content.decode()
    message = stored("0@x").public_id
    assert as_ben.post(f"/messages/{message}/correct/", {"signal": signals[0], "right": ""}).status_code == 404
    assert not Response.objects.exists()
    assert not Correction.objects.exists()


def test_not_an_issue_goes_for_what_was_read(as_ben: Browser, fresh: datetime) -> None:
    judged(now=fresh)
    bring(letter("I am disappointed that the plan was late.\n", at=fresh - timedelta(days=1), message_id="open@x"),
          now=fresh, address="team@x.example")  # fmt: skip
    judged(now=fresh)
    signals = [str(one) for one in Signal.objects.values_list("public_id", flat=True)]
    as_ben.post("/answer/", {"signal": signals, "answer": "not_an_issue", "why": "Misread"})
    assert set(Response.objects.values_list("signal__message__message_id", flat=True)) == {"open@x"}
    assert set(Correction.objects.values_list("message__message_id", flat=True)) == {"open@x"}


def test_a_finance_viewer_is_told_of_no_mail_at_all(client: Browser, ben: Member, box: Mailbox) -> None:
    Mailbox.objects.update(visibility=Visibility.ALL)
    Member.objects.filter(pk=ben.pk).update(role=Role.FINANCE_VIEWER)
    client.force_login(ben, backend=BACKEND)
    page = client.get("/").content.decode()
    assert "In mail that you may not read" in page
    assert "Ask Ada" not in page
    assert client.get(f"/threads/{stored('0@x').thread.public_id}/").status_code == 404
    page = client.get(f"/clients/{Client.objects.get().public_id}/").content.decode()
    assert "Your role reads no mail." in page
    assert "There is mail here" not in page


def test_the_owner_opens_the_mailbox_and_nobody_else(
    browser: Browser, box: Mailbox, ben: Member, client: Browser
) -> None:
    address = f"/mailboxes/{box.public_id}/visibility/"
    said = browser.post(address, {"visibility": "subject"}, follow=True).content.decode()
    assert f"Of {CLOSED} others see who, when and the subject now." in said
    assert "Choose what others may see" in browser.post(address, {"visibility": "x"}, follow=True).content.decode()
    client.force_login(ben, backend=BACKEND)
    assert "Only its owner decides" in client.post(address, {"visibility": "all"}, follow=True).content.decode()
    assert Mailbox.objects.get(pk=box.pk).visibility == Visibility.SUBJECT


def test_an_administrator_gives_away_only_what_nobody_owns(browser: Browser, box: Mailbox, ben: Member) -> None:
    address = f"/mailboxes/{box.public_id}/owner/"
    given = {"to": str(ben.public_id)}
    assert "This mailbox has an owner" in browser.post(address, given, follow=True).content.decode()
    Mailbox.objects.update(owner=None)
    assert "Mailboxes that nobody owns" in browser.get("/mailboxes/who/").content.decode()
    assert f"{CLOSED} is Ben Vale’s now." in browser.post(address, given, follow=True).content.decode()
    assert Mailbox.objects.get(pk=box.pk).owner == ben


def test_a_client_is_shared_on_its_page_and_taken_back(browser: Browser, box: Mailbox, ben: Member) -> None:
    address = f"/clients/{Client.objects.get().public_id}/"
    assert "It is shared with nobody." in browser.get(address).content.decode()
    shared = browser.post(f"{address}share/", {"with": str(ben.public_id), "do": "share"}, follow=True)
    assert "Ben Vale may read it now." in shared.content.decode()
    assert Share.objects.get().member == ben
    assert "Choose somebody of the list" in browser.post(f"{address}share/", {"with": ""}, follow=True).content.decode()
    back = browser.post(f"{address}share/", {"with": str(ben.public_id), "do": "withdraw"}, follow=True)
    assert "Taken back." in back.content.decode()
    assert not Share.objects.filter(withdrawn_at=None).exists()


def test_queries_do_not_grow_with_what_is_closed(as_ben: Browser, fresh: datetime) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def counts() -> list[int]:
        found = []
        for address in ("/", "/clients/", f"/clients/{Client.objects.earliest('pk').public_id}/", "/search/?q=plan"):
            as_ben.get(address)
            with CaptureQueriesContext(connection) as caught:
                assert as_ben.get(address).status_code == 200
            found.append(len(caught))
        return found

    def more(first: int, last: int) -> None:
        for place in (CLOSED, "team@x.example"):
            bring(
                *(letter("I am furious about the plan.\n", at=fresh - timedelta(days=1, minutes=number),
                         sender=f"Kim <kim@house{number}.example>", message_id=f"{place}{number}@h")
                  for number in range(first, last)),
                now=fresh, address=place,
            )  # fmt: skip
        judged(now=fresh)

    more(0, 2)
    few = counts()
    more(2, 20)
    assert counts() == few
    assert max(few) <= 33
