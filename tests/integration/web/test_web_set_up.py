"""The set-up page: a newcomer's way through it, and what lies in rows when they leave it."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Callable
from datetime import UTC, datetime, time, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client as Browser
from django_tasks_db.models import DBTaskResult
from tests.integration.web.conftest import no_firm
from tests.letters import bring, judged, letter

from amends.firm.models import AuditEntry, Firm, Member, OneTimeLink, OwnDomain, Role
from amends.flows.receive import run_import
from amends.flows.set_up import begin_run, first_link
from amends.mail.models import Account, ImportRun, Mailbox, RunState, Visibility
from amends.mail.reading import ReaderPool

HTMX = {"HX-Request": "true"}
BEN = "ben@studio.example"


@pytest.fixture
def new(firm: Firm) -> Firm:
    """The firm before anybody has said anything."""
    OwnDomain.objects.all().delete()
    Firm.objects.update(name="Our firm", set_up_at=None, set_up_step=0)
    firm.refresh_from_db()
    return firm


@pytest.fixture
def begun(new: Firm, browser: Browser) -> Firm:
    """The same after its first step."""
    browser.post("/set-up/", filled(browser))
    new.refresh_from_db()
    return new


def said(answer: Any) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html.unescape(answer.content.decode())))


def filled(browser: Browser, **changes: Any) -> dict[str, Any]:
    """What the open form sends back, when nothing is touched but these."""
    page = browser.get("/set-up/", headers={"Accept-Language": "en-GB,en;q=0.9"}).content.decode()
    form = page[page.index('name="do" value="firm"') : page.index("</form>", page.index('name="do" value="firm"'))]
    found: dict[str, Any] = {"do": "firm"}
    for tag in re.findall(r"<input[^>]*>", form):
        given = {key: html.unescape(value) for key, value in re.findall(r'([\w-]+)="([^"]*)"', tag)}
        if given.get("type") == "checkbox" and " checked" not in tag:
            continue
        found.setdefault(given["name"], []).append(given.get("value", ""))
    for name, inside in re.findall(r'<select name="(\w+)".*?>(.*?)</select>', form, re.S):
        found[name] = re.findall(r'value="([^"]*)" selected', inside)
    return {**found, **changes}


# -- the way in -------------------------------------------------------------------------------------------------------


def test_the_first_administrator_is_led_there_and_nobody_else(client: Browser, db: None, now: datetime) -> None:
    link = first_link(now=datetime.now(UTC))
    given = {"name": "Ada Moss", "email": "ada@studio.example", "password": "a long password 1"}
    with no_firm():
        assert client.post(f"/enter/{link}/", given)["Location"] == "/"
        assert client.get("/")["Location"] == "/set-up/"
        page = client.get("/set-up/")
    assert 'value="Studio"' in page.content.decode(), "the name is guessed from the address"
    assert 'value="studio.example" checked' in page.content.decode()


def test_with_mail_today_is_shown_and_says_that_something_is_left(
    browser: Browser, new: Firm, complaints: Callable[[int], None]
) -> None:
    assert browser.get("/")["Location"] == "/set-up/"
    complaints(1)
    today = browser.get("/")
    assert today.status_code == 200
    assert "Go on with the set-up" in said(today)
    Firm.objects.update(set_up_at=datetime.now(UTC))
    assert "Go on with the set-up" not in said(browser.get("/"))


def test_colleagues_are_not_asked(client: Browser, new: Firm, now: datetime) -> None:
    who = Member.objects.create_member(email=BEN, name="Ben", role=Role.PARTNER, now=now)
    client.force_login(who, backend="amends.firm.sign_in.MemberBackend")
    assert client.get("/").status_code == 200
    assert "set-up" not in client.get("/").content.decode()


def test_it_can_be_left_and_found_again(browser: Browser, new: Firm) -> None:
    assert browser.post("/set-up/", {"do": "leave"})["Location"] == "/"
    assert browser.get("/").status_code == 200
    assert AuditEntry.objects.get(did="settings.set_up").who == "ada@studio.example"
    assert 'href="/set-up/"' in browser.get("/settings/").content.decode()
    assert "Your own mail domains" in said(browser.get("/set-up/"))
    assert "Leave the set-up" not in said(browser.get("/set-up/"))


# -- the firm ---------------------------------------------------------------------------------------------------------


def test_going_on_is_enough(browser: Browser, new: Firm) -> None:
    page = browser.get("/set-up/", headers={"Accept-Language": "en-GB,en;q=0.9"})
    assert "Next public holiday:" in said(page)
    assert browser.post("/set-up/", filled(browser))["Location"] == "/set-up/#now"
    new.refresh_from_db()
    assert (new.name, new.country, new.timezone, new.currency) == ("Studio", "GB", "Europe/London", "GBP")
    assert (new.work_days, new.day_start, new.day_end) == ("12345", time(9), time(17, 30))
    assert list(OwnDomain.objects.values_list("value", flat=True)) == ["studio.example"]
    assert (new.set_up_step, new.set_up_at) == (1, None)
    page = browser.get("/set-up/")
    assert "Drop an archive" in said(page)
    assert re.search(
        r"Studio, studio\.example\. Monday to Friday, 09:00 to 17:30, Europe/London\. GBP\. Next", said(page)
    )


@pytest.mark.parametrize(
    ("language", "country"), [("de-AT,de;q=0.9", "AT"), ("zh-Hant-TW", "TW"), ("de", ""), ("", ""), ("xx-QQ", "")]
)
def test_the_country_is_guessed_from_the_browser(browser: Browser, new: Firm, language: str, country: str) -> None:
    page = browser.get("/set-up/", headers={"Accept-Language": language}).content.decode()
    assert re.findall(r'<option value="(\w*)" selected', page[page.index('name="country"') :])[0] == country


def test_a_free_mail_address_proposes_no_domain(browser: Browser, new: Firm, member: Member) -> None:
    Member.objects.filter(pk=member.pk).update(email="ada.moss@gmail.com")
    page = browser.get("/set-up/")
    assert "gmail" not in page.content.decode()
    assert 'value="Our firm"' in page.content.decode()


def test_what_follows_from_a_time_zone_and_a_country(browser: Browser, new: Firm) -> None:
    given = {"timezone": "Asia/Jerusalem", "country": "GB", "currency": "GBP", "work_days": ["1", "2"],
             "day_start": "08:00", "day_end": "16:00"}  # fmt: skip
    part = browser.get("/set-up/place/", {**given, "changed": "timezone"}, headers=HTMX).content.decode()
    assert '<option value="IL" selected' in part
    assert 'value="ILS"' in part
    assert re.findall(r'value="(\d)"[^>]* checked', part) == ["1", "2", "3", "4", "7"]
    assert 'value="08:00"' in part, "hours stay as they were"
    part = browser.get(
        "/set-up/place/", {**given, "country": "US", "changed": "country"}, headers=HTMX
    ).content.decode()
    assert 'value="USD"' in part
    assert "Next public holiday:" in part
    for nonsense in ({}, {"timezone": "Moon/Base", "country": "<b>", "changed": "timezone"}, {"changed": "country"}):
        assert browser.get("/set-up/place/", nonsense).status_code == 200
    new.refresh_from_db()
    assert new.country == "", "nothing is kept by looking"


def test_what_cannot_be_is_said_beside_its_field(browser: Browser, new: Firm) -> None:
    wrong: dict[str, Any] = {
        "currency": "€", "day_end": "08:00", "timezone": "Moon/Base", "name": "", "more": "no domain at all!",
        "work_days": [], "own": ["gmail.com"],
    }  # fmt: skip
    for name, value in wrong.items():
        answer = browser.post("/set-up/", filled(browser, **{name: value}))
        assert answer.status_code == 422, name
        assert 'class="errors"' in answer.content.decode(), name
    new.refresh_from_db()
    assert (new.name, new.set_up_step) == ("Our firm", 0)
    assert not OwnDomain.objects.exists()


def test_two_administrators_do_not_undo_each_other(browser: Browser, new: Firm) -> None:
    mine = filled(browser)
    browser.post("/set-up/", filled(browser, name="Studio Moss", more="moss.example"))
    assert browser.post("/set-up/", {**mine, "day_end": "18:00"}).status_code == 422
    mine["name"] = "Our firm"  # as the page had it, and left alone
    assert browser.post("/set-up/", {**mine, "day_end": "18:00"}).status_code == 302
    new.refresh_from_db()
    assert (new.name, new.day_end) == ("Studio Moss", time(18))
    assert set(OwnDomain.objects.values_list("value", flat=True)) == {"studio.example", "moss.example"}


def test_who_changes_the_same_is_told_and_may_overrule(browser: Browser, new: Firm) -> None:
    mine = filled(browser, currency="USD")
    browser.post("/set-up/", filled(browser, currency="CHF"))
    told = browser.post("/set-up/", mine)
    assert told.status_code == 422
    assert "Somebody else has just said CHF. Save again to overrule it." in said(told)
    new.refresh_from_db()
    assert new.currency == "CHF"
    seen = re.findall(r'name="seen" value="([^"]*)"', told.content.decode())[0]
    assert browser.post("/set-up/", {**mine, "seen": html.unescape(seen)}).status_code == 302
    new.refresh_from_db()
    assert new.currency == "USD"
    for nonsense in ("", "[1]", "{", json.dumps({"currency": 1})):
        assert browser.post("/set-up/", {**mine, "seen": nonsense}).status_code in {302, 422}


# -- the mail ---------------------------------------------------------------------------------------------------------


def test_later_is_an_answer(browser: Browser, begun: Firm) -> None:
    assert browser.post("/set-up/", {"do": "domains"})["Location"] == "/set-up/#now"
    assert "Their e-mail addresses" in said(browser.get("/set-up/"))
    browser.post("/set-up/", {"do": "people", "role": "staff", "then": "on"})
    begun.refresh_from_db()
    assert begun.set_up_at is not None
    page = said(browser.get("/set-up/"))
    assert "No mail is here yet" in page
    assert "Later." in page
    assert browser.get("/").status_code == 200, "whoever went through it is not led back"
    assert set(OwnDomain.objects.values_list("value", flat=True)) == {"studio.example"}


def _archive(fresh: datetime) -> SimpleUploadedFile:
    return SimpleUploadedFile("one.eml", letter("I am furious about the invoice.", at=fresh - timedelta(days=1)))


@pytest.mark.django_db(transaction=True)
def test_an_archive_fills_today(browser: Browser, begun: Firm, fresh: datetime) -> None:
    script = {"X-Requested-With": "XMLHttpRequest"}
    assert browser.post("/set-up/", {"do": "archive"}).status_code == 422
    assert (
        "Choose at least" in json.loads(browser.post("/set-up/", {"do": "archive"}, headers=script).content)["problem"]
    )
    answer = browser.post("/set-up/", {"do": "archive", "files": [_archive(fresh)]}, headers=script)
    assert json.loads(answer.content) == {"url": "/set-up/?step=mail"}
    page = browser.get("/set-up/?step=mail").content.decode()
    assert "Waiting for the first messages." in page
    assert 'hx-get="/set-up/whose/"' in page
    assert browser.get("/set-up/whose/").status_code == 204
    with ReaderPool(workers=1) as readers:
        run_import(ImportRun.objects.get(), readers=readers, clock=lambda: fresh)
    whose = browser.get("/set-up/whose/", {"shown": ["studio.example"]})
    assert "one of yours is on 100% of your mail" in said(whose)
    assert "<input" not in whose.content.decode()
    browser.post("/set-up/", {"do": "domains", "shown": ["studio.example"], "own": ["studio.example"]})
    browser.post("/set-up/", {"do": "people", "role": "staff", "then": "on"})
    last = browser.get("/set-up/")
    assert "1 message is read and judged." in said(last)
    assert "furious about the invoice" in said(last)
    assert "every 2s" not in last.content.decode()
    assert DBTaskResult.objects.exclude(task_path__endswith="bring_in").count() == 0, "nothing is placed anew"


def test_domains_are_proposed_from_the_mail(browser: Browser, begun: Firm, fresh: datetime) -> None:
    """Most of the mail is another domain's than the administrator's, and a little is of a second one's name."""
    house = [
        letter(at=fresh - timedelta(days=n), sender=f"C <c@client{n}.example>", to="office@moss.example",
               message_id=f"{n}@x")
        for n in range(1, 9)
    ]  # fmt: skip
    judged(*house, letter(at=fresh, to="ada@studio.test", message_id="s@x"), now=fresh)
    page = browser.get("/set-up/?step=mail").content.decode()
    text = said(browser.get("/set-up/?step=mail"))
    assert "studio.example on 0% of your mail" in text
    assert "moss.example on 89% of your mail: yours?" in text
    assert "studio.test on 11% of your mail: yours?" in text, "it has an own domain's name"
    assert "client1" not in text
    ticked = re.findall(r'name="own" value="([^"]*)" checked', page)
    assert ticked == ["studio.example", "moss.example"], "nothing else is on as much"
    Firm.objects.update(set_up_step=3)
    begin_run([], now=fresh)
    ImportRun.objects.update(state=RunState.DONE, finished_at=fresh, report={"seen": 9})
    assert "Your own domains are on less than half of this mail; moss.example is on much of it." in said(
        browser.get("/set-up/")
    ), "whoever went on without an answer is asked once more"
    gone = {"do": "domains", "shown": ["studio.example", "moss.example"], "own": ["moss.example"]}
    assert browser.post("/set-up/", gone).status_code == 302
    assert set(OwnDomain.objects.values_list("value", flat=True)) == {"moss.example"}
    assert DBTaskResult.objects.filter(task_path__endswith="place_anew").count() == 1
    none = browser.post("/set-up/", {"do": "domains", "shown": ["moss.example"]})
    assert none.status_code == 422
    assert "Say at least one domain" in said(none)


def test_a_second_domain_of_ones_name_is_asked_for(browser: Browser, begun: Firm, fresh: datetime) -> None:
    letters = [letter(at=fresh - timedelta(days=n), message_id=f"{n}@x") for n in range(1, 10)]
    judged(*letters, letter(at=fresh, to="Bo <bo@studio.test>", cc="ada@studio.example", message_id="s@x"), now=fresh)
    page = browser.get("/set-up/?step=mail")
    assert "studio.test on 10% of your mail: yours?" in said(page)
    assert not re.search(r'value="studio.test" checked', page.content.decode())
    assert "hartwell" not in said(page), "a client is on all of it, and still nobody asks"


def test_an_import_that_failed_says_so(browser: Browser, begun: Firm, fresh: datetime) -> None:
    run = begin_run([], now=fresh)
    ImportRun.objects.filter(pk=run.pk).update(
        state=RunState.FAILED, problem="x.mbox holds no mail.", label="x.mbox", finished_at=fresh
    )
    page = browser.get("/set-up/")
    assert "x.mbox holds no mail." in said(page)
    assert "every 2s" not in page.content.decode()
    assert "Add another archive or mailbox" in said(page)


@pytest.mark.parametrize(
    ("state", "seen", "total", "done", "says"),
    [
        ("waiting", 0, 0, 0, "Waiting for the first messages."),
        ("storing", 1240, 2_000_000, 125_000, "Reading 1,240 of about 20,000."),
        ("judging", 20_000, 20_000, 300, "Everything is judged"),
    ],
)
def test_how_far_it_is_is_said_in_numbers(
    browser: Browser, begun: Firm, fresh: datetime, state: str, seen: int, total: int, done: int, says: str
) -> None:
    begin_run([], now=fresh)
    ImportRun.objects.update(state=state, bytes_total=total, bytes_done=done, report={"seen": seen} if seen else {})
    assert says in said(browser.get("/set-up/"))
    part = browser.get("/set-up/filling/", {"only": "mail"})
    assert says in said(part)
    was = re.findall(r"was=(\w+)", part.content.decode())[0]
    assert browser.get("/set-up/filling/", {"only": "mail", "was": was}).status_code == 204


def test_how_much_is_judged_is_said_beside(browser: Browser, begun: Firm, fresh: datetime) -> None:
    bring(*[letter(at=fresh - timedelta(hours=n), message_id=f"{n}@x") for n in range(4)], now=fresh)
    begin_run([], now=fresh)
    ImportRun.objects.update(state="storing", bytes_total=20_000, bytes_done=4_000, report={"seen": 4})
    assert "Reading 4 of about 20; judged 0." in said(browser.get("/set-up/"))
    ImportRun.objects.update(state="judging")
    assert "Everything is here; judged 0 of 4." in said(browser.get("/set-up/"))


def test_numbers_are_not_told_to_whom_some_of_it_is_closed(
    browser: Browser, begun: Firm, fresh: datetime, now: datetime
) -> None:
    ben = Member.objects.create_member(email=BEN, name="Ben", role=Role.PARTNER, now=now)
    bring(letter("I am furious.", at=fresh, message_id="1@x"), now=fresh, address=BEN)
    Mailbox.objects.update(owner=ben, visibility=Visibility.METADATA)
    begin_run([], now=fresh)
    ImportRun.objects.update(state="storing", bytes_total=20_000, bytes_done=4_000, report={"seen": 4})
    text = said(browser.get("/set-up/"))
    assert "judged" not in text
    assert "hartwell" not in text


def test_a_mailbox_that_does_not_answer_is_said_beside_its_field(browser: Browser, begun: Firm) -> None:
    given = {"do": "mailbox", "address": "ada@studio.example", "password": "x", "since": "2026-01-01",
             "visibility": "metadata", "owner": "", "host": "127.0.0.1", "port": "9"}  # fmt: skip
    answer = browser.post("/set-up/", given)
    assert answer.status_code == 422
    assert "refused the connection on port 9" in said(answer)
    assert answer.content.decode().count("<details") == answer.content.decode().count("<details ") > 0
    assert not Account.objects.exists()


# -- the people -------------------------------------------------------------------------------------------------------


def test_several_people_are_invited(browser: Browser, begun: Firm) -> None:
    browser.post("/set-up/", {"do": "domains"})
    given = {
        "do": "people",
        "role": "partner",
        "addresses": "Ben Hale <ben@studio.example>, cleo@studio.example\nDan@studio.example",
    }
    assert browser.post("/set-up/", given)["Location"] == "/set-up/?step=people"
    rows = OneTimeLink.objects.exclude(invited="").order_by("invited")
    assert [(row.invited, row.name, row.role) for row in rows] == [
        ("ben@studio.example", "Ben Hale", "partner"), ("cleo@studio.example", "", "partner"),
        ("dan@studio.example", "", "partner"),
    ]  # fmt: skip
    page = browser.get("/set-up/").content.decode()
    assert len(re.findall(r'value="http[^"]+/enter/', page)) == 3, "Amends cannot send mail yet: links to copy"
    assert "/enter/" not in browser.get("/set-up/").content.decode(), "shown once"
    assert "3 invited" not in page
    browser.post("/set-up/", {"do": "people", "role": "partner", "then": "on"})
    assert "1 member, 3 invited." in said(browser.get("/set-up/"))


def test_who_cannot_be_invited_keeps_nobody_out(browser: Browser, begun: Firm) -> None:
    given = {"do": "people", "role": "staff", "addresses": "ada@studio.example ben@studio.example"}
    answer = browser.post("/set-up/", given)
    assert answer.status_code == 422
    assert "ada@studio.example is known here already." in said(answer)
    assert "A link to bring to them" in said(answer)
    assert ">\nada@studio.example</textarea>" in answer.content.decode()
    for addresses, says in (("no address", "no address is no e-mail address"), ("", "Write at least one address")):
        answer = browser.post("/set-up/", {"do": "people", "role": "staff", "addresses": addresses})
        assert answer.status_code == 422
        assert says in said(answer)
    assert OneTimeLink.objects.exclude(invited="").count() == 1


# -- coming back ------------------------------------------------------------------------------------------------------


def test_it_goes_on_where_it_was(client: Browser, browser: Browser, begun: Firm, now: datetime) -> None:
    browser.post("/set-up/", {"do": "domains", "shown": ["studio.example"], "own": ["studio.example"]})
    other = Member.objects.create_member(email=BEN, name="Ben", role=Role.ADMINISTRATOR, now=now)
    second = Browser()
    second.force_login(other, backend="amends.firm.sign_in.MemberBackend")
    assert "Their e-mail addresses" in said(second.get("/set-up/"))
    assert "Your own mail domains" in said(second.get("/set-up/?step=firm"))
    assert "Their e-mail addresses" in said(second.get("/set-up/?step=filling")), "no step is jumped over"
    second.post("/set-up/", filled_by(second))
    begun.refresh_from_db()
    assert begun.set_up_step == 2, "an earlier part that is said again does not go back"


def filled_by(browser: Browser) -> dict[str, Any]:
    """The first part, opened again, as it is."""
    page = browser.get("/set-up/?step=firm").content.decode()
    seen = json.loads(html.unescape(re.findall(r'name="seen" value="([^"]*)"', page)[0]))
    return {**seen, "do": "firm", "work_days": list(seen["work_days"]), "seen": json.dumps(seen)}


def test_a_part_that_is_said_again_is_not_guessed_anew(browser: Browser, begun: Firm) -> None:
    Firm.objects.update(country="", timezone="UTC", name="Our firm")
    page = browser.get("/set-up/?step=firm", headers={"Accept-Language": "en-GB"}).content.decode()
    assert 'value="Our firm"' in page
    assert "data-guess" not in page
    assert '<option value="" selected' in page


def test_unknown_answers_are_not_there(browser: Browser, new: Firm) -> None:
    assert browser.post("/set-up/", {"do": "everything"}).status_code == 404
    assert browser.get("/set-up/?step=moon").status_code == 200
