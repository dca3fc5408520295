"""What a firm makes of the check: weights, words to avoid, sentences, each client's glossary, authority, the delay."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext

from amends.clients.models import Client, GlossaryTerm
from amends.firm.models import AuditEntry, Firm, Member, Role
from amends.judgement.guard import rules
from amends.outbox.models import AvoidedWords, Made, Reaction, RuleChoice, RuleExample

PART = {"HX-Request": "true"}


@pytest.fixture
def staff(firm: Firm, fresh: datetime) -> Browser:
    sam = Member.objects.create_member(email="sam@studio.example", name="Sam", role=Role.STAFF, now=fresh)
    browser = Browser()
    browser.force_login(sam, backend="amends.firm.sign_in.MemberBackend")
    return browser


@pytest.fixture
def house(firm: Firm, fresh: datetime) -> Client:
    return Client.objects.create(name="Hartwell", created_at=fresh)


def test_every_rule_stands_there_with_why_and_examples(browser: Browser, staff: Browser) -> None:
    page = browser.get("/settings/check/").content.decode()
    for rule in rules().values():
        assert f'id="rule-{rule.id}"' in page
    assert "You should have told us about the change." in page
    read = staff.get("/settings/check/").content.decode()
    assert 'id="rule-blame-should-have"' in read
    assert "<select" not in read, "whoever decides nothing reads"
    assert "Partners and administrators change" in read


def test_a_rule_is_weighed_in_place(browser: Browser) -> None:
    chosen = {"name": "blame-should-have", "choice": "stop"}
    said = browser.post("/settings/check/weigh/", chosen, headers=PART).content.decode()
    assert 'id="now-blame-should-have"' in said
    assert "sev-stop" in said
    assert RuleChoice.objects.get().choice == "stop"
    plain = browser.post("/settings/check/weigh/", {**chosen, "choice": "off"})
    assert plain["Location"] == "/settings/check/#rule-blame-should-have"
    assert AuditEntry.objects.filter(did="check.weighed").count() == 2
    browser.post("/settings/check/weigh/", {**chosen, "choice": ""})
    assert not RuleChoice.objects.exists()
    assert browser.post("/settings/check/weigh/", {**chosen, "name": "no"}, headers=PART).status_code == 400


def test_a_family_is_weighed_whole(browser: Browser) -> None:
    said = browser.post("/settings/check/weigh/", {"name": "blame", "choice": "off"}, headers=PART).content.decode()
    assert said.count("with its family") == sum(rule.family == "blame" for rule in rules().values())


def test_words_are_kept_out_and_brought_back(browser: Browser) -> None:
    added = browser.post("/settings/check/words/", {"words": "Circle back", "instead": "call", "choice": "warn"})
    assert added["Location"] == "/settings/check/#words"
    row = AvoidedWords.objects.get()
    assert "“circle back”" in browser.get("/settings/check/").content.decode()
    refused = browser.post("/settings/check/words/", {"words": "…", "choice": "warn"})
    assert refused.status_code == 422
    assert "Enter the words" in refused.content.decode()
    browser.post(f"/settings/check/words/{row.public_id}/remove/")
    assert not AvoidedWords.objects.exists()
    page = browser.get("/settings/check/").content.decode()
    assert "Removed: “circle back”." in page
    assert "Removed" not in browser.get("/settings/check/").content.decode()
    browser.post("/settings/check/words/", {"words": "circle back", "instead": "call", "choice": "warn"})
    assert AvoidedWords.objects.get().instead == "call"


def test_a_sentence_teaches_and_the_page_says_whether_it_is_heeded(browser: Browser) -> None:
    text = "As agreed in March, the fee is fixed for a year."
    browser.post("/settings/check/sentences/", {"rule": "blame-told-you", "text": text, "fires": "no"})
    row = RuleExample.objects.get()
    page = browser.get("/settings/check/").content.decode()
    assert f"“{text}”" in page
    assert "heeded" in page
    refused = browser.post("/settings/check/sentences/", {"rule": "blame-told-you", "text": "one", "fires": "no"})
    assert refused.status_code == 422
    assert "Enter a whole sentence" in refused.content.decode()
    browser.post(f"/settings/check/sentences/{row.public_id}/remove/")
    assert not RuleExample.objects.exists()


def test_a_client_s_own_words(staff: Browser, house: Client) -> None:
    base = f"/clients/{house.public_id}/glossary/"
    assert "No words of theirs yet" in staff.get(base).content.decode()
    staff.post(base, {"wrong": "customers", "right": "guests", "why": "They are a hotel."})
    staff.post(base, {"wrong": "Customers", "right": "visitors"})
    row = GlossaryTerm.objects.get()
    assert (row.wrong, row.right, row.why) == ("Customers", "visitors", "")
    staff.post(base, {"wrong": "cheap", "right": ""})
    twin = staff.post(f"{base}{row.public_id}/", {"wrong": "cheap", "right": "x"})
    assert twin.status_code == 422
    assert "stands in this glossary already" in twin.content.decode()
    assert staff.post(base, {"wrong": " ", "right": "x"}).status_code == 422
    assert staff.post(base, {"wrong": "same", "right": "Same"}).status_code == 422
    staff.post(f"{base}{row.public_id}/", {"wrong": "customers", "right": "guests", "why": ""})
    row.refresh_from_db()
    assert (row.wrong, row.right) == ("customers", "guests")
    staff.post(f"{base}{row.public_id}/remove/")
    assert GlossaryTerm.objects.count() == 1
    page = staff.get(base).content.decode()
    assert "Removed: “customers”." in page
    assert 'name="right" value="guests"' in page
    assert f'href="{base}"' in staff.get(f"/clients/{house.public_id}/").content.decode()


def test_an_authority_is_given_and_noted(browser: Browser, firm: Firm, member: Member) -> None:
    address = f"/settings/members/{member.public_id}/authority/"
    browser.post(address, {"authority": "500"})
    member.refresh_from_db()
    assert member.authority == Decimal(500)
    assert "may give 500 EUR alone" in browser.get("/settings/members/").content.decode()
    entry = AuditEntry.objects.get(did="member.authority")
    assert (entry.about, entry.detail) == (member.email, {"from": "not said", "to": "500.00"}) or entry.detail["to"]
    refused = browser.post(address, {"authority": "-1"}, follow=True).content.decode()
    assert "Enter an amount of money" in refused
    browser.post(address, {"authority": ""})
    member.refresh_from_db()
    assert member.authority is None


def test_the_time_to_take_back_is_set_where_sending_is(browser: Browser, staff: Browser, firm: Firm) -> None:
    assert browser.post("/settings/sending/undo/", {"seconds": "45"})["Location"] == "/settings/sending/#undo"
    firm.refresh_from_db()
    assert firm.undo_seconds == 45
    refused = browser.post("/settings/sending/undo/", {"seconds": "121"})
    assert refused.status_code == 422
    assert "Choose 0 to 120 seconds." in refused.content.decode()
    assert AuditEntry.objects.get(did="settings.changed").detail == {"undo_seconds": 45}
    assert "waits 45 seconds" in staff.get("/settings/sending/").content.decode()
    assert staff.post("/settings/sending/undo/", {"seconds": "1"}).status_code == 403


def test_what_changes_the_check_stands_in_the_audit_log(browser: Browser, house: Client, member: Member) -> None:
    secret = "Petra said that the fee is fixed for a year."  # a sentence may be somebody's mail
    words = {"words": "Circle back", "instead": "call", "choice": "warn"}
    browser.post("/settings/check/words/", words)
    browser.post("/settings/check/words/", {**words, "choice": "stop"})
    browser.post(f"/settings/check/words/{AvoidedWords.objects.get().public_id}/remove/")
    browser.post("/settings/check/sentences/", {"rule": "blame-should-have", "text": secret, "fires": "yes"})
    browser.post("/settings/check/sentences/", {"rule": "blame-should-have", "text": secret, "fires": "no"})
    browser.post(f"/settings/check/sentences/{RuleExample.objects.get().public_id}/remove/")
    base = f"/clients/{house.public_id}/glossary/"
    browser.post(base, {"wrong": "brochure", "right": "leaflet", "why": "Legal says so."})
    browser.post(f"{base}{GlossaryTerm.objects.get().public_id}/", {"wrong": "brochure", "right": "", "why": ""})
    browser.post(f"{base}{GlossaryTerm.objects.get().public_id}/remove/")
    parts = ("check.words_", "check.sentence_", "glossary.")
    lines = [row for row in AuditEntry.objects.order_by("pk") if row.did.startswith(parts)]
    assert [row.did for row in lines] == [
        f"{part}{did}" for part in parts for did in ("added", "changed", "removed")
    ]  # fmt: skip
    assert {row.member for row in lines} == {member}
    assert [row.about for row in lines[::3]] == ["“circle back”", "blame-should-have", f"client {house.public_id}"]
    assert lines[1].detail == {"instead": "call", "weight": "stop"}
    assert lines[6].detail == {"words": "brochure", "instead": "leaflet"}
    kept = "".join(f"{row.about}{row.detail}" for row in lines)
    assert "fee" not in kept
    assert "Legal" not in kept
    page = browser.get("/settings/audit/").content.decode()
    assert "keeps out of all mail" in page
    assert "added to the glossary of" in page
    # what was gone already, or refused, is no deed
    browser.post("/settings/check/words/", {**words, "words": "…"})
    assert AuditEntry.objects.filter(did__startswith="check.words_").count() == 3


def _decide(member: Member, rule: str, *, wrong: int, taken: int, now: datetime) -> None:
    for number in range(wrong + taken):
        how = {"made": Made.DISMISSED, "reason": "wrong"} if number < wrong else {"made": Made.ACCEPTED}
        Reaction.objects.create(
            draft_key=uuid4(), mark=f"{number:016x}", rule=rule, family="blame", severity="warn", member=member, at=now,
            **how,
        )  # fmt: skip


def test_each_rule_says_how_good_it_is_in_use(
    browser: Browser, staff: Browser, member: Member, fresh: datetime
) -> None:
    page = browser.get("/settings/check/").content.decode()
    assert "decisions" not in page
    assert "Switch it off" not in page
    _decide(member, "blame-should-have", wrong=18, taken=2, now=fresh)
    _decide(member, "placeholder", wrong=0, taken=3, now=fresh)
    page = browser.get("/settings/check/").content.decode()
    assert "20 decisions, 10 % right" in page
    assert "2 accepted, 0 reworded, 0 sent all the same, 18 dismissed" in page
    assert "3 decisions, 100 % right" in page
    assert page.count("Switch it off") == 1
    assert "One rule is dismissed as wrong so often" in page
    read = staff.get("/settings/check/").content.decode()
    assert "20 decisions, 10 % right" in read
    assert "<form" not in read.split('id="rule-blame-should-have"')[1].split("</li>")[0]
    browser.post("/settings/check/weigh/", {"name": "blame-should-have", "choice": "off"})
    assert RuleChoice.objects.get().choice == "off"
    assert "dismissed as wrong so often" not in browser.get("/settings/check/").content.decode()


def test_the_page_asks_as_often_whatever_is_decided(browser: Browser, member: Member, fresh: datetime) -> None:
    def queries() -> int:
        with CaptureQueriesContext(connection) as caught:
            assert browser.get("/settings/check/").status_code == 200
        return len(caught)

    _decide(member, "placeholder", wrong=0, taken=1, now=fresh)
    browser.get("/settings/check/")
    few = queries()
    _decide(member, "blame-should-have", wrong=20, taken=9, now=fresh)
    assert queries() == few
