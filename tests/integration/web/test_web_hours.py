"""Bringing hours in through the page: preview, both readings of what is unclear, import, and taking it back."""

from __future__ import annotations

import json
import stat
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client as Browser
from django.test.utils import CaptureQueriesContext
from django_tasks_db.models import DBTaskResult
from tests.integration.web.conftest import no_firm

from amends.clients.actions.uploads import claim
from amends.clients.models import Client, Engagement, TimeEntry, Upload, UploadState
from amends.firm.models import Firm, Member, Role
from amends.flows import uploads
from amends.flows.carry_out import carry_out
from amends.flows.uploads import content, sweep

HARVEST = "Date,Client,Project,Task,Notes,Hours,Billable?,First Name,Last Name,Billable Rate,Billable Amount,Currency"
NOW = datetime(2026, 6, 1, 10, tzinfo=UTC)


def row(
    day: str = "2026-03-09", client: str = "Hartwell", hours: str = "1.5", words: str = "Second draft", **more: str
) -> str:
    project, amount = more.get("project", "Site"), more.get("amount", "120")
    return f'{day},{client},{project},Design,{words},"{hours}",Yes,Ada,Moss,80,{amount},EUR'


def hand_in(browser: Browser, *rows: str, name: str = "march.csv", place: str = "hours") -> str:
    """Upload a sheet; the address of its preview."""
    data = "\n".join([HARVEST, *rows]).encode()
    answer = browser.post(f"/import/{place}/", {"files": SimpleUploadedFile(name, data, "text/csv")})
    assert answer.status_code == 302, answer.content.decode()
    return str(answer["Location"])


def done(upload: Upload) -> None:
    """Do what the job runner does."""
    carry_out(upload.pk, clock=lambda: NOW)


def test_the_preview_says_what_would_happen_and_nothing_does(browser: Browser, home: Path) -> None:
    address = hand_in(
        browser, row(), row(day="2026-03-10", client="Elm"), row(day="2026-03-12", client=""), row(hours="")
    )
    page = browser.get(address).content.decode()
    for words in (
        "march.csv", "Harvest · <time", "<strong>3</strong> entries are new.", "1 cannot be read and is set aside.",
        "new client", "Import 3 entries", "Ada Moss", "it has no duration", "Working days without an entry",
        "The same words on two clients", "360 EUR", "Your own work",
    ):  # fmt: skip
        assert words in page, words
    assert not TimeEntry.objects.exists()
    assert not Client.objects.exists()
    upload = Upload.objects.get()
    [folder] = (home / "uploads" / "sheets").glob("*/*")
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert stat.S_IMODE((folder / "file").stat().st_mode) == 0o600
    assert folder.name == str(upload.public_id)


def test_import_then_report_then_the_same_again(browser: Browser, home: Path) -> None:
    rows = [row(), row(day="2026-03-10")]
    address = hand_in(browser, *rows)
    browser.post(address, {"do": "import"})
    upload = Upload.objects.get()
    assert (upload.state, DBTaskResult.objects.count()) == (UploadState.WAITING, 1)
    waiting = browser.get(address, headers={"HX-Request": "true"}).content.decode()
    assert 'hx-trigger="every 1s"' in waiting
    done(upload)
    report = browser.get(address).content.decode()
    assert "All of it is here." in report
    assert "every 1s" not in report
    assert "Take it back" in report
    assert TimeEntry.objects.filter(upload=upload).count() == 2
    assert [path.name for path in (home / "uploads" / "sheets").glob("*/*")] == []  # nothing is kept of it
    again = browser.get(hand_in(browser, *rows)).content.decode()
    assert "Nothing in it is new. 2 are here already." in again
    assert "Import 2" not in again


def test_an_unclear_date_shows_both_readings_and_one_is_picked(browser: Browser) -> None:
    address = hand_in(browser, row(day="03/04/2026"), row(day="12/11/2026"))
    page = browser.get(address).content.decode()
    assert "Which day is meant?" in page
    assert "<h2>3 April 2026</h2>" in page
    assert "<h2>4 March 2026</h2>" in page
    assert page.count("Read it so") == 2
    assert "2 entries, 3 h" in page
    browser.post(address, {"do": "read", "dates": "month-first"})
    page = browser.get(address).content.decode()
    assert "Dates are read month first." in page
    assert "4 March 2026" in page
    browser.post(address, {"do": "read", "dates": ""})
    assert "Which day is meant?" in browser.get(address).content.decode()
    browser.post(address, {"do": "read", "dates": "day-first"})
    browser.post(address, {"do": "import"})
    done(Upload.objects.get())
    assert [f"{day:%d.%m.}" for day in TimeEntry.objects.order_by("day").values_list("day", flat=True)] == [
        "03.04.",
        "12.11.",
    ]


def test_dates_then_numbers_are_asked_one_after_the_other(browser: Browser) -> None:
    address = hand_in(browser, row(day="03/04/2026", hours="1,250", amount=""))
    assert "Which day is meant?" in browser.get(address).content.decode()
    browser.post(address, {"do": "read", "dates": "day-first"})
    page = browser.get(address).content.decode()
    assert "Which number is meant?" in page
    assert "<h2>1.25 hours</h2>" in page
    browser.post(address, {"do": "read", "decimal": "comma"})
    page = browser.get(address).content.decode()
    assert "Numbers have a decimal comma." in page
    assert "Dates are read day first." in page


def test_taking_back_removes_what_the_import_made_and_nothing_else(browser: Browser, firm: Firm) -> None:
    known = Client.objects.create(name="Elm", created_at=NOW)
    address = hand_in(browser, row(), row(client="Elm", project="Kept"), row(client="Oak"))
    browser.post(address, {"do": "import"})
    upload = Upload.objects.get()
    done(upload)
    Engagement.objects.filter(name="Kept").update(version=2)  # somebody changed it meanwhile
    Client.objects.filter(name="Oak").update(last_at=NOW)  # wrote meanwhile
    assert (Client.objects.count(), Engagement.objects.count(), TimeEntry.objects.count()) == (3, 3, 3)
    said = browser.post(address, {"do": "undo"}, follow=True).content.decode()
    assert "3 entries were taken back." in said
    assert "This import was taken back." in said
    assert TimeEntry.objects.count() == 0
    assert {client.name for client in Client.objects.all()} == {"Elm", "Oak"}
    assert [work.name for work in Engagement.objects.all()] == ["Kept"]
    assert known.engagements.count() == 1
    assert "0 entries" not in browser.post(address, {"do": "undo"}, follow=True).content.decode()
    assert "<strong>3</strong> entries are new." in browser.get(
        hand_in(browser, row(), row(client="Elm", project="Kept"), row(client="Oak"))
    ).content.decode()  # fmt: skip


def test_a_file_that_is_none_is_refused_and_not_kept(browser: Browser, home: Path) -> None:
    script = {"X-Requested-With": "XMLHttpRequest"}
    file = SimpleUploadedFile("../../x.csv", b"a,b\n1,2\n")
    answer = browser.post("/import/hours/", {"files": file}, headers=script)
    assert "no export of Toggl" in json.loads(answer.content)["problem"]
    answer = browser.post("/import/hours/", {"files": SimpleUploadedFile("x.csv", b"a,b\n1,2\n")})
    assert answer.status_code == 422
    assert browser.post("/import/hours/", {}).status_code == 422
    assert not Upload.objects.exists()
    assert list((home / "uploads" / "sheets").glob("*/*")) == []


def test_a_file_too_large_for_a_page(browser: Browser, monkeypatch: pytest.MonkeyPatch, home: Path) -> None:
    monkeypatch.setattr(uploads, "LARGEST", 50)
    answer = browser.post("/import/hours/", {"files": SimpleUploadedFile("x.csv", HARVEST.encode())})
    assert "The file is larger than" in answer.content.decode()
    assert list((home / "uploads" / "sheets").glob("*/*")) == []


def test_nobody_else_opens_or_imports_the_file(browser: Browser, firm: Firm) -> None:
    address = hand_in(browser, row())
    other = Member.objects.create_member(email="bo@studio.example", name="Bo", role=Role.PARTNER, now=NOW)
    with no_firm():
        theirs = Browser()
    theirs.force_login(other, backend="amends.firm.sign_in.MemberBackend")
    assert theirs.get(address).status_code == 404
    assert theirs.post(address, {"do": "import"}).status_code == 404
    assert "march.csv" not in theirs.get("/import/hours/").content.decode()
    assert Upload.objects.get().state == UploadState.PREVIEW


def test_staff_may_not_and_those_without_money_see_none(browser: Browser, member: Member) -> None:
    address = hand_in(browser, row())
    Member.objects.filter(pk=member.pk).update(role=Role.STAFF)
    for path in ("/import/hours/", address, "/import/people/"):
        assert browser.get(path).status_code == 403
        assert browser.post(path, {"do": "import"}).status_code == 403


def test_a_second_click_imports_nothing_twice(browser: Browser) -> None:
    address = hand_in(browser, row())
    browser.post(address, {"do": "import"})
    said = browser.post(address, {"do": "import"}, follow=True).content.decode()
    assert "being imported already" in said
    assert DBTaskResult.objects.count() == 1
    upload = Upload.objects.get()
    done(upload)
    done(upload)  # a job that was swept and run again
    assert TimeEntry.objects.count() == 1


def test_two_people_bring_the_same_file(browser: Browser, firm: Firm, member: Member) -> None:
    first, second = (hand_in(browser, row()) for _ in range(2))
    for address in (first, second):
        browser.post(address, {"do": "import"})
    for upload in Upload.objects.order_by("pk"):
        done(upload)
    reports = [upload.report for upload in Upload.objects.order_by("pk")]
    assert [(one["imported"], one["duplicates"]) for one in reports] == [(1, 0), (0, 1)]
    assert TimeEntry.objects.count() == 1
    assert "nothing has changed" in browser.get(second).content.decode()


def test_what_was_killed_is_finished_and_counted_whole(browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    from amends.flows import time_sheets

    monkeypatch.setattr(time_sheets, "BATCH", 1)
    hand_in(browser, row(), row(client="Elm"), row(client="Oak"))
    upload = Upload.objects.get()
    claim(upload)
    calls = []

    def dies(*args: object, **more: object) -> object:
        calls.append(1)
        if len(calls) == 3:
            raise KeyboardInterrupt
        return store(*args, **more)  # type: ignore[arg-type]

    from amends.clients.actions.time import store_time as store

    with monkeypatch.context() as patch:
        patch.setattr(time_sheets, "store_time", dies)
        with pytest.raises(KeyboardInterrupt):
            done(upload)
    assert TimeEntry.objects.count() == 2
    done(upload)
    upload.refresh_from_db()
    assert (upload.state, upload.report["imported"], upload.report["duplicates"]) == (UploadState.DONE, 3, 0)
    assert len(upload.made["clients"]) == 3


def test_what_is_left_or_a_day_old_is_swept(browser: Browser, home: Path, firm: Firm) -> None:
    folder = home / "uploads" / "sheets"
    left = browser.post(hand_in(browser, row()), {"do": "leave"}, follow=True).content.decode()
    assert "was left; nothing of it is kept" in left
    assert (Upload.objects.count(), len(list(folder.glob("*/*")))) == (0, 0)
    hand_in(browser, row())
    kept = Upload.objects.get()
    assert sweep(now=kept.created_at + timedelta(hours=23)) == 0
    assert content(kept)
    assert sweep(now=kept.created_at + timedelta(hours=25)) == 1
    assert (Upload.objects.count(), len(list(folder.glob("*/*")))) == (0, 0)


def test_a_file_that_is_gone_is_said(browser: Browser, home: Path) -> None:
    address = hand_in(browser, row())
    for file in (home / "uploads" / "sheets").glob("*/*/file"):
        file.unlink()
    assert "bring it in again" in browser.get(address).content.decode()
    browser.post(address, {"do": "import"})
    done(Upload.objects.get())
    assert Upload.objects.get().state == UploadState.FAILED
    assert "bring it in again" in browser.get(address).content.decode()


def test_a_preview_costs_the_same_queries_however_many_rows_it_has(browser: Browser) -> None:
    def cost(rows: list[str]) -> int:
        address = hand_in(browser, *rows)
        browser.get(address)
        with CaptureQueriesContext(connection) as asked:
            browser.get(address)
        return len(asked)

    few = cost([row()])
    assert cost([row(client=f"C {n % 30}", words=f"Word {n}") for n in range(300)]) == few
    assert few <= 14
