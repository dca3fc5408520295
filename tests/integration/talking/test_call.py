"""The call: every edition of every author, what comes late or twice, and what becomes of notes afterwards."""

from __future__ import annotations

import json
import re
import threading
import uuid
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client as Browser
from pytest_django import DjangoAssertNumQueries
from tests.smtp import Sink

from amends.core.ids import uuid7
from amends.firm.models import Firm, Member, Role
from amends.firm.scope import firm_scope
from amends.flows.send.deliver import send_next
from amends.flows.set_up import found_firm
from amends.insights.recovery.call import heard
from amends.judgement.working_time import WorkingTime
from amends.mail.models import Mailbox, Visibility
from amends.outbox.models import Draft, SmtpAccount
from amends.recovery.actions import calls as do
from amends.recovery.models import Call, Issue, Note, Recovery

BACKEND = "amends.firm.sign_in.MemberBackend"


@pytest.fixture
def call(made: Recovery, member: Member, fresh: datetime) -> Call:
    return do.begin(made, by=member, now=fresh - timedelta(minutes=20))


@pytest.fixture
def ben(firm: Firm, fresh: datetime) -> Member:
    return Member.objects.create_member(
        email="ben@studio.example", name="Ben", role=Role.STAFF, now=fresh, password="x" * 14
    )


def _written(edition: int, text: str, key: uuid.UUID | None = None, **more: Any) -> do.Written:
    return do.Written(key or uuid7(), more.get("kind", "note"), text, edition, more.get("issue"))


def _at(call: Call, rest: str = "") -> str:
    return f"/recoveries/{call.recovery.public_id}/calls/{call.public_id}/{rest}"


def _post(browser: Browser, call: Call, me: Member, *notes: dict[str, Any], **more: Any) -> Any:
    body = {"me": str(me.public_id), "notes": list(notes), **more}
    return browser.post(_at(call, "notes"), json.dumps(body), content_type="application/json")


def test_late_and_repeated_editions_change_nothing(call: Call, member: Member, fresh: datetime) -> None:
    key = uuid7()
    for edition, text, stands in ((2, "two", 2), (1, "one", 2), (2, "twice", 2), (5, "five", 5), (3, "three", 5)):
        assert do.write(call, _written(edition, text, key), author=member, now=fresh) == stands
    assert (Note.objects.get().text, Note.objects.get().edition) == ("five", 5)


def test_nobody_writes_into_anothers_note(call: Call, member: Member, ben: Member, fresh: datetime) -> None:
    key = uuid7()
    assert do.write(call, _written(1, "Ada's", key), author=member, now=fresh) == 1
    assert do.write(call, _written(9, "Ben's", key), author=ben, now=fresh) is None
    assert do.write(call, _written(1, "Ben's own"), author=ben, now=fresh) == 1
    assert {(note.author.name, note.text) for note in Note.objects.all() if note.author} == {
        ("Ada Moss", "Ada's"), ("Ben", "Ben's own"),
    }  # fmt: skip


def test_a_note_stays_in_its_call_and_firm(call: Call, made: Recovery, member: Member, fresh: datetime) -> None:
    key = uuid7()
    do.write(call, _written(1, "here", key), author=member, now=fresh)
    other = Call.objects.create(recovery=made, began_at=fresh, by=member)
    assert do.write(other, _written(2, "there", key), author=member, now=fresh) is None
    assert Note.objects.get().text == "here"


@pytest.mark.parametrize("edition", [0, -1, 10**9])
def test_what_is_no_edition_is_not_taken(call: Call, member: Member, fresh: datetime, edition: int) -> None:
    assert do.write(call, _written(edition, "x"), author=member, now=fresh) is None
    assert do.write(call, _written(1, "x", kind="promised"), author=member, now=fresh) is None
    assert do.write(call, _written(1, "x" * 20_001), author=member, now=fresh) is None
    assert not Note.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_editions_that_arrive_at_once_leave_the_newest(call: Call, member: Member, firm: Firm, fresh: datetime) -> None:
    key, troubles = uuid7(), []
    start = threading.Barrier(6)

    def send(edition: int) -> None:
        try:
            with firm_scope(firm):
                start.wait()
                do.write(call, _written(edition, f"edition {edition}", key), author=member, now=fresh)
        except Exception as error:
            troubles.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=send, args=[edition]) for edition in (3, 1, 6, 2, 5, 6)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert troubles == []
    assert (Note.objects.get().text, Note.objects.get().edition) == ("edition 6", 6)


def test_whoever_comes_second_takes_part(browser: Browser, made: Recovery, member: Member, ben: Member) -> None:
    first = browser.post(f"/recoveries/{made.public_id}/call/")["Location"]
    browser.force_login(ben, backend=BACKEND)
    assert "Ada Moss began a call" in browser.get(f"/recoveries/{made.public_id}/call/").content.decode()
    assert browser.post(f"/recoveries/{made.public_id}/call/")["Location"] == first
    assert Call.objects.count() == 1


def test_the_page_sends_and_hears(browser: Browser, call: Call, member: Member, ben: Member, fresh: datetime) -> None:
    issue = Issue.objects.get(place=1)
    do.write(call, _written(1, "He says the index is missing."), author=ben, now=fresh)
    mine = str(uuid7())
    said = "We'll send the corrected invoice by Thursday. She sighed."
    told = _post(
        browser, call, member, {"id": mine, "kind": "note", "issue": str(issue.public_id), "text": said, "edition": 4}
    ).json()
    assert told["standing"] == {mine: 4}
    assert {(note["author"], note["mine"]) for note in told["notes"]} == {("Ada Moss", True), ("Ben", False)}
    (found,) = told["heard"][mine]
    assert found["quote"].startswith("We'll send the corrected invoice by Thursday")
    assert found["said"].startswith("Thursday ")
    assert Note.objects.get(public_id=mine).issue == issue
    later = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    assert _post(browser, call, member, since=later).json()["notes"] == []
    page = browser.get(_at(call))
    assert page["Cache-Control"] == "no-store, private"
    assert "He says the index is missing." in page.content.decode()


def test_the_endpoint_is_guarded(call: Call, member: Member, ben: Member, fresh: datetime, firm: Firm) -> None:
    note = {"id": str(uuid7()), "kind": "note", "text": "x", "edition": 1}
    strict = Browser(enforce_csrf_checks=True)
    assert strict.post(_at(call, "notes"), "{}", content_type="application/json").status_code == 403
    strict.force_login(member, backend=BACKEND)
    assert _post(strict, call, member, note).status_code == 403
    token = strict.get(_at(call, "notes")).json()["csrf"]
    body = json.dumps({"me": str(member.public_id), "notes": [note]})
    answer = strict.post(_at(call, "notes"), body, content_type="application/json", headers={"X-CSRFToken": token})
    assert answer.status_code == 200
    browser = Browser()
    assert _post(browser, call, member, note).status_code == 302  # nobody is signed in
    browser.force_login(ben, backend=BACKEND)
    assert _post(browser, call, member, note).status_code == 409  # what Ada wrote is not sent as Ben's
    for body in ("", "[]", '{"notes": 3}', '{"notes": [{}]}', '{"notes": [[1]]}', "[" * 5000):
        assert browser.post(_at(call, "notes"), body, content_type="application/json").status_code == 400
    other = found_firm(["rival.example"], now=fresh, name="Rivals")
    with firm_scope(other):
        boss = Member.objects.create_member(
            email="b@rival.example", name="B", role=Role.ADMINISTRATOR, now=fresh, password="x" * 14
        )
        browser.force_login(boss, backend=BACKEND)
    for answer in (browser.get(_at(call)), _post(browser, call, boss, note), browser.post(_at(call, "end/"))):
        assert answer.status_code == 404
    assert Note.objects.count() == 1


def test_whoever_may_not_read_the_mail_takes_no_part(
    browser: Browser, call: Call, member: Member, ben: Member, fresh: datetime
) -> None:
    box = Mailbox.objects.get(address="ada@studio.example")
    box.owner, box.visibility = member, Visibility.METADATA
    box.save()
    browser.force_login(ben, backend=BACKEND)
    for rest in ("", "notes", "after/"):
        assert browser.get(_at(call, rest)).status_code == 404
    for rest in ("notes", "end/", "become/", "summary/"):
        assert browser.post(_at(call, rest), {"notes": []}).status_code == 404


def test_hearing_costs_the_same_whatever_was_noted(
    browser: Browser, call: Call, member: Member, fresh: datetime, django_assert_max_num_queries: DjangoAssertNumQueries
) -> None:
    for number in range(40):
        do.write(call, _written(1, f"Note {number}."), author=member, now=fresh)
    with django_assert_max_num_queries(8):
        _post(browser, call, member)


def test_it_ends_with_what_was_seen_and_wanted(browser: Browser, call: Call, member: Member, ben: Member) -> None:
    now = datetime.now(UTC)
    for author, kind, text in (
        (ben, "before", "2"), (member, "before", "1"), (member, "after", "4"), (member, "feeling", "Laughed."),
        (ben, "wanted", "One person who checks each invoice."),
    ):  # fmt: skip
        do.write(call, _written(1, text, kind=kind), author=author, now=now)
    assert browser.post(_at(call, "end/"))["Location"] == _at(call, "after/")
    call.refresh_from_db()
    assert call.ended_at is not None
    assert (call.mood_before, call.mood_after, call.mood_words) == (1, 4, "Laughed.")  # of who began it
    kept = Recovery.objects.get()
    assert kept.answered_at is not None
    assert kept.wanted == "One person who checks each invoice."
    # a browser that had no network comes late: nothing is lost, and the end stays the end
    late = {"id": str(uuid7()), "kind": "feeling", "text": "Thanked us.", "edition": 3}
    told = _post(browser, call, member, late).json()
    assert told["ended"] is True
    ended = call.ended_at
    call.refresh_from_db()
    assert (call.mood_words, call.ended_at) == ("Thanked us.", ended)
    browser.post(_at(call, "end/"))
    call.refresh_from_db()
    assert call.ended_at == ended
    assert "furious" in browser.get(_at(call, "after/")).content.decode()  # of moods, and of Petra


def test_a_wanted_outcome_that_was_known_is_asked_about(browser: Browser, call: Call, member: Member) -> None:
    Recovery.objects.update(wanted="A refund.")
    do.write(call, _written(1, "An apology.", kind="wanted"), author=member, now=datetime.now(UTC))
    browser.post(_at(call, "end/"))
    assert Recovery.objects.get().wanted == "A refund."
    assert "Before the call: “A refund.”" in browser.get(_at(call, "after/")).content.decode()
    browser.post(_at(call, "become/"), {"what": "wanted"})
    assert Recovery.objects.get().wanted == "An apology."


def test_notes_become_points_and_promises(browser: Browser, call: Call, member: Member, fresh: datetime) -> None:
    point = _written(1, "The index is missing too.", kind="point")
    note = _written(1, "He was calm. We'll call you back by Friday.")
    promise = _written(1, "corrected invoice tomorrow", kind="promise")
    for each in (point, note, promise):
        do.write(call, each, author=member, now=fresh)
    page = browser.get(_at(call, "after/")).content.decode()
    assert 'value="We&#x27;ll call you back"' in page
    assert 'value="corrected invoice"' in page
    due = (fresh + timedelta(days=4)).date()
    for key, text in ((note.public_id, "We'll call you back"), (promise.public_id, "Corrected invoice")):
        form = {"what": "promise", "note": str(key), "text": text, "due": due.isoformat(), "owner": ""}
        assert browser.post(_at(call, "become/"), form).status_code == 302
        assert browser.post(_at(call, "become/"), form).status_code in {302, 422}
    made = list(Note.objects.filter(kind="promised").order_by("text").values_list("text", flat=True))
    assert len(made) == 2
    assert made[0] == f"Corrected invoice, by {due:%A} {due.day} {due:%B %Y}"
    form = {"what": "point", "note": str(point.public_id), "text": "The index is missing too."}
    assert browser.post(_at(call, "become/"), form).status_code == 302
    assert browser.post(_at(call, "become/"), form).status_code == 422
    issue = Issue.objects.get(place=4)
    assert (issue.quote, issue.by, issue.said_at) == ("The index is missing too.", member, call.began_at)
    assert Issue.objects.count() == 4
    page = browser.get(_at(call, "after/")).content.decode()
    assert "It is a promise" not in page
    assert "Make it a point" not in page


@pytest.mark.parametrize(
    ("form", "says"),
    [
        ({"due": ""}, "A promise needs a day"), ({"due": "2020-02-31"}, "A promise needs a day"),
        ({"due": "2020-01-01"}, "is over: choose a day to come"), ({"text": "  "}, "A promise needs words"),
        ({"owner": str(uuid.uuid4())}, "Choose who keeps it"), ({"note": str(uuid.uuid4())}, "not there any more"),
        ({"what": "point", "text": ""}, "A point needs their words"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_says_why(
    browser: Browser, call: Call, member: Member, fresh: datetime, form: dict[str, str], says: str
) -> None:
    note = _written(1, "An invoice", kind="promise")
    do.write(call, note, author=member, now=fresh)
    good = {"what": "promise", "note": str(note.public_id), "text": "An invoice", "due": "2199-01-01", "owner": ""}
    answer = browser.post(_at(call, "become/"), {**good, **form})
    assert answer.status_code == 422
    assert says in answer.content.decode()
    assert Note.objects.get().kind == "promise"
    assert Issue.objects.count() == 3


def test_the_summary_goes_out_through_the_check(
    browser: Browser, call: Call, member: Member, account: SmtpAccount, server: Sink, fresh: datetime
) -> None:
    do.write(call, _written(1, "I think she is exaggerating."), author=member, now=fresh)
    do.write(call, _written(1, "One person who checks.", kind="wanted"), author=member, now=fresh)
    browser.post(_at(call, "end/"))
    Recovery.objects.update(answered_at=None)
    page = browser.get(_at(call, "after/")).content.decode()
    box = page.partition('name="text"')[2].partition("</textarea>")[0]
    assert "- One person who checks." in box
    assert "exaggerating" not in box
    form: dict[str, Any] = {
        "key": str(uuid7()), "to": ["petra@hartwell.example"],
        "text": "Dear Petra,\n\nthank you for the call. I am sorry for the invoices. You have the new one by Thursday.",
    }  # fmt: skip
    answer = browser.post(_at(call, "summary/"), form)
    if answer.status_code == 422:
        marks = re.findall(r'name="seen" value="([0-9a-f]{16})"', answer.content.decode())
        answer = browser.post(_at(call, "summary/"), {**form, "seen": marks})
    assert answer.status_code == 302, answer.content.decode()
    draft = Draft.objects.get()
    assert Call.objects.get().summary_draft == draft.public_id
    assert send_next(account.pk, sender=uuid.uuid4(), clock=lambda: datetime.now(UTC) + timedelta(seconds=11))
    assert "thank you for the call" in server.raw().decode()
    assert Recovery.objects.get().answered_at is not None


@pytest.mark.parametrize(
    ("text", "kind", "day"),
    [
        ("We'll send the invoice by Thursday.", "note", date(2026, 3, 19)),
        ("invoice tomorrow", "promise", date(2026, 3, 17)), ("invoice soon", "promise", None),
        ("She wants it by Thursday.", "note", "nothing"), ("", "promise", "nothing"),
        ("We'll send the invoice by Thursday.", "feeling", "nothing"),
    ],
)  # fmt: skip
def test_promises_are_heard_in_the_firms_zone(text: str, kind: str, day: Any) -> None:
    working = WorkingTime(timezone="Pacific/Auckland", country="NZ")
    found = heard(text, kind=kind, at=datetime(2026, 3, 15, 20, tzinfo=UTC), working=working)  # Monday there
    assert [one.day for one in found] == ([] if day == "nothing" else [day])
