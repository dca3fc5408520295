"""Time sheets in the database: whom an entry is for, who worked, and that nothing is stored twice or half."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from tests.conftest import NOW

from amends.clients.actions.curate import add_engagement
from amends.clients.actions.time import store_time
from amends.clients.models import Client, Engagement, Standing, TimeEntry
from amends.clients.timesheets import read_timesheet
from amends.firm.models import Firm, Member, Role
from amends.firm.scope import firm_scope
from amends.flows import time_sheets
from amends.flows.curate import merge
from amends.flows.set_up import found_firm
from amends.flows.time_sheets import TimeReport, import_time

HEADERS = "User,Email,Client,Project,Task,Description,Billable,Start date,Start time,End date,End time,Duration,Tags"


def row(
    *, client: str = "Hartwell", project: str = "Site", user: str = "Ada Moss", email: str = "ada@studio.example",
    at: str = "09:00:00", day: str = "2026-03-09", words: str = "Draft", billable: str = "Yes",
) -> str:  # fmt: skip
    return f'{user},{email},"{client}",{project},Design,{words},{billable},{day},{at},{day},23:00:00,01:00:00,"a, b"'


def bring_in(*rows: str) -> TimeReport:
    sheet = read_timesheet("\n".join([HEADERS, *rows]).encode())
    return import_time(sheet, source="time.csv", clock=lambda: NOW)


def test_an_entry_belongs_to_an_engagement_a_person_and_a_day(firm: Firm, member: Member) -> None:
    Firm.objects.filter(pk=firm.pk).update(timezone="Europe/Berlin")
    report = bring_in(row())
    assert (report.seen, report.imported, report.duplicates, report.set_aside) == (1, 1, 0, ())
    entry = TimeEntry.objects.select_related("engagement__client").get()
    assert entry.engagement is not None
    client = entry.engagement.client
    assert (client.name, entry.engagement.name, entry.member) == ("Hartwell", "Site", member)
    assert (client.standing, client.standing_fixed, client.name_fixed) == (Standing.CLIENT, True, True)
    assert (entry.person, entry.day, entry.seconds, entry.billable) == ("Ada Moss", date(2026, 3, 9), 3600, True)
    assert (entry.starts_at, entry.ends_at) == (
        datetime(2026, 3, 9, 8, tzinfo=UTC), datetime(2026, 3, 9, 22, tzinfo=UTC),
    )  # fmt: skip
    assert (entry.task, entry.description, entry.tags, entry.source) == ("Design", "Draft", ["a", "b"], "toggl")


@pytest.mark.parametrize("spelled", ["Hartwell", "HARTWELL  GmbH", "Hartwell, Inc.", "hartwell ltd"])
def test_a_client_is_found_however_it_is_spelled(firm: Firm, spelled: str) -> None:
    known = Client.objects.create(name="Hartwell Ltd.", created_at=NOW, standing=Standing.UNSURE)
    old = add_engagement(known, name="site", now=NOW)
    assert bring_in(row(client=spelled), row(client=spelled, project="Print")).imported == 2
    assert Client.objects.get() == known
    assert {entry.engagement for entry in TimeEntry.objects.all()} == set(Engagement.objects.all())
    assert TimeEntry.objects.get(project="Site").engagement == old


def test_of_two_with_one_name_the_client_is_meant(firm: Firm) -> None:
    Client.objects.create(name="Hartwell", created_at=NOW, standing=Standing.VENDOR)
    client = Client.objects.create(name="Hartwell", created_at=NOW, standing=Standing.CLIENT)
    bring_in(row())
    assert Engagement.objects.get().client == client


def test_a_merged_client_stands_for_what_it_became(firm: Firm) -> None:
    old = Client.objects.create(name="Hartwell", created_at=NOW)
    new = Client.objects.create(name="Pelham", created_at=NOW)
    bring_in(row())
    merge(old, new, member=None, now=NOW)
    assert bring_in(row(), row(words="More")).imported == 1
    assert {entry.engagement.client for entry in TimeEntry.objects.all() if entry.engagement} == {new}
    assert Engagement.objects.count() == 1


def test_the_firms_own_work_has_no_engagement(firm: Firm) -> None:
    """Without a client, or booked on the firm itself."""
    bring_in(row(client="", project="Meetings"), row(client="Studio GmbH", project="Accounts"))
    assert {(entry.engagement, entry.project) for entry in TimeEntry.objects.all()} == {
        (None, "Meetings"), (None, "Accounts"),
    }  # fmt: skip
    assert not Client.objects.exists()


def test_a_client_without_a_project(firm: Firm) -> None:
    bring_in(row(project=""), row(project="", words="More"))
    assert Engagement.objects.get().name == "No project"


def test_people_are_found_by_address_or_by_a_name_that_one_member_has(firm: Firm, member: Member) -> None:
    for number in (1, 2):
        Member.objects.create_member(email=f"bo{number}@studio.example", name="Bo Lund", role=Role.STAFF, now=NOW)
    bring_in(
        row(user="Somebody", email="ADA@studio.example"),
        row(user="moss ada", email="", at="10:00:00"),
        row(user="Ada Moss", email="other@studio.example", at="11:00:00"),
        row(user="Bo Lund", email="", at="12:00:00"),
    )
    found = TimeEntry.objects.order_by("starts_at").values_list("person", "member")
    assert list(found) == [("Somebody", member.pk), ("moss ada", member.pk), ("Ada Moss", None), ("Bo Lund", None)]


def test_the_same_file_twice_changes_nothing(firm: Firm) -> None:
    rows = [row(), row(), row(client="Elm"), row(day="2026-03-10")]
    first = bring_in(*rows)
    assert (first.seen, first.imported, first.duplicates) == (4, 4, 0)
    before = _all()
    again = bring_in(*rows)
    assert (again.seen, again.imported, again.duplicates) == (4, 0, 4)
    assert _all() == before


def test_two_equal_rows_are_two_entries_and_a_longer_export_knows_both(firm: Firm) -> None:
    bring_in(row(), row())
    assert TimeEntry.objects.count() == 2
    report = bring_in(row(day="2026-03-06"), row(), row(), row())
    assert (report.imported, report.duplicates) == (2, 2)
    assert TimeEntry.objects.count() == 4


def test_what_may_change_makes_no_other_entry(firm: Firm) -> None:
    """Billed meanwhile, another spelling of the client: the same hour still."""
    bring_in(row(billable="No"))
    report = bring_in(row(billable="Yes", client="Hartwell GmbH"))
    assert (report.imported, report.duplicates) == (0, 1)


def test_each_firm_has_its_own(firm: Firm) -> None:
    bring_in(row())
    other = found_firm(["rival.example"], now=NOW, name="Rivals")
    with firm_scope(other):
        assert bring_in(row()).imported == 1
        assert Client.objects.count() == TimeEntry.objects.count() == 1
        assert bring_in(row()).duplicates == 1
    assert Client.objects.count() == TimeEntry.objects.count() == 1


@pytest.mark.parametrize("where", ["between two batches", "in a batch"])
def test_what_was_interrupted_is_finished_by_running_it_again(
    firm: Firm, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    rows = [row(at=f"09:00:{second:02d}", client=f"Client {second % 5}") for second in range(30)] + [row(), row()]
    monkeypatch.setattr(time_sheets, "BATCH", 10)
    calls = 0

    def dies(wrapped: Callable[..., Any]) -> Callable[..., Any]:
        def call(*args: Any, **more: Any) -> Any:
            nonlocal calls
            calls += 1
            if where == "in a batch":
                found = wrapped(*args, **more)
            if calls == 3:
                raise KeyboardInterrupt
            return found if where == "in a batch" else wrapped(*args, **more)

        return call

    with monkeypatch.context() as patch:
        if where == "in a batch":
            from amends.clients.actions import time

            patch.setattr(time, "open_time_book", dies(time.open_time_book))
        else:
            patch.setattr(time_sheets, "store_time", dies(store_time))
        with pytest.raises(KeyboardInterrupt):
            bring_in(*rows)
    assert TimeEntry.objects.count() == 20
    report = bring_in(*rows)
    assert (report.seen, report.imported, report.duplicates) == (32, 12, 20)
    assert (Client.objects.count(), Engagement.objects.count()) == (6, 6)
    assert bring_in(*rows).imported == 0


def test_a_batch_costs_the_same_queries_however_many_rows_it_has(firm: Firm, member: Member) -> None:
    def cost(rows: list[str]) -> int:
        with CaptureQueriesContext(
            connection,
        ) as asked:
            assert bring_in(*rows).imported == len(rows)
        return len(asked)

    few = cost([row(client="A", at="09:00:01"), row(client="B", at="09:00:02")])
    many = cost(
        [row(client=f"C {n % 40}", project=f"P {n % 3}", at=f"10:{n // 60:02d}:{n % 60:02d}") for n in range(150)]
    )
    assert few == many
    with CaptureQueriesContext(connection) as asked:
        assert bring_in(row(client="A", at="09:00:01")).duplicates == 1
    assert len(asked) < few


def test_the_report_adds_up_and_remarks_are_of_the_whole_file(firm: Firm) -> None:
    report = bring_in(row(), row(at="10:00:00"), row(day="2026-02-30"), row(day="2026-03-11"))
    told = report.as_json()
    assert told["set_aside"] == [{"source": "time.csv, line 4", "line": 4, "reason": "“2026-02-30” is no date"}]
    assert told["seen"] == told["imported"] + told["duplicates"] + len(told["set_aside"]) == 4
    assert [(one["kind"], one["day"], one["lines"]) for one in told["remarks"]] == [
        ("overlap", "2026-03-09", [2, 3]), ("gap", "2026-03-10", []),
    ]  # fmt: skip


def _all() -> list[Any]:
    models: tuple[Any, ...] = (Client, Engagement, TimeEntry)
    return [list(model.objects.order_by("pk").values()) for model in models]
